import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { Deletion } from "../../../components/core/deletion";
import { HardenedNamespace } from "../../../components/core/namespace";
import { MinIo, type MinIoArgs } from "../../../components/storage";
import { type KubernetesObject, openStack, runDestroy, runPreview, runUp } from "../../../sandbox";
import { sandboxCluster } from "../hardened";
import { changesOf, describeSandbox, stateOnDisk } from "../support";

const namespace = "storage-data";

const base: Partial<MinIoArgs> = {
    servers: 4,
    storage: { size: "1Gi" },
    deletion: Deletion.Delete,
    buckets: { media: {}, dumps: { objectLock: { days: 7 } } },
    users: { report: { reads: ["media"] } },
};

interface Claim extends KubernetesObject {
    spec: { resources: { requests: { storage: string } } };
}

describeSandbox("an object store on a real API server", (context) => {
    let stack: Stack;
    let args = base;
    let home: Deletion = Deletion.Delete;
    let taken = false;
    let secrets: Record<string, string> = {};

    before(async () => {
        stack = await openStack({
            sandbox: context().sandbox,
            project: "storage",
            stack: "test",
            program: () => {
                const cluster = sandboxCluster(context());
                const data = new HardenedNamespace("data", {
                    cluster,
                    resourceName: namespace,
                    deletion: home,
                    adopt: taken,
                });
                const { connections, keys, rootKey, telemetry } = new MinIo("store", {
                    cluster,
                    namespace: data.name,
                    storage: { size: "1Gi" },
                    ...args,
                });
                pulumi
                    .all({
                        root: rootKey.secret,
                        token: telemetry.targets[0]!.bearerToken!,
                        ...Object.fromEntries(Object.entries(keys).map(([user, { secret }]) => [user, secret])),
                    })
                    .apply((known) => (secrets = known));
                return Promise.resolve({ connections, telemetry });
            },
        });
    });

    async function update(changed: Partial<MinIoArgs>): Promise<string[]> {
        args = { ...base, ...changed };
        return changesOf(await runUp(stack));
    }

    async function refused(changed: Partial<MinIoArgs>, expected: RegExp): Promise<void> {
        args = { ...base, ...changed };
        await assert.rejects(runPreview(stack), expected);
    }

    const claims = async (): Promise<string[]> =>
        ((await context().client.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`)) as Claim[])
            .map(({ metadata, spec }) => `${metadata.name} ${spec.resources.requests.storage}`)
            .sort();

    it("comes up, and a second preview is empty", async () => {
        await runUp(stack);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(
            await claims(),
            [0, 1, 2, 3].map((ordinal) => `data-0-store-${ordinal} 1Gi`),
        );
    });

    it("keeps keys and tokens out of the state and of every object but Secrets", async () => {
        const state = stateOnDisk(stack, "storage");
        assert.deepEqual(Object.keys(secrets).sort(), ["dumps", "media", "report", "root", "token"]);
        assert.doesNotMatch(state, /BEGIN (EC )?PRIVATE KEY/);
        const objects = JSON.stringify([
            await context().client.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`),
            await context().client.list(`/apis/batch/v1/namespaces/${namespace}/jobs`),
            await context().client.list(`/api/v1/namespaces/${namespace}/configmaps`),
        ]);
        for (const [name, secret] of Object.entries(secrets)) {
            assert.ok(!state.includes(secret), `${name} stands in clear in the state`);
            assert.ok(!objects.includes(secret), `${name} stands in an object`);
        }
    });

    it("grows its volumes in place, and nothing else changes", async () => {
        assert.deepEqual(await update({ storage: { size: "2Gi" } }), [
            "update HardenedStatefulSet store",
            ...[0, 1, 2, 3].map((ordinal) => `update PersistentVolumeClaim store-data-0-${ordinal}`),
        ]);
        assert.equal((await claims())[3], "data-0-store-3 2Gi");
    });

    it("refuses smaller volumes, another number of servers or volumes, and a lock that comes later", async () => {
        const storage = { size: "2Gi" };
        await refused({}, /size is "1Gi", less than the "2Gi" that there is/);
        await refused({ storage, servers: 8 }, /servers is 8, but the data was made with 4/);
        await refused({ storage, servers: 1 }, /servers is 1, but the data was made with 4/);
        await refused({ storage, volumes: 2 }, /volumes is 2, but the data was made with 1/);
        await refused(
            { storage, buckets: { media: { objectLock: { days: 1 } }, dumps: { objectLock: { days: 7 } } } },
            /buckets\.media\.objectLock is "given", but the data was made with "left out"/,
        );
        args = { ...base, storage };
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("rotates a bucket's key by running the Job again; no server restarts", async () => {
        const before = { ...secrets };
        const storage = { size: "2Gi" };
        const changes = await update({ storage, buckets: { ...base.buckets, media: { rotation: "2026-12" } } });
        assert.ok(
            changes.some((change) => /replace.* Job store-access/.test(change)),
            changes.join(),
        );
        assert.ok(!changes.some((change) => change.includes("StatefulSet store")), changes.join());
        assert.notEqual(secrets["media"], before["media"]);
        assert.equal(secrets["report"], before["report"]);
    });

    it("rotates the administrator's password: the servers roll, and the Job logs in by the new one", async () => {
        const before = secrets["root"];
        const changes = await update({ storage: { size: "2Gi" }, rotation: "2026-12" });
        assert.ok(changes.includes("update StatefulSet store"), changes.join());
        assert.ok(
            changes.some((change) => /replace.* Job store-access/.test(change)),
            changes.join(),
        );
        assert.notEqual(secrets["root"], before);
    });

    it("grows by a pool, which it then refuses to lose", async () => {
        const storage = { size: "2Gi" };
        const pools = [{ servers: 4, storage: { size: "1Gi" } }];
        const changes = await update({ storage, rotation: "2026-12", pools });
        assert.ok(changes.includes("create StatefulSet store-pool-1"), changes.join());
        assert.ok(changes.includes("update StatefulSet store"), changes.join());
        assert.equal((await claims()).length, 8);
        await refused({ storage, rotation: "2026-12" }, /pools\.length is 0, less than the 1 that there is/);
        args = { ...base, storage, rotation: "2026-12", pools };
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("leaves nothing behind, but retained volumes in a retained namespace", async () => {
        home = Deletion.Retain;
        const pools = [{ servers: 4, storage: { size: "1Gi" } }];
        await update({ storage: { size: "2Gi" }, rotation: "2026-12", pools, deletion: Deletion.Retain });
        await runDestroy(stack);
        const { client } = context();
        assert.equal((await claims()).length, 8);
        assert.deepEqual(await client.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`), []);
        assert.deepEqual(await client.list(`/apis/batch/v1/namespaces/${namespace}/jobs`), []);
        assert.deepEqual(
            (await client.list(`/api/v1/namespaces/${namespace}/secrets`)).map(({ metadata }) => metadata.name),
            [],
        );
    });

    it("takes what was retained over, and along when it is to be deleted", async () => {
        home = Deletion.Delete;
        taken = true;
        const pools = [{ servers: 4, storage: { size: "1Gi", adopt: true } }];
        await update({ storage: { size: "2Gi", adopt: true }, pools });
        assert.equal((await claims()).length, 8);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        await runDestroy(stack);
        assert.deepEqual(await claims(), []);
    });
});
