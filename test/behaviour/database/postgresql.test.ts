import assert from "node:assert/strict";
import * as fs from "node:fs";
import { accessSql, type PlannedUser } from "../../../components/database/postgresql/access";
import { scramVerifier } from "../../../components/database/postgresql/verifier";
import { eventually } from "../../support/eventually";
import { PostgreSqlPods } from "./support/postgresql-pods";
import { findPostgreSql, needed, type Programs } from "./support/programs";
import { endsOnce } from "./support/wrapped-programs";

const salt = Buffer.from("sixteen bytes...").toString("base64");

const someUser = { name: "orders", verifier: scramVerifier("secret", salt), reads: [], writes: [] };

describe("PostgreSQL as a process, with the generated script and configuration", function () {
    this.timeout(120_000);
    let programs: Programs;
    let pods: PostgreSqlPods;

    before(async function () {
        this.timeout(10 * 60_000);
        programs = await needed(this, findPostgreSql);
    });
    after(() => {
        programs?.remove();
    });
    afterEach(async () => {
        await pods?.remove();
    });

    /** Pods that run, the first of them the primary. */
    async function running(replicas: number): Promise<PostgreSqlPods> {
        pods = new PostgreSqlPods(programs, { replicas });
        for (let ordinal = 0; ordinal < replicas; ordinal++) {
            await pods.start(ordinal);
        }
        return pods;
    }

    /** Waits until a copy has what the primary has. */
    async function caughtUp(ordinal: number, statement: string, expected: string): Promise<void> {
        await eventually(() => {
            assert.equal(pods.sql(ordinal, statement), expected);
        });
    }

    it("starts from nothing, and keeps its data over a restart", async () => {
        await running(1);
        pods.sql(0, "CREATE TABLE t AS SELECT 1 AS n");
        await pods.stop(0);
        await pods.start(0);
        assert.equal(pods.sql(0, "SELECT n FROM t"), "1");
    });

    it("begins an initialisation that was ended half-way again", async () => {
        pods = new PostgreSqlPods(programs, { replicas: 1 });
        const begun = `${pods.data(0)}.new/PG_VERSION`;
        const { status } = await pods.prepare(0, pods.wrapping({ initdb: endsOnce(begun) }));
        assert.equal(status, null);
        assert.ok(fs.existsSync(begun));
        assert.ok(!fs.existsSync(pods.data(0)), "a half database must not look like a whole one");
        await pods.start(0);
        assert.equal(pods.sql(0, "SELECT 1"), "1");
    });

    it("asks everybody for a password, and for TLS", async () => {
        await running(1);
        const verifier = scramVerifier("opensesame", salt);
        const plan = {
            replicas: 1,
            databases: [{ name: "orders", owner: "orders" }],
            users: [{ name: "orders", verifier, reads: [], writes: [] }],
        };
        pods.sql(0, accessSql(plan));
        const login = (password?: string) =>
            pods.psql(0, "SELECT current_user", { user: "orders", database: "orders", password });
        assert.equal(login("opensesame").stdout.trim(), "orders");
        assert.match(login("wrong").stderr, /password authentication failed/);
        assert.match(login().stderr, /no password supplied/);
        const plain = `host=${PostgreSqlPods.host(0)} port=15432 user=orders dbname=orders password=opensesame sslmode=disable`;
        assert.match(
            pods.run(0, "psql", ["-w", "-d", plain, "-c", "SELECT 1"]).stderr,
            /pg_hba\.conf rejects connection/,
        );
        const superuser = pods.conninfo(0, "postgres").replace(/ sslcert.*/, " password=anything");
        assert.match(pods.run(0, "psql", ["-w", "-d", superuser, "-c", "SELECT 1"]).stderr, /certificate/);
    });

    it("makes databases and users what they should be, however often, and locks out who is gone", async () => {
        await running(1);
        const verifier = scramVerifier("secret", salt);
        const owner = { name: "orders", verifier, reads: [], writes: [] };
        const databases = [
            { name: "orders", owner: "orders" },
            { name: "other", owner: "orders" },
        ];
        const reader = { name: "report", verifier, reads: ["orders"], writes: [] };
        const writer = { name: "import", verifier, reads: [], writes: ["orders"] };
        const query = (user: string, statement: string, database = "orders") =>
            pods.psql(0, statement, { user, database, password: "secret" });

        pods.sql(0, accessSql({ replicas: 1, databases, users: [owner, reader, writer] }));
        pods.sql(0, accessSql({ replicas: 1, databases, users: [owner, reader, writer] }));
        assert.equal(query("orders", "CREATE TABLE t (n int)").status, 0);
        assert.equal(query("import", "INSERT INTO t VALUES (7)").status, 0);
        assert.equal(query("report", "SELECT n FROM t").stdout.trim(), "7");
        assert.match(query("report", "DELETE FROM t").stderr, /permission denied/);
        assert.match(query("report", "CREATE TABLE mine (n int)").stderr, /permission denied/);
        assert.match(query("report", "SELECT 1", "other").stderr, /permission denied for database "other"/);
        assert.match(query("import", "DROP TABLE t").stderr, /must be owner/);

        // The writer becomes a reader, the reader is gone, and the owner's password is another one.
        const rotated = { ...owner, verifier: scramVerifier("new", salt) };
        pods.sql(
            0,
            accessSql({ replicas: 1, databases, users: [rotated, { ...writer, reads: ["orders"], writes: [] }] }),
        );
        assert.match(query("import", "INSERT INTO t VALUES (8)").stderr, /permission denied/);
        assert.equal(query("import", "SELECT n FROM t").stdout.trim(), "7");
        assert.match(query("report", "SELECT 1").stderr, /authentication failed|not permitted to log in/);
        assert.match(query("orders", "SELECT 1").stderr, /authentication failed/);
        assert.equal(pods.psql(0, "SELECT 1", { user: "orders", database: "orders", password: "new" }).status, 0);
    });

    it("copies the primary's data, follows it, and takes no writes", async () => {
        await running(2);
        pods.sql(0, "CREATE TABLE t AS SELECT 5 AS n");
        await caughtUp(1, "SELECT n FROM t", "5");
        assert.match(pods.psql(1, "CREATE TABLE u (n int)").stderr, /read-only transaction/);
        assert.equal(pods.sql(0, "SELECT slot_name, active FROM pg_replication_slots"), "pod_1|t");
    });

    it("lets a commit wait until a copy has it, and a first start wait for nobody", async () => {
        pods = new PostgreSqlPods(programs, { replicas: 2, synchronousCopies: 1 });
        await pods.start(0);
        await pods.start(1);
        await eventually(() => {
            assert.equal(pods.sql(0, "SELECT sync_state FROM pg_stat_replication"), "quorum");
        });
        pods.sql(0, "CREATE TABLE t (n int)");
        await pods.stop(1);
        const commit = pods.spawnSql(0, "INSERT INTO t VALUES (1)");
        await eventually(() => {
            assert.equal(pods.sql(0, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"), "1");
        });
        assert.equal(commit.exitCode, null);
        await pods.start(1);
        await eventually(() => {
            assert.equal(commit.exitCode, 0);
        });
        await caughtUp(1, "SELECT n FROM t", "1");
    });

    it("makes a copy anew when its volume is gone, or when copying was ended half-way", async () => {
        await running(2);
        pods.sql(0, "CREATE TABLE t AS SELECT generate_series(1, 200000) AS n");
        await pods.stop(1);
        fs.rmSync(pods.data(1), { recursive: true });
        const begun = `${pods.data(1)}.new/base`;
        const { status } = await pods.prepare(1, pods.wrapping({ pg_basebackup: endsOnce(begun) }));
        assert.equal(status, null);
        assert.ok(fs.existsSync(begun) && !fs.existsSync(pods.data(1)));
        await pods.start(1);
        await caughtUp(1, "SELECT count(*) FROM t", "200000");
        assert.equal(pods.sql(0, "SELECT slot_name, active FROM pg_replication_slots"), "pod_1|t");
    });

    it("goes on with its copies after a restart of the primary", async () => {
        await running(2);
        await pods.stop(0);
        await pods.start(0);
        pods.sql(0, "CREATE TABLE t AS SELECT 6 AS n");
        await caughtUp(1, "SELECT n FROM t", "6");
    });

    it("makes a copy anew whose slot has lost what it kept", async () => {
        await running(2);
        await pods.stop(1);
        // No room for what the copy lacks, and more of it than one file of the log holds.
        pods.sql(0, "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
        pods.sql(0, "SELECT pg_reload_conf()");
        pods.sql(0, "CREATE TABLE t AS SELECT generate_series(1, 300000) AS n");
        for (const statement of ["SELECT pg_switch_wal()", "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"]) {
            pods.sql(0, statement);
        }
        assert.equal(pods.sql(0, "SELECT wal_status FROM pg_replication_slots"), "lost");
        fs.rmSync(pods.data(1), { recursive: true });
        await pods.start(1);
        await caughtUp(1, "SELECT count(*) FROM t", "300000");
        assert.notEqual(pods.sql(0, "SELECT wal_status FROM pg_replication_slots"), "lost");
    });

    it("follows again by a slot of its own that was given up while it was away", async function () {
        if (Number(programs.version) < 18) {
            console.log("      skipped: versions before 18 give no slot up for that");
            this.skip();
        }
        await running(2);
        await pods.stop(1);
        pods.sql(0, "ALTER SYSTEM SET idle_replication_slot_timeout = '1s'");
        pods.sql(0, "SELECT pg_reload_conf()");
        pods.sql(0, "CREATE TABLE t AS SELECT 9 AS n");
        await eventually(() => {
            pods.sql(0, "CHECKPOINT");
            assert.equal(pods.sql(0, "SELECT invalidation_reason FROM pg_replication_slots"), "idle_timeout");
        });
        await pods.start(1);
        await caughtUp(1, "SELECT n FROM t", "9");
    });

    it("copies while another copy's end is not yet noticed, and takes no slot from one that is at work", async () => {
        await running(2);
        await pods.stop(1);
        fs.rmSync(pods.data(1), { recursive: true });
        const login = pods.conninfo(0, "postgres");
        const other = pods.spawn(1, "pg_receivewal", ["-D", pods.path(1, "run"), "-S", "pod_1", "-d", login]);
        const active = () => pods.sql(0, "SELECT active FROM pg_replication_slots");
        await eventually(() => assert.equal(active(), "t"));
        const copying = pods.preparing(1);
        await copying.says(/waiting for pod 0 to notice that an earlier copy has ended/);
        assert.equal(active(), "t");
        other.kill("SIGKILL");
        assert.equal((await copying.ended).status, 0, copying.said);
        await pods.serve(1);
        pods.sql(0, "CREATE TABLE t AS SELECT 8 AS n");
        await caughtUp(1, "SELECT n FROM t", "8");
    });

    it("lets go of what is kept for a copy that is gone for good", async () => {
        await running(2);
        await pods.stop(1);
        const slots = () => pods.sql(0, "SELECT count(*) FROM pg_replication_slots");
        pods.sql(0, accessSql({ replicas: 2, databases: [], users: [someUser] }));
        assert.equal(slots(), "1");
        await eventually(() => {
            pods.sql(0, accessSql({ replicas: 1, databases: [], users: [someUser] }));
            assert.equal(slots(), "0");
        });
    });

    it("leaves another owner the tables of the one before, and nobody without access", async () => {
        await running(1);
        const verifier = scramVerifier("secret", salt);
        const user = (name: string) => ({ name, verifier, reads: [], writes: [] });
        const query = (name: string, statement: string, database = "orders") =>
            pods.psql(0, statement, { user: name, database, password: "secret" });
        const plan = (owner: string) => ({
            replicas: 1,
            databases: [
                { name: "orders", owner },
                { name: "other", owner: "before" },
            ],
            users: [user("before"), user("after")],
        });
        pods.sql(0, accessSql(plan("before")));
        assert.equal(query("before", "CREATE TABLE t AS SELECT 1 AS n").status, 0);
        assert.equal(query("before", "CREATE TABLE t AS SELECT 2 AS n", "other").status, 0);
        pods.sql(0, accessSql(plan("after")));
        assert.equal(query("after", "INSERT INTO t VALUES (3); SELECT max(n) FROM t").stdout.trim(), "3");
        assert.match(query("before", "SELECT n FROM t").stderr, /permission denied/);
        assert.equal(query("before", "SELECT n FROM t", "other").stdout.trim(), "2");
    });

    it("leaves a user of the plan a table that is theirs, whoever owns the database", async () => {
        await running(1);
        const verifier = scramVerifier("secret", salt);
        const plan = {
            replicas: 1,
            databases: [{ name: "orders", owner: "orders" }],
            users: [
                { name: "orders", verifier, reads: [], writes: [] },
                { name: "import", verifier, reads: ["orders"], writes: [] },
            ],
        };
        const query = (name: string, statement: string) =>
            pods.psql(0, statement, { user: name, database: "orders", password: "secret" });
        pods.sql(0, accessSql(plan));
        pods.sql(0, 'GRANT CREATE ON SCHEMA public TO "import"', "orders");
        assert.equal(query("import", "CREATE TABLE mine (n int)").status, 0);
        pods.sql(0, accessSql(plan));
        const { stdout, stderr } = query(
            "import",
            "INSERT INTO mine VALUES (1); SELECT tableowner FROM pg_tables WHERE tablename = 'mine'",
        );
        assert.equal(stdout.trim(), "import", stderr);
        // Once the user is gone from the plan, nobody else would reach the table.
        pods.sql(0, accessSql({ ...plan, users: plan.users.slice(0, 1) }));
        assert.equal(query("orders", "SELECT n FROM mine").stdout.trim(), "1");
    });

    it("lets users read and write in every schema of the owner, those made later as well, and takes that back", async () => {
        await running(1);
        const verifier = scramVerifier("secret", salt);
        const owner = { name: "orders", verifier, reads: [], writes: [] };
        const reader = { name: "report", verifier, reads: ["orders"], writes: [] };
        const writer = { name: "import", verifier, reads: [], writes: ["orders"] };
        const databases = [{ name: "orders", owner: "orders" }];
        const apply = (...users: PlannedUser[]) => pods.sql(0, accessSql({ replicas: 1, databases, users }));
        const query = (name: string, statement: string) =>
            pods.psql(0, statement, { user: name, database: "orders", password: "secret" });
        const make = (schema: string) =>
            query("orders", `CREATE SCHEMA "${schema}"; CREATE TABLE "${schema}".t (n serial)`).status;

        apply(owner);
        assert.equal(make("before it"), 0);
        apply(owner, reader, writer);
        assert.equal(make("later"), 0);
        for (const schema of ['"before it"', "later"]) {
            assert.equal(query("import", `INSERT INTO ${schema}.t DEFAULT VALUES`).stderr, "");
            assert.equal(query("report", `SELECT n FROM ${schema}.t`).stdout.trim(), "1");
            assert.match(query("report", `DELETE FROM ${schema}.t`).stderr, /permission denied/);
            assert.match(query("import", `CREATE TABLE ${schema}.u (n int)`).stderr, /permission denied/);
        }
        apply(owner, { ...reader, reads: [] }, { ...writer, reads: ["orders"], writes: [] });
        assert.equal(make("last"), 0);
        for (const schema of ['"before it"', "later", "last"]) {
            assert.equal(query("import", `SELECT count(*) FROM ${schema}.t`).status, 0, schema);
            assert.match(query("import", `INSERT INTO ${schema}.t DEFAULT VALUES`).stderr, /permission denied/);
            const rights = `has_schema_privilege('report', '${schema.replaceAll('"', "")}', 'USAGE') OR has_table_privilege('report', '${schema}.t', 'SELECT')`;
            assert.equal(pods.sql(0, `SELECT ${rights}`, "orders"), "f", schema);
        }
    });

    it("leaves another owner the schemas of the one before", async () => {
        await running(1);
        const verifier = scramVerifier("secret", salt);
        const user = (name: string) => ({ name, verifier, reads: [], writes: [] });
        const plan = (owner: string) => ({
            replicas: 1,
            databases: [{ name: "orders", owner }],
            users: [user("before"), user("after")],
        });
        const query = (name: string, statement: string) =>
            pods.psql(0, statement, { user: name, database: "orders", password: "secret" });
        pods.sql(0, accessSql(plan("before")));
        assert.equal(query("before", "CREATE SCHEMA own").status, 0);
        pods.sql(0, accessSql(plan("after")));
        assert.equal(query("after", "CREATE TABLE own.t (n int)").stderr, "");
    });

    it("starts no copy of a primary that was made anew, whose data only the copy has", async () => {
        await running(2);
        pods.sql(0, "CREATE TABLE t AS SELECT 1 AS n");
        await caughtUp(1, "SELECT n FROM t", "1");
        await pods.stop(1);
        await pods.stop(0);
        fs.rmSync(pods.data(0), { recursive: true });
        await pods.start(0);
        const { status, output } = await pods.prepare(1);
        assert.equal(status, 1);
        assert.match(output, /pod 0 holds another database.*before you delete its claim/);
    });

    it("makes no empty database in the place of a primary whose volume is gone", async () => {
        await running(2);
        await pods.stop(0);
        fs.rmSync(pods.data(0), { recursive: true });
        const { status, output } = await pods.prepare(0);
        assert.equal(status, 1);
        assert.match(output, /has no data, but pod 1 has.*Let pod 1 take the writes/);
    });

    it("refuses data of another major version, and says so", async () => {
        await running(1);
        await pods.stop(0);
        fs.writeFileSync(`${pods.data(0)}/PG_VERSION`, "14\n");
        const { status, output } = await pods.prepare(0);
        assert.equal(status, 1);
        assert.match(output, new RegExp(`made by PostgreSQL 14 and this is ${programs.version}`));
    });

    it("refuses a volume with data that another version keeps elsewhere, a copy's as well, and names that version", async () => {
        pods = new PostgreSqlPods(programs, { replicas: 2 });
        for (const [ordinal, folder] of [
            [0, "17/docker"],
            [1, "pgdata"],
        ] as const) {
            const elsewhere = pods.path(ordinal, "volume", folder);
            fs.mkdirSync(`${elsewhere}/base/1`, { recursive: true });
            fs.writeFileSync(`${elsewhere}/PG_VERSION`, "17\n");
            fs.writeFileSync(`${elsewhere}/base/1/PG_VERSION`, "17\n");
            const { status, output } = await pods.prepare(ordinal);
            assert.equal(status, 1, output);
            assert.match(
                output,
                new RegExp(`holds data of PostgreSQL 17 in .*, and this is ${programs.version}.*version: "17"`),
            );
            assert.ok(!fs.existsSync(pods.data(ordinal)));
        }
    });

    it("makes no database beside what is nobody's data that it knows, and makes one beside what a file system has", async () => {
        pods = new PostgreSqlPods(programs, { replicas: 1 });
        fs.mkdirSync(pods.path(0, "volume", "lost+found"), { mode: 0o700 });
        fs.mkdirSync(pods.path(0, "volume", "mysql"));
        const { status, output } = await pods.prepare(0);
        assert.equal(status, 1, output);
        assert.match(
            output,
            new RegExp(`volume/mysql, which is no data of PostgreSQL ${programs.version}.*empty volume`),
        );
        fs.rmdirSync(pods.path(0, "volume", "mysql"));
        await pods.start(0);
    });

    it("makes no empty database on a volume that was to be taken over", async () => {
        pods = new PostgreSqlPods(programs, { replicas: 1 });
        const { status, output } = await pods.prepare(0, { ADOPTED: "true" });
        assert.equal(status, 1, output);
        assert.match(output, /there is no data of PostgreSQL on the volume that was to be taken over/);
        await pods.start(0);
        await pods.stop(0);
        assert.equal((await pods.prepare(0, { ADOPTED: "true" })).status, 0);
    });

    it("keeps passwords and keys out of logs, command lines and files that others can read", async () => {
        await running(2);
        const password = "correcthorse";
        const verifier = scramVerifier(password, salt);
        pods.sql(
            0,
            accessSql({ replicas: 2, databases: [], users: [{ name: "orders", verifier, reads: [], writes: [] }] }),
        );
        pods.psql(0, "SELECT broken", { user: "orders", password, database: "postgres" });
        for (const ordinal of [0, 1]) {
            assert.ok(!pods.log(ordinal).includes(password));
            assert.equal(
                pods.run(ordinal, "find", [pods.data(ordinal), "-perm", "/077", "-print", "-quit"]).stdout,
                "",
            );
            assert.equal(pods.run(ordinal, "grep", ["-rl", password, pods.data(ordinal)]).stdout, "");
        }
        assert.ok(!pods.run(0, "ps", ["axww", "-o", "args"]).stdout.includes(password));
    });
});
