import assert from "node:assert/strict";
import * as fs from "node:fs";
import { ObjectLockMode } from "../../../components";
import { serverSettings } from "../../../components/storage/minio/server";
import { metricsToken, minioAlerts, minioDashboard } from "../../../components/storage/minio/telemetry";
import { metricsUser } from "../../../components/storage/minio/validate";
import { type McOptions, MinioProcess, newRootKey } from "../../support/minio";
import { type AccessRun, keyOf, runAccess, secretOf, type Wanted } from "./support/access";
import { assumeRole, type Login, send, type SignedRequest } from "./support/session";
import { get } from "../../support/requests";

const wanted: Wanted = {
    buckets: {
        media: {},
        logs: { versioning: false, lifecycle: { expireDays: 30, prefix: "old/" }, quota: "1Mi" },
        dumps: { objectLock: { days: 7, mode: ObjectLockMode.Governance } },
    },
    users: {
        report: { reads: ["logs"] },
        backup: {
            adds: ["dumps"],
            statements: [{ effect: "deny", actions: ["s3:PutObject"], resources: ["dumps/fixed/*"] }],
        },
    },
};

describe("MinIO as a process, with the script and the settings of the component", function () {
    this.timeout(5 * 60_000);
    let store: MinioProcess;
    let first: AccessRun;

    before(async function () {
        this.timeout(10 * 60_000);
        store = await MinioProcess.start({
            host: "127.0.2.1",
            port: 19_000,
            environment: serverSettings({}, { region: "eu-test-1" }),
        });
        first = await runAccess(store, wanted);
        assert.equal(first.status, 0, first.output);
    });
    after(() => store?.remove());

    /** Puts a text into an object. */
    const put = (object: string, text: string, options: McOptions) =>
        store.mc(["pipe", "--quiet", `store/${object}`], { input: text, ...options });

    const denied = /Access Denied|Insufficient permissions/i;

    function assertDenied(args: string[], options: McOptions): void {
        const { status, stdout, stderr } = store.mc(args, options);
        assert.notEqual(status, 0, `mc ${args.join(" ")} was allowed`);
        assert.match(stdout + stderr, denied, args.join(" "));
    }

    /** What a run of the script may change, of a bucket, of a user and of all users. */
    function state(): string {
        return [
            ["version", "info", "--json", "store/media"],
            ["ilm", "rule", "export", "store/media"],
            ["quota", "info", "--json", "store/logs"],
            ["anonymous", "get-json", "store/media"],
            ["admin", "user", "list", "--json", "store"],
        ]
            .flatMap((args) => store.mc(args).stdout.split("\n").sort()) // Users are listed in any order.
            .join("\n");
    }

    it("lets nobody in by the default login, nor without one", () => {
        for (const key of [
            { id: "minioadmin", secret: "minioadmin" },
            { id: store.root.id, secret: "minioadmin" },
        ]) {
            const { status, stderr } = store.mc(["ls", "store"], { key });
            assert.notEqual(status, 0);
            assert.match(stderr, /does not exist in our records|signature we calculated does not match/);
        }
        for (const bucket of ["", ...Object.keys(wanted.buckets!)]) {
            assertDenied(["ls", `store/${bucket}`], { key: "none" });
        }
    });

    it("speaks TLS alone, with a certificate that its own authority vouches for", async () => {
        const live = "/minio/health/live";
        assert.equal((await get(store.endpoint() + live, { ca: store.caFile })).status, 200);
        await assert.rejects(get(store.endpoint() + live), /self-signed|unable to (get|verify)/);
        const plain = await get(store.endpoint().replace("https:", "http:") + live).catch(() => ({ status: 400 }));
        assert.equal(plain.status, 400);
    });

    it("has no console, and no second port that one could be behind", async () => {
        const headers = { accept: "text/html", "user-agent": "Mozilla/5.0" };
        const { status, headers: answered } = await get(`${store.endpoint()}/`, { ca: store.caFile, headers });
        assert.equal(status, 403);
        assert.equal(answered.location, undefined);
        assert.deepEqual([...new Set(listeningPorts(store.pid()))], [19_000]);
    });

    it("gives the user of a bucket that bucket and no other", () => {
        const key = keyOf("media");
        assert.equal(put("media/cat", "meow", { key }).status, 0);
        assert.equal(store.mcOutput(["cat", "store/media/cat"], { key }), "meow");
        assertDenied(["ls", "store/logs"], { key });
        assert.equal(put("logs/entry", "line", { key: keyOf("logs") }).status, 0);
        assertDenied(["cat", "store/logs/entry"], { key });
        assert.doesNotMatch(store.mcOutput(["ls", "store"], { key }), /logs|dumps/);
    });

    it("lets a reader read and not write, and whoever adds not delete", () => {
        assert.equal(put("logs/read", "me", { key: keyOf("logs") }).status, 0);
        assert.equal(store.mcOutput(["cat", "store/logs/read"], { key: keyOf("report") }), "me");
        assert.match(put("logs/read", "you", { key: keyOf("report") }).stderr, denied);
        assertDenied(["rm", "store/logs/read"], { key: keyOf("report") });
        assert.equal(put("dumps/monday", "data", { key: keyOf("backup") }).status, 0);
        assert.equal(store.mcOutput(["cat", "store/dumps/monday"], { key: keyOf("backup") }), "data");
        assertDenied(["rm", "store/dumps/monday"], { key: keyOf("backup") });
        assert.match(put("dumps/fixed/text", "1", { key: keyOf("backup") }).stderr, denied, "a statement of its own");
    });

    it("keeps what is deleted as a version, which no user but the administrator takes away", () => {
        const key = keyOf("media");
        put("media/draft", "first", { key });
        assert.equal(store.mc(["rm", "--quiet", "store/media/draft"], { key }).status, 0);
        assert.notEqual(store.mc(["cat", "store/media/draft"], { key }).status, 0);
        const remove = store.mc(["rm", "--versions", "--force", "store/media/draft"], { key });
        assert.match(remove.stdout + remove.stderr, denied);
        store.mcOutput(["undo", "--last", "1", "store/media/draft"]);
        assert.equal(store.mcOutput(["cat", "store/media/draft"], { key }), "first");
    });

    it("locks the versions of a bucket that says so", () => {
        put("dumps/locked", "data", { key: keyOf("dumps") });
        const { versionID } = JSON.parse(store.mcOutput(["stat", "--json", "store/dumps/locked"])) as {
            versionID: string;
        };
        const remove = ["rm", "--force", "--version-id", versionID, "store/dumps/locked"];
        assert.match(store.mc(remove).stderr, /WORM|retention|locked/i);
        assert.match(
            store.mcOutput(["retention", "info", "--default", "--json", "store/dumps"]),
            /"mode":"GOVERNANCE","validity":"7DAYS"/,
        );
    });

    it("sets versions, rules and the most that a bucket holds", () => {
        const versions = (bucket: string) => store.mcOutput(["version", "info", "--json", `store/${bucket}`]);
        assert.match(versions("media"), /"status":"Enabled"/);
        assert.doesNotMatch(versions("logs"), /Enabled/);
        const rules = (bucket: string) =>
            (JSON.parse(store.mcOutput(["ilm", "rule", "export", `store/${bucket}`])) as { Rules: object[] }).Rules;
        assert.deepEqual(
            rules("logs").find((rule) => "ID" in rule && rule.ID === "expire"),
            { ID: "expire", Status: "Enabled", Filter: { Prefix: "old/" }, Expiration: { Days: 30 } },
        );
        assert.match(JSON.stringify(rules("media")), /"NoncurrentVersionExpiration":\{"NoncurrentDays":30\}/);
        assert.match(store.mcOutput(["quota", "info", "--json", "store/logs"]), /"quota":1048576/);
    });

    it("lets no user make itself a further key, or another secret", () => {
        const key = keyOf("media");
        assertDenied(["admin", "user", "svcacct", "add", "store", "media"], { key });
        assertDenied(["admin", "user", "add", "store"], { key, input: "media\nanother-secret\n" });
        assertDenied(["admin", "user", "add", "store"], { key, input: "intruder\nanother-secret\n" });
        assertDenied(["admin", "info", "store"], { key });
    });

    it("gives a session that was made of a key no right, whatever it says of itself", async () => {
        const requests: SignedRequest[] = [
            { method: "PUT", path: "/media/session", body: "text" },
            { method: "GET", path: "/media/session" },
            { method: "GET", path: "/media" },
            { method: "DELETE", path: "/media/session" },
        ];
        const statuses = async (login: Login, unsigned?: Record<string, string>, query = ""): Promise<number[]> => {
            const answers: number[] = [];
            for (const { path, ...request } of requests) {
                answers.push((await send(store, login, { ...request, path: path + query, unsigned }))[0]);
            }
            return answers;
        };
        assert.deepEqual(await statuses(keyOf("media")), [200, 200, 200, 204], "the key itself");
        const session = await assumeRole(store, keyOf("media"));
        const none = [403, 403, 403, 403];
        assert.deepEqual(await statuses(session), none);
        for (const kind of [
            "User",
            "Account",
            "Anonymous",
            "",
            "AssumedRole",
            "User, AssumedRole",
            "${aws:principaltype}",
        ]) {
            assert.deepEqual(await statuses(session, { principaltype: kind }), none, `a header with ${kind}`);
        }
        for (const name of ["principaltype", "Principaltype", "aws:principaltype"]) {
            const query = `?${new URLSearchParams({ [name]: "User" }).toString()}`;
            assert.deepEqual(await statuses(session, undefined, query), none, query);
        }
        const sessionOfAdder = await assumeRole(store, keyOf("backup"));
        const put: SignedRequest = { method: "PUT", path: "/dumps/session", body: "text" };
        assert.equal((await send(store, sessionOfAdder, put))[0], 403);
        assert.equal((await send(store, keyOf("backup"), put))[0], 200);
    });

    it("answers with metrics to the holder of the token alone, among them all that alerts and dashboard read", async () => {
        const at = (path: string, token?: string) =>
            get(`${store.endpoint()}/minio/v2/metrics/${path}`, {
                ca: store.caFile,
                headers: token === undefined ? undefined : { authorization: `Bearer ${token}` },
            });
        const token = metricsToken(metricsUser, secretOf(metricsUser));
        assert.equal((await at("cluster")).status, 403);
        assert.equal((await at("cluster", metricsToken(metricsUser, "another secret"))).status, 403);
        assert.equal((await at("cluster", metricsToken("media", secretOf("media")))).status, 403);
        assert.equal((await at("node", token)).status, 200);
        assertDenied(["ls", "store/media"], { key: keyOf(metricsUser) });

        const { body } = await at("cluster", token);
        const wantedMetrics = JSON.stringify([minioAlerts("store"), minioDashboard("store", "store")]);
        // A bucket's size is counted by a scan that comes later, a failure once there was one.
        const later = /^minio_bucket_usage|_[45]xx_errors_total$/;
        const names = [...new Set([...wantedMetrics.matchAll(/minio_[a-z0-9_]+/g)].map(([name]) => name))];
        assert.ok(names.length > 5);
        for (const name of names.filter((each) => !later.test(each))) {
            assert.match(body, new RegExp(`^${name}[{ ]`, "m"), name);
        }
    });

    it("shows no secret in a command line, in the script's output or in the server's log", () => {
        const { output, commandLines } = first;
        assert.match(commandLines, /admin policy create store kubernetes-faas-media/);
        const users = ["media", "logs", "dumps", "report", "backup", metricsUser];
        for (const secret of [store.root.secret, ...users.map((user) => secretOf(user))]) {
            for (const [where, text] of Object.entries({ output, commandLines, log: store.log })) {
                assert.ok(!text.includes(secret), `a secret stands in ${where}`);
            }
        }
    });

    it("is as it was after a second run of the script, by another shell, and after one that was killed", async () => {
        const before = state();
        const { status, output } = await runAccess(store, wanted, { shell: "bash" });
        assert.equal(status, 0, output);
        assert.equal(state(), before);
        await runAccess(store, wanted, { killedAfter: 1500 });
        await runAccess(store, wanted);
        assert.equal(state(), before);
    });

    it("locks out who is gone or has another secret, and keeps a bucket that is gone and a person's own user", async () => {
        store.mcOutput(["admin", "user", "add", "store"], { input: "person\npersons-own-secret\n" });
        store.mcOutput(["admin", "policy", "attach", "store", "kubernetes-faas-media", "--user", "person"]);
        const less: Wanted = {
            buckets: { media: { versioning: false } },
            users: { report: { reads: ["media"] } },
        };
        const { status, output } = await runAccess(store, less, {}, { report: 2 });
        assert.equal(status, 0, output);
        for (const gone of ["backup", "logs"]) {
            assert.match(store.mc(["ls", `store/media`], { key: keyOf(gone) }).stderr, /disabled/, gone);
        }
        assert.equal(store.mc(["ls", "store/media"], { key: keyOf("report", 2) }).status, 0);
        assert.match(store.mc(["ls", "store/media"], { key: keyOf("report") }).stderr, /signature/);
        assertDenied(["ls", "store/logs"], { key: keyOf("report", 2) });
        assert.match(store.mcOutput(["ls", "store"]), /logs\//);
        assert.equal(
            store.mc(["ls", "store/media"], { key: { id: "person", secret: "persons-own-secret" } }).status,
            0,
        );

        assert.match(store.mcOutput(["version", "info", "--json", "store/media"]), /"status":"Suspended"/);
        assert.match(
            store.mcOutput(["ilm", "rule", "export", "store/media"]),
            /"NoncurrentVersionExpiration":\{"NoncurrentDays":30\}/,
            "for the versions that were kept before",
        );
    });

    it("is ready once it lets its administrator in, not before", async () => {
        const { root } = store;
        store.root = newRootKey();
        try {
            await assert.rejects(store.ready(3000), /does not exist in our records/);
        } finally {
            store.root = root;
        }
        await store.ready();
    });

    it("takes over data that another store left, with its own administrator and keys", async () => {
        const former = store.root;
        await store.stopServer(0);
        store.root = newRootKey();
        store.startServer(0);
        await store.ready();
        assert.match(store.mc(["ls", "store"], { key: former }).stderr, /does not exist in our records/);
        const { status, output } = await runAccess(store, wanted, {}, { media: 3 });
        assert.equal(status, 0, output);
        assert.equal(store.mcOutput(["cat", "store/media/cat"], { key: keyOf("media", 3) }), "meow");
        assert.match(store.mc(["ls", "store/media"], { key: keyOf("media") }).stderr, /signature/);
        assert.equal(store.mc(["ls", "store/dumps"], { key: keyOf("backup") }).status, 0, "who was gone may come back");
    });

    it("says what is wrong and fails, when a bucket without a lock is to have one", async () => {
        const { status, output } = await runAccess(store, { buckets: { media: { objectLock: { days: 1 } } } });
        assert.notEqual(status, 0);
        assert.match(output, /does not support locking/);
    });
});

/** Ports on which a process listens. */
function listeningPorts(pid: number): number[] {
    const sockets = new Set(
        fs
            .readdirSync(`/proc/${pid}/fd`)
            .map((fd) => fs.readlinkSync(`/proc/${pid}/fd/${fd}`))
            .map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]),
    );
    const listening = "0A";
    return ["tcp", "tcp6"]
        .flatMap((table) => fs.readFileSync(`/proc/net/${table}`, "utf8").trim().split("\n").slice(1))
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === listening && sockets.has(fields[9]))
        .map((fields) => Number.parseInt(fields[1]!.split(":").at(-1)!, 16));
}
