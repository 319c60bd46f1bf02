import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { bucket, describeBackups, failed, succeeded } from "./support/backup-setup";
import { endsBefore } from "./support/wrapped-programs";

/** What a backup needs that deletes nothing. */
const mayWrite = ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject", "s3:PutObject"];

describeBackups(1, (setup) => {
    /** The key of a new user of the store, who may do that much. */
    function storeUser(id: string, Action: string[], refusals: object[] = []): { id: string; secret: string } {
        const key = { id, secret: `the-secret-of-${id}` };
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-policy-"));
        const policy = path.join(folder, "policy.json");
        const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
        const Statement = [{ Effect: "Allow", Action, Resource }, ...refusals];
        fs.writeFileSync(policy, JSON.stringify({ Version: "2012-10-17", Statement }));
        setup.minio.mcOutput(["admin", "policy", "create", "store", id, policy]);
        setup.minio.mcOutput(["admin", "user", "add", "store", key.id, key.secret]);
        setup.minio.mcOutput(["admin", "policy", "attach", "store", id, "--user", key.id]);
        fs.rmSync(folder, { recursive: true });
        return key;
    }

    it("are kept for some days: what is older goes, but neither the newest whole one nor what is not theirs", async () => {
        const kept = { prefix: "kept", keepDays: 3 };
        const own = await setup.rendered(kept);
        const ago = (days: number): string =>
            new Date(Date.now() - days * 86_400_000).toISOString().replace(/[-:]|\.\d+/g, "");
        const old = ago(30);
        succeeded(await setup.back(own, old));
        assert.deepEqual(setup.times("kept"), [old], "the newest whole backup was deleted");
        const put = (key: string, text = "x") =>
            setup.minio.mcOutput(["pipe", `store/${bucket}/kept/${key}`], { input: text });
        const origin = setup.minio.mcOutput(["cat", `store/${bucket}/kept/${old}/origin`]);
        const foreign = ago(40);
        put(`${foreign}/origin`, "postgresql other/orders 0011223344556677 clear");
        put(`${foreign}/manifest`);
        const twin = ago(41);
        put(`${twin}/origin`, "postgresql data/orders 0011223344556677 clear");
        put(`${twin}/manifest`);
        put("notes/readme");
        const copy = `${ago(19)}-copy`;
        put(`${copy}/origin`, origin);
        const broken = ago(10);
        put(`${broken}/origin`, origin);
        put(`${broken}/orders.dump`);
        const recent = ago(2);
        succeeded(await setup.back(own, recent));
        assert.deepEqual(setup.times("kept"), [twin, foreign, copy, recent, "notes"].sort());
        const output = succeeded(
            await setup.back(await setup.rendered({ prefix: "kept", keptByBucket: true }), ago(5)),
        );
        assert.equal(setup.times("kept").length, 6);
        assert.doesNotMatch(output, /deleting/);
    });

    it("are refused where another database of this name wrote the newest, before anything is written, unless they go on", async () => {
        const place = { prefix: "anew", keepDays: 1 };
        const first = "20260101T000000Z";
        succeeded(await setup.back(await setup.rendered(place), first));
        // The same program in a cluster of its own, or after its state was lost.
        const anew = { environment: { ...setup.toSource, ORIGIN: "postgresql data/orders 8899aabbccddeeff" } };
        const before = setup.objects("anew");
        failed(
            await setup.back(await setup.rendered(place), "20260201T000000Z", anew),
            "upload",
            /nothing was uploaded: the newest backup in backups\/anew, 20260101T000000Z, is of postgresql data\/orders abab.*give another prefix.*takeOver: true/,
        );
        assert.deepEqual(setup.objects("anew"), before);
        const output = succeeded(
            await setup.back(await setup.rendered({ ...place, takeOver: true }), "20260301T000000Z", anew),
        );
        assert.match(output, /going on after 20260101T000000Z of postgresql data\/orders abab/);
        succeeded(await setup.back(await setup.rendered(place), "20260401T000000Z", anew));
        assert.deepEqual(setup.times("anew"), [first, "20260401T000000Z"], "its own old one goes, the other's stays");
        failed(
            await setup.back(await setup.rendered(place), "20260501T000000Z"),
            "upload",
            /is of postgresql data\/orders 8899/,
        );
    });

    it("are left alone when what the store has can't be listed or read, and the store's reason is told", async () => {
        const denied = { Effect: "Deny", Action: ["s3:GetObject"], Resource: [`arn:aws:s3:::${bucket}/*/origin`] };
        const key = storeUser("half-blind", [...mayWrite, "s3:DeleteObject"], [denied]);
        succeeded(await setup.back(await setup.rendered({ prefix: "blind" }), "20260101T000000Z"));
        const blind = await setup.rendered({ prefix: "blind", store: { ...setup.store, key } });
        const unread = /(Access ?Denied|403)[^]*whose the backup 20260101T000000Z is can't be read/;
        failed(await setup.test(blind, setup.fast), "download", unread);
        failed(await setup.back(blind, "20260201T000000Z", setup.fast), "upload", unread);
        assert.deepEqual(setup.times("blind"), ["20260101T000000Z"]);
    });

    it("count when they are whole: an upload that was ended is not restored", async () => {
        const database = await setup.rendered({ prefix: "ended" });
        succeeded(await setup.back(database, "20260101T000000Z"));
        const killed = await setup.back(database, "20270101T000000Z", {
            environment: { ...setup.toSource, ...setup.runner.wrapping({ rclone: endsBefore("copyto*") }) },
        });
        assert.deepEqual([killed.container, killed.status], ["upload", null], killed.output);
        const uploaded = setup.objects("ended").filter((key) => key.startsWith("2027"));
        assert.ok(
            uploaded.some((key) => key.endsWith("orders.dump")),
            "no dump was uploaded before the end",
        );
        assert.ok(!uploaded.some((key) => key.endsWith("manifest")), "the end came too late");
        const output = succeeded(await setup.test(database));
        assert.match(output, /downloading 20260101T000000Z/);
        const named = await setup.rendered({ prefix: "ended" }, { backup: "20270101T000000Z" });
        const target = setup.server(named);
        failed(
            await setup.restore(named, target),
            "download",
            /no whole backup 20270101T000000Z in backups\/ended, but there are: 20260101T000000Z/,
        );
    });

    it("need no right to delete, where the bucket keeps them", async () => {
        const key = storeUser("writer", mayWrite);
        const keptByBucket = { prefix: "locked", store: { ...setup.store, key }, keptByBucket: true };
        succeeded(await setup.back(await setup.rendered(keptByBucket), "20250101T000000Z"));
        succeeded(await setup.back(await setup.rendered(keptByBucket)));
        const pruned = await setup.back(
            await setup.rendered({ prefix: "locked", store: { ...setup.store, key } }),
            undefined,
            setup.fast,
        );
        failed(pruned, "upload", /deleting 20250101T000000Z[^]*Access ?Denied/);
        assert.equal(setup.times("locked").length, 3);
    });

    it("fail loudly without a store, a key that counts, or a server", async () => {
        const wrongKey = { ...setup.store, key: { id: setup.minio.root.id, secret: "wrong" } };
        failed(
            await setup.back(await setup.rendered({ store: wrongKey }), undefined, setup.fast),
            "upload",
            /SignatureDoesNotMatch|Access ?Denied/,
        );
        const stranger = { ...setup.store, caCertificate: undefined };
        failed(
            await setup.back(await setup.rendered({ store: stranger }), undefined, setup.fast),
            "upload",
            /certificate/,
        );
        const nobodyThere = { environment: { ADDRESS: "127.0.6.9", PORT: "15500" } };
        failed(await setup.back(await setup.rendered(), undefined, nobodyThere), "dump", /refused/);
        failed(
            await setup.test(await setup.rendered({ prefix: "empty" })),
            "download",
            /no whole backup in backups\/empty/,
        );
    });
});
