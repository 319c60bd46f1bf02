import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { DatabaseEngine, type ObjectStoreConnection, ObjectStoreKind } from "../../../components";
import type { DatabaseBackupArgs, DatabaseRestoreArgs } from "../../../components/database";
import { MinioProcess } from "../../support/minio";
import {
    BackupServer,
    findRclone,
    type PodOptions,
    type PodRun,
    PodRunner,
    RenderedDatabase,
} from "./support/backup-pods";
import { findPostgreSql, needed, type Programs } from "./support/programs";

const bucket = "backups";
const password = "correct horse battery staple";
const engine = DatabaseEngine.PostgreSql;

/** One of each kind of thing that a database holds. */
const content = `
SET ROLE orders;
CREATE SCHEMA archive;
CREATE TABLE orders (id serial PRIMARY KEY, what text NOT NULL, payload bytea);
INSERT INTO orders (what, payload) SELECT 'needle in the hay ' || n, sha256(n::text::bytea) FROM generate_series(1, 2000) AS n;
CREATE TABLE archive.parts (day date, n int) PARTITION BY RANGE (day);
CREATE TABLE archive.parts_2026 PARTITION OF archive.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO archive.parts SELECT '2026-01-01'::date + n, n FROM generate_series(0, 99) AS n;
CREATE INDEX ON orders (what);
CREATE VIEW recent AS SELECT * FROM orders WHERE id > 1990;
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM orders';
CREATE TABLE private (owner name, note text);
INSERT INTO private VALUES ('report', 'for report'), ('orders', 'for orders');
ALTER TABLE private ENABLE ROW LEVEL SECURITY;
ALTER TABLE private FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON private TO report USING (owner = current_user);
SELECT lo_from_bytea(4711, 'a large object');
RESET ROLE;
CREATE EXTENSION hstore;
CREATE EXTENSION pageinspect;
CREATE TABLE tags (tag hstore);
ALTER TABLE tags OWNER TO orders;
INSERT INTO tags VALUES ('colour => red');
CREATE FUNCTION noticed() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION noticed();
CREATE PUBLICATION changes FOR TABLE orders;
`;

/** What tells one database's content from another's. */
const digest = `
SELECT md5(string_agg(orders::text, ',' ORDER BY id)) FROM orders;
SELECT count(*), sum(n) FROM archive.parts;
SELECT count(*) FROM recent;
SELECT total(), nextval('orders_id_seq') > 2000;
SELECT string_agg(note, ',' ORDER BY note) FROM private;
SELECT convert_from(lo_get(4711), 'UTF8');
SELECT tag -> 'colour' FROM tags;
SELECT string_agg(extname, ',' ORDER BY extname) FROM pg_extension;
SELECT string_agg(evtname || pubname, ',') FROM pg_event_trigger, pg_publication;
SELECT string_agg(indexdef, ';' ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'public';
`;

// The image has a later rclone than Debian's 1.60 and a later PostgreSQL than Debian's 15.
describe("backups of PostgreSQL, by the containers that the component renders, with the real rclone and MinIO", function () {
    this.timeout(180_000);
    let postgresql: Programs;
    let rclone: Programs;
    let minio: MinioProcess;
    let runner: PodRunner;
    let source: BackupServer;
    let store: ObjectStoreConnection;
    const servers: BackupServer[] = [];

    before(async function () {
        this.timeout(20 * 60_000);
        postgresql = await needed(this, findPostgreSql);
        rclone = await needed(this, findRclone);
        minio = await MinioProcess.start({ host: "127.0.6.1", port: 19_100 });
        minio.mcOutput(["mb", `store/${bucket}`]);
        runner = new PodRunner([postgresql, rclone]);
        store = {
            kind: ObjectStoreKind.MinIo,
            endpoint: minio.endpoint(),
            region: "us-east-1",
            bucket,
            key: minio.root,
            caCertificate: fs.readFileSync(minio.caFile, "utf8"),
            network: { cidrs: ["127.0.6.1/32"] },
        };
        source = server(await rendered());
        source.sql(content, "orders");
    });
    after(async () => {
        await Promise.all(servers.map((each) => each.remove()));
        await minio?.remove();
        runner?.remove();
        postgresql?.remove();
        rclone?.remove();
    });

    function server(database: RenderedDatabase): BackupServer {
        const made = new BackupServer(runner, `127.0.6.${servers.length + 10}`, 15_500 + servers.length);
        servers.push(made);
        made.start(database);
        return made;
    }

    /** The component with backups into a folder of the bucket, and a restore where one is asked for. */
    async function rendered(
        backup: Partial<DatabaseBackupArgs> = {},
        restore?: DatabaseRestoreArgs,
    ): Promise<RenderedDatabase> {
        return RenderedDatabase.of({
            engine,
            users: { report: { reads: ["orders"] } },
            backup: { store, ...backup },
            restore,
        });
    }

    /** Makes a backup, as one of another time where that is given. */
    async function back(database: RenderedDatabase, time?: string, options: PodOptions = {}): Promise<PodRun> {
        return runner.run(database, "orders-backup", {
            ...source.options,
            meddle: (container, work) => {
                if (container === "upload" && time) {
                    fs.writeFileSync(path.join(work, "time"), time);
                }
            },
            ...options,
        });
    }

    /** A pod that does not try again. */
    const fast: PodOptions = {
        get environment() {
            return { ...source.options.environment, RCLONE_RETRIES: "1", RCLONE_LOW_LEVEL_RETRIES: "1" };
        },
    };

    const succeeded = ({ status, container, output }: PodRun): string => {
        assert.equal(status, 0, `${container}: ${output}`);
        return output;
    };

    const failed = (run: PodRun, container: string, reason: RegExp): void => {
        assert.equal(run.container, container, run.output);
        assert.notEqual(run.status, 0, run.output);
        assert.match(run.output, reason);
    };

    /** Keys of the objects in a folder of the bucket. */
    const objects = (prefix: string): string[] =>
        minio
            .mcOutput(["ls", "--recursive", "--json", `store/${bucket}/${prefix}/`])
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => (JSON.parse(line) as { key: string }).key)
            .sort();

    const times = (prefix: string): string[] => [...new Set(objects(prefix).map((key) => key.split("/")[0]!))];

    it("carry everything into a new server, whose users own and read what was theirs", async () => {
        succeeded(await back(await rendered()));
        const [time] = times("data/orders");
        assert.match(time!, /^\d{8}T\d{6}Z$/);
        assert.deepEqual(
            objects("data/orders"),
            ["manifest", "orders.dump", "orders.rows", "origin", "roles", "sums"].map((file) => `${time}/${file}`),
        );
        const database = await rendered({}, { backup: "latest" });
        const target = server(database);
        const output = succeeded(await runner.run(database, "orders-restore", target.options));
        // A transaction in a transaction would leave a part behind.
        assert.doesNotMatch(output, /WARNING: .*transaction/);
        assert.equal(target.sql(digest, "orders"), source.sql(digest, "orders"));
        const owners =
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 'archive')";
        assert.equal(target.sql(owners, "orders"), "orders");
        assert.equal(
            target.sql("SET ROLE report; SELECT note FROM private; SELECT count(*) FROM orders", "orders"),
            "for report\n2000",
        );
        assert.equal(
            target.run("psql", ["-d", target.conninfo("orders"), "-c", "SET ROLE report; DELETE FROM orders"]).status,
            1,
        );
    });

    it("are restored once: the same restore again changes nothing, even without a backup", async () => {
        const database = await rendered({ prefix: "once" }, { backup: "latest", id: "first" });
        succeeded(await back(database));
        const target = server(database);
        succeeded(await runner.run(database, "orders-restore", target.options));
        target.sql("DELETE FROM orders WHERE id <= 1000", "orders");
        minio.mcOutput(["rm", "--recursive", "--force", `store/${bucket}/once`]);
        const output = succeeded(await runner.run(database, "orders-restore", target.options));
        assert.match(output, /nothing to do\nasking .*\nthe restore first was done before/);
        assert.equal(target.sql("SELECT count(*) FROM orders", "orders"), "1000");
        const other = await rendered({}, { backup: "latest", id: "second" });
        failed(
            await runner.run(other, "orders-restore", target.options),
            "restore",
            /the database orders holds other data/,
        );
        assert.equal(target.sql("SELECT count(*) FROM orders", "orders"), "1000");
    });

    it("are not restored over data that is there, nor half", async () => {
        const database = await rendered({ prefix: "half" }, { backup: "latest" });
        succeeded(await back(database));
        const target = server(database);
        const run = () => runner.run(database, "orders-restore", target.options);
        target.sql("CREATE TABLE mine (n int)", "orders");
        failed(await run(), "restore", /the database orders holds other data/);
        target.sql("DROP TABLE mine", "orders");
        // A restore that is ended in the middle leaves nothing, and is run again.
        const killed = await runner.run(database, "orders-restore", {
            ...target.options,
            watch: (container) => {
                if (container === "restore") {
                    target.run("psql", ["-d", target.conninfo("postgres"), "-c", endLoad]);
                }
            },
        });
        failed(killed, "restore", /orders was not loaded/);
        assert.equal(target.sql("SELECT count(*) FROM pg_class WHERE relname = 'orders'", "orders"), "0");
        succeeded(await run());
        assert.equal(target.sql(digest, "orders"), source.sql(digest, "orders"));
    });

    it("hold no clear text once they are encrypted, and open with that password alone", async () => {
        const encrypted = { prefix: "encrypted", encryptionPassword: password };
        succeeded(await back(await rendered(encrypted)));
        const keys = objects("encrypted");
        assert.ok(
            keys.some((key) => key.endsWith("/orders.dump.bin")),
            keys.join(),
        );
        for (const key of keys) {
            const text = minio.mcOutput(["cat", `store/${bucket}/encrypted/${key}`]);
            assert.doesNotMatch(text, /needle|tables|PGDMP|report/, key);
        }
        const test = (backup: Partial<DatabaseBackupArgs>) =>
            rendered(backup).then((each) => runner.run(each, "orders-restore-test"));
        assert.match(succeeded(await test(encrypted)), /the backup is whole:\norders: 4 tables, 2103 rows/);
        failed(
            await test({ ...encrypted, encryptionPassword: "another password" }),
            "download",
            /encrypted with another password than this encryptionPassword/,
        );
        failed(await test({ prefix: "encrypted" }), "download", /is encrypted; give its encryptionPassword/);
        failed(
            await test({ encryptionPassword: password }),
            "download",
            /is not encrypted; leave encryptionPassword out/,
        );
    });

    it("are kept for some days: what is older goes, but neither the newest whole one nor what is not theirs", async () => {
        const kept = { prefix: "kept", keepDays: 3 };
        const own = await rendered(kept);
        const ago = (days: number): string =>
            new Date(Date.now() - days * 86_400_000).toISOString().replace(/[-:]|\.\d+/g, "");
        const old = ago(30);
        succeeded(await back(own, old));
        assert.deepEqual(times("kept"), [old], "the newest whole backup was deleted");
        const put = (key: string, text = "x") =>
            minio.mcOutput(["pipe", `store/${bucket}/kept/${key}`], { input: text });
        const origin = minio.mcOutput(["cat", `store/${bucket}/kept/${old}/origin`]);
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
        succeeded(await back(own, recent));
        assert.deepEqual(times("kept"), [twin, foreign, copy, recent, "notes"].sort());
        const output = succeeded(await back(await rendered({ prefix: "kept", keptByBucket: true }), ago(5)));
        assert.equal(times("kept").length, 6);
        assert.doesNotMatch(output, /deleting/);
    });

    it("are refused where another database of this name wrote the newest, before anything is written, unless they go on", async () => {
        const place = { prefix: "anew", keepDays: 1 };
        const first = "20260101T000000Z";
        succeeded(await back(await rendered(place), first));
        const { environment } = source.options;
        // The same program in a cluster of its own, or after its state was lost.
        const anew = { environment: { ...environment, ORIGIN: "postgresql data/orders 8899aabbccddeeff" } };
        const before = objects("anew");
        failed(
            await back(await rendered(place), "20260201T000000Z", anew),
            "upload",
            /nothing was uploaded: the newest backup in backups\/anew, 20260101T000000Z, is of postgresql data\/orders abab.*give another prefix.*takeOver: true/,
        );
        assert.deepEqual(objects("anew"), before);
        const output = succeeded(await back(await rendered({ ...place, takeOver: true }), "20260301T000000Z", anew));
        assert.match(output, /going on after 20260101T000000Z of postgresql data\/orders abab/);
        succeeded(await back(await rendered(place), "20260401T000000Z", anew));
        assert.deepEqual(times("anew"), [first, "20260401T000000Z"], "its own old one goes, the other's stays");
        failed(await back(await rendered(place), "20260501T000000Z"), "upload", /is of postgresql data\/orders 8899/);
    });

    it("are left alone when what the store has can't be listed or read, and the store's reason is told", async () => {
        const key = { id: "half-blind", secret: "a-half-blind-secret" };
        const policy = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-policy-")), "blind.json");
        const allowed = ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
        const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
        const denied = { Effect: "Deny", Action: ["s3:GetObject"], Resource: [`arn:aws:s3:::${bucket}/*/origin`] };
        const Statement = [{ Effect: "Allow", Action: allowed, Resource }, denied];
        fs.writeFileSync(policy, JSON.stringify({ Version: "2012-10-17", Statement }));
        minio.mcOutput(["admin", "policy", "create", "store", "blind", policy]);
        minio.mcOutput(["admin", "user", "add", "store", key.id, key.secret]);
        minio.mcOutput(["admin", "policy", "attach", "store", "blind", "--user", key.id]);
        fs.rmSync(path.dirname(policy), { recursive: true });
        succeeded(await back(await rendered({ prefix: "blind" }), "20260101T000000Z"));
        const blind = await rendered({ prefix: "blind", store: { ...store, key } });
        const unread = /(Access ?Denied|403)[^]*whose the backup 20260101T000000Z is can't be read/;
        failed(await runner.run(blind, "orders-restore-test", fast), "download", unread);
        failed(await back(blind, "20260201T000000Z", fast), "upload", unread);
        assert.deepEqual(times("blind"), ["20260101T000000Z"]);
    });

    it("count when they are whole: an upload that was ended is not restored", async () => {
        const database = await rendered({ prefix: "ended" });
        succeeded(await back(database, "20260101T000000Z"));
        const ending = endingRclone("copyto", rclone.folders[0]!);
        const PATH = [ending, runner.environment.PATH].join(":");
        const killed = await back(database, "20270101T000000Z", {
            environment: { ...source.options.environment, PATH },
        });
        fs.rmSync(ending, { recursive: true });
        assert.deepEqual([killed.container, killed.status], ["upload", null], killed.output);
        const uploaded = objects("ended").filter((key) => key.startsWith("2027"));
        assert.ok(
            uploaded.some((key) => key.endsWith("orders.dump")),
            "no dump was uploaded before the end",
        );
        assert.ok(!uploaded.some((key) => key.endsWith("manifest")), "the end came too late");
        const output = succeeded(await runner.run(database, "orders-restore-test"));
        assert.match(output, /downloading 20260101T000000Z/);
        const named = await rendered({ prefix: "ended" }, { backup: "20270101T000000Z" });
        const target = server(named);
        failed(
            await runner.run(named, "orders-restore", target.options),
            "download",
            /no whole backup 20270101T000000Z in backups\/ended, but there are: 20260101T000000Z/,
        );
    });

    it("are told from damaged ones by the regular test, whatever was damaged", async () => {
        const database = await rendered({ prefix: "damaged" });
        succeeded(await back(database, "20260101T000000Z"));
        const dump = `store/${bucket}/damaged/20260101T000000Z/orders.dump`;
        const bytes = Buffer.from(minio.mcOutput(["cat", dump]), "latin1");
        minio.mcOutput(["pipe", dump], { input: bytes.subarray(0, bytes.length / 2).toString("latin1") });
        failed(await runner.run(database, "orders-restore-test"), "download", /the backup 20260101T000000Z is damaged/);

        const meddled = await rendered({ prefix: "meddled" });
        const lose = (container: string, work: string): void => {
            if (container === "upload") {
                const rows = path.join(work, "dumps/orders.rows");
                fs.writeFileSync(
                    rows,
                    fs.readFileSync(rows, "utf8").replace("public.orders 2000", "public.orders 2001"),
                );
            }
        };
        succeeded(await back(meddled, undefined, { meddle: lose }));
        failed(
            await runner.run(meddled, "orders-restore-test"),
            "verify",
            /< public.orders 2001[^]*> public.orders 2000[^]*orders has other tables or rows than were dumped/,
        );

        const cut = await rendered({ prefix: "cut" });
        const truncate = (container: string, work: string): void => {
            if (container === "upload") {
                fs.truncateSync(path.join(work, "dumps/orders.dump"), 20_000);
            }
        };
        succeeded(await back(cut, undefined, { meddle: truncate }));
        failed(
            await runner.run(cut, "orders-restore-test"),
            "verify",
            /orders was not loaded|can't be read to its end/,
        );
    });

    it("need no right to delete, where the bucket keeps them", async () => {
        const key = { id: "writer", secret: "a-writer's-secret" };
        const policy = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-policy-")), "writer.json");
        const actions = ["s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject", "s3:PutObject"];
        const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
        const Statement = [{ Effect: "Allow", Action: actions, Resource }];
        fs.writeFileSync(policy, JSON.stringify({ Version: "2012-10-17", Statement }));
        minio.mcOutput(["admin", "policy", "create", "store", "writer", policy]);
        minio.mcOutput(["admin", "user", "add", "store", key.id, key.secret]);
        minio.mcOutput(["admin", "policy", "attach", "store", "writer", "--user", key.id]);
        fs.rmSync(path.dirname(policy), { recursive: true });
        const keptByBucket = { prefix: "locked", store: { ...store, key }, keptByBucket: true };
        succeeded(await back(await rendered(keptByBucket), "20250101T000000Z"));
        succeeded(await back(await rendered(keptByBucket)));
        const pruned = await back(await rendered({ prefix: "locked", store: { ...store, key } }), undefined, fast);
        failed(pruned, "upload", /deleting 20250101T000000Z[^]*Access ?Denied/);
        assert.equal(times("locked").length, 3);
    });

    it("fail loudly without a store, a key that counts, or a server", async () => {
        const wrongKey = { ...store, key: { id: minio.root.id, secret: "wrong" } };
        failed(
            await back(await rendered({ store: wrongKey }), undefined, fast),
            "upload",
            /SignatureDoesNotMatch|Access ?Denied/,
        );
        const stranger = { ...store, caCertificate: undefined };
        failed(await back(await rendered({ store: stranger }), undefined, fast), "upload", /certificate/);
        const nobodyThere = { environment: { ADDRESS: "127.0.6.9", PORT: "15500" } };
        failed(await back(await rendered(), undefined, nobodyThere), "dump", /refused/);
        failed(
            await runner.run(await rendered({ prefix: "empty" }), "orders-restore-test"),
            "download",
            /no whole backup in backups\/empty/,
        );
    });

    it("show no secret in a process's arguments or in a log", async () => {
        const database = await rendered({ prefix: "secret", encryptionPassword: password });
        const seen: string[] = [];
        const watch = (): void => {
            const timer = setInterval(() => seen.push(commandLines()), 20);
            timers.push(timer);
        };
        const timers: NodeJS.Timeout[] = [];
        const output = [
            succeeded(await back(database, undefined, { watch })),
            succeeded(await runner.run(database, "orders-restore-test", { watch })),
        ].join();
        timers.forEach(clearInterval);
        const everything = seen.join("\n");
        assert.match(everything, /rclone copy/);
        assert.match(everything, /pg_dump/);
        for (const secret of [password, minio.root.secret]) {
            assert.ok(!everything.includes(secret), "a secret stands in a process's arguments");
            assert.ok(!output.includes(secret), "a secret stands in a log");
        }
    });

    it("are dumped by a user who reads every row and can write none", () => {
        const dumper = (statement: string) =>
            source.run("psql", ["-X", "-A", "-t", "-q", "-d", source.conninfo("orders", "backup"), "-c", statement]);
        assert.equal(dumper("SELECT count(*) FROM private").stdout.trim(), "2");
        for (const statement of ["DELETE FROM orders", "CREATE TABLE t ()", "ALTER ROLE orders PASSWORD 'x'"]) {
            const { status, stderr } = dumper(`BEGIN READ WRITE; ${statement}`);
            assert.notEqual(status, 0, statement);
            assert.match(stderr, /permission denied/, statement);
        }
    });
});

/** The arguments of all processes, with blanks between. */
function commandLines(): string {
    return fs
        .readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`)
        .map((id) => {
            try {
                return fs.readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
            } catch {
                return "";
            }
        })
        .join("\n");
}

/** A folder for PATH with an rclone that ends the container, as a lost node would, when one of its commands begins. */
function endingRclone(command: string, folder: string): string {
    const made = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-ending-"));
    fs.chmodSync(made, 0o755);
    const script = `#!/bin/sh\n[ "$1" != ${command} ] || kill -KILL 0\nexec ${folder}/rclone "$@"\n`;
    fs.writeFileSync(path.join(made, "rclone"), script, { mode: 0o755 });
    return made;
}

/** Waits for the session that loads, and ends it. */
const endLoad = `DO $$ BEGIN
    FOR i IN 1..600 LOOP
        PERFORM pg_stat_clear_snapshot();
        IF (SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'orders' AND backend_xid IS NOT NULL) > 0 THEN
            RETURN;
        END IF;
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$`;
