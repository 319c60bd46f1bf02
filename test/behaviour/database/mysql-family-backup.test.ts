import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { describeFamily } from "./support/mysql-family-engines";
import { FamilyPods } from "./support/mysql-family-pods";

const owner = { name: "orders", password: "opensesame" };
const databases = [
    { name: "orders", owner: "orders" },
    { name: "stock", owner: "orders" },
];
const names = "orders stock";

const title = (engine: string): string => `dumps of ${engine}, taken and loaded by the generated scripts`;

describeFamily(title, (engine, programs) => {
    let pods: FamilyPods;
    let backup: string;

    before(async () => {
        pods = new FamilyPods(engine, programs(), 1);
        await pods.start(0);
        pods.access(databases, [owner]);
        const made = pods.query(
            0,
            owner,
            [
                "CREATE TABLE t (n INT PRIMARY KEY, words VARCHAR(99), bytes BLOB);",
                "INSERT INTO t VALUES (1, 'it''s a \\\\ line\\nof — words', 0x00FF0A), (2, NULL, NULL);",
                "CREATE VIEW v AS SELECT n FROM t;",
                "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 7;",
                "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.words = UPPER(NEW.words);",
                "CREATE EVENT e ON SCHEDULE EVERY 1 YEAR STARTS '2037-01-01' DO DELETE FROM t;",
                "CREATE TABLE stock.s AS SELECT 1 AS n;",
            ].join("\n"),
            "orders",
        );
        assert.equal(made.status, 0, made.stderr);
        backup = pods.folder("backup");
        const { status, stderr } = dump(backup);
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    });
    after(async () => {
        await pods?.remove();
    });

    const dump = (folder: string, of = names) =>
        pods.script(0, "dump.sh", { BACKUP: folder, DATABASES: of, TMPDIR: pods.folder("tmp") });

    const verify = (folder: string) =>
        pods.run(0, "sh", [path.join(pods.home, "verify.sh")], {
            environment: { BACKUP: folder, SCRATCH: pods.folder("scratch"), TMPDIR: pods.folder("tmp") },
        });

    const restore = (name: string, folder = backup, into = names) =>
        pods.script(0, "restore.sh", { BACKUP: folder, DATABASES: into, RESTORE: name, TMPDIR: pods.folder("tmp") });

    /** A copy of the dump with one change. */
    function changed(change: (folder: string) => void): string {
        const folder = pods.folder("changed");
        fs.cpSync(backup, folder, { recursive: true });
        change(folder);
        for (const file of fs.readdirSync(folder)) {
            fs.chmodSync(path.join(folder, file), 0o644);
        }
        return folder;
    }

    const content = (): string =>
        pods.sql(
            0,
            "SELECT n, words, HEX(bytes) FROM orders.t ORDER BY n; SELECT * FROM orders.v ORDER BY n; " +
                "SELECT orders.f(); SELECT * FROM stock.s; SHOW EVENTS FROM orders; SELECT trigger_name, action_statement, " +
                "event_manipulation, definer FROM information_schema.triggers WHERE trigger_schema = 'orders'",
        );

    it("say what they hold, a line a database, and pass the test of a restore", () => {
        const lines = fs.readFileSync(path.join(backup, "manifest"), "utf8").trim().split("\n");
        assert.match(lines[0]!, /^orders 1 1 \d+ [0-9a-f]{64}$/);
        assert.match(lines[1]!, /^stock 1 0 \d+ [0-9a-f]{64}$/);
        const { status, stdout, stderr } = verify(backup);
        assert.equal(status, 0, stdout + stderr);
        assert.match(stdout, /orders is whole\nstock is whole/);
    });

    it("fail the test when they are damaged, cut off, not what they were, or have no manifest", () => {
        const file = (folder: string) => path.join(folder, "orders.sql.gz");
        const flipped = changed((folder) => {
            const bytes = fs.readFileSync(file(folder));
            bytes[bytes.length >> 1]! ^= 0xff;
            fs.writeFileSync(file(folder), bytes);
        });
        assert.match(verify(flipped).stderr, /the dump of orders is not what was written/);
        const short = changed((folder) => fs.truncateSync(file(folder), 100));
        assert.match(verify(short).stderr, /the dump of orders is not what was written/);
        const lost = changed((folder) => fs.rmSync(file(folder)));
        assert.match(verify(lost).stderr, /the dump of orders is missing/);
        const bare = changed((folder) => fs.rmSync(path.join(folder, "manifest")));
        assert.match(verify(bare).stderr, /has no manifest/);
        const less = changed((folder) => {
            const manifest = path.join(folder, "manifest");
            fs.writeFileSync(manifest, fs.readFileSync(manifest, "utf8").replace("orders 1 1", "orders 2 1"));
        });
        assert.match(verify(less).stderr, /orders has 1 1 tables and views, and the server that was dumped had 2 1/);
        for (const folder of [flipped, short, lost, bare, less]) {
            assert.notEqual(verify(folder).status, 0);
        }
    });

    it("leave no manifest when a database can't be dumped", () => {
        const folder = pods.folder("backup");
        const { status, stderr } = dump(folder, "orders nothing");
        assert.notEqual(status, 0);
        assert.match(stderr, /nothing was not dumped/);
        assert.ok(!fs.existsSync(path.join(folder, "manifest")));
    });

    it("are taken by a user who can do nothing else", () => {
        assert.match(pods.as(0, "backup", "DELETE FROM orders.t").stderr, /denied/);
        assert.match(pods.as(0, "backup", `SELECT * FROM ${engine.hashes}`).stderr, /denied/);
    });

    it("bring back all that there was, once, and never over other data", () => {
        const before = content();
        assert.match(before, /00FF0A/);
        assert.match(restore("one").stderr, /orders has 2 tables; restore into a database of another name/);
        pods.sql(0, "DROP DATABASE orders; DROP DATABASE stock");
        pods.access(databases, [owner]);
        assert.match(restore("one", pods.folder("empty")).stderr, /has no manifest/);
        assert.match(restore("one", backup, "orders").stderr, /has the database stock, and the server has not/);
        const { status, stdout, stderr } = restore("one");
        assert.equal(status, 0, stdout + stderr);
        assert.equal(content(), before);
        pods.sql(0, "DELETE FROM orders.t WHERE n = 2");
        assert.match(restore("one", pods.folder("empty")).stdout, /one was restored before/);
        assert.equal(pods.sql(0, "SELECT COUNT(*) FROM orders.t"), "1");
        assert.match(restore("two").stderr, /orders has 2 tables/);
    });

    it("are loaded again where a restore was ended half-way", () => {
        pods.sql(0, "UPDATE kubernetes_faas.restores SET finished = FALSE; DROP TABLE stock.s");
        const { status, stderr } = restore("one");
        assert.equal(status, 0, stderr);
        assert.equal(pods.sql(0, "SELECT COUNT(*) FROM orders.t; SELECT COUNT(*) FROM stock.s"), "2\n1");
    });

    it("keep names of restores out of the language of the server", () => {
        assert.match(restore("a' OR '1").stderr, /the name of a restore has letters/);
    });
});
