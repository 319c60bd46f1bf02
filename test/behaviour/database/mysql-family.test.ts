import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { DatabaseEngine } from "../../../components/core/contracts";
import { eventually } from "../../support/eventually";
import { describeFamily } from "./support/mysql-family-engines";
import { FamilyPods, type TestUser } from "./support/mysql-family-pods";

const owner: TestUser = { name: "orders", password: "opensesame" };
const orders = { name: "orders", owner: "orders" };

const title = (engine: string): string => `${engine} as a process, with the generated scripts and configuration`;

describeFamily(title, (engine, programs) => {
    const { member, plain, words } = engine;
    let pods: FamilyPods;

    afterEach(async () => {
        await pods?.remove();
    });

    /** Pods that run, the first of them the primary. */
    async function running(replicas: number): Promise<FamilyPods> {
        pods = new FamilyPods(engine, programs(), replicas);
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

    /** Gives pod 0 one more setting from its next start on, and returns how that is undone. */
    function addSetting(line: string): () => void {
        const file = pods.path(0, "settings/server.cnf");
        const before = fs.readFileSync(file, "utf8");
        fs.writeFileSync(file, before.replace("[mysqld]", `[mysqld]\n${line}`));
        return () => {
            fs.writeFileSync(file, before);
        };
    }

    /** Ends a process and its children when a file is there. */
    async function endedOnce(running: ChildProcess, file: string): Promise<void> {
        const ended = once(running, "exit");
        await eventually(() => {
            assert.ok(fs.existsSync(file), `${file} is not there`);
        }, 120_000);
        process.kill(-running.pid!, "SIGKILL");
        await ended;
    }

    it("starts from nothing, and keeps its data over a restart and a crash", async () => {
        await running(1);
        pods.sql(0, "CREATE DATABASE d; CREATE TABLE d.t AS SELECT 1 AS n");
        await pods.stop(0);
        await pods.start(0);
        pods.sql(0, "INSERT INTO d.t VALUES (2)");
        await pods.stop(0, "SIGKILL");
        await pods.start(0);
        assert.equal(pods.sql(0, "SELECT SUM(n) FROM d.t"), "3");
    });

    it("begins an initialisation that was ended half-way again", async () => {
        pods = new FamilyPods(engine, programs(), 1);
        const accounts = pods.path(0, "settings/accounts.sql");
        const whole = fs.readFileSync(accounts);
        fs.appendFileSync(accounts, "DO SLEEP(600);\n");
        await endedOnce(pods.spawnPrepare(0), `${pods.data(0)}.new/mysql`);
        fs.writeFileSync(accounts, whole);
        assert.ok(!fs.existsSync(pods.data(0)), "a half database must not look like a whole one");
        await pods.start(0);
        assert.equal(pods.sql(0, "SELECT COUNT(*) FROM kubernetes_faas.origin"), "1");
    });

    it("asks everybody for a password or a certificate, and for TLS, from wherever", async () => {
        await running(1);
        pods.access([orders], [owner]);
        const select = "SELECT CURRENT_USER()";
        assert.equal(pods.query(0, owner, select, "orders").stdout.trim(), "orders@%");
        const wrong = { ...owner, password: "wrong" };
        assert.match(pods.query(0, wrong, select).stderr, /Access denied .*using password: YES/);
        assert.match(pods.query(0, { name: "orders" }, select).stderr, /Access denied .*using password: NO/);
        assert.match(pods.query(0, owner, select, "", plain).stderr, /Access denied|insecure transport/);
        const socket = [...plain, "--host=localhost", `--socket=${pods.path(0, "run/mysqld.sock")}`];
        for (const name of ["admin", "replication", "backup", "monitoring", "root", "nobody", ""]) {
            assert.match(pods.query(0, { name }, select).stderr, /Access denied/, name);
            assert.match(pods.query(0, { name, password: "x" }, select).stderr, /Access denied/, name);
            assert.match(pods.query(0, { name }, select, "", socket).stderr, /Access denied|locked/, name);
        }
        // Nothing but the missing TLS kept the owner out above.
        pods.sql(0, "SET GLOBAL require_secure_transport = OFF");
        assert.equal(pods.query(0, owner, select, "", plain).stdout.trim(), "orders@%");
        // A certificate opens the user whose name it has, and no other.
        assert.equal(pods.as(0, "client", select).stdout.trim(), "admin@%");
        assert.equal(pods.as(0, "monitor", select).stdout.trim(), "monitoring@%");
        const borrowed = ["ca.crt", "monitor.crt", "monitor.key"].map((file) => pods.path(0, "certificates", file));
        const options = ["ca", "cert", "key"].map((kind, index) => `--ssl-${kind}=${borrowed[index]!}`);
        assert.match(pods.query(0, { name: "admin" }, select, "", options).stderr, /Access denied/);
    });

    it("makes databases and users what they should be, however often, and locks out who is gone", async () => {
        await running(1);
        const databases = [orders, { name: "o_ders", owner: "orders" }, { name: "other", owner: "orders" }];
        const reader = { name: "report", password: "r", reads: ["o_ders"] };
        const writer = { name: "import", password: "w", writes: ["orders"] };
        pods.access(databases, [owner, reader, writer]);
        pods.access(databases, [owner, reader, writer]);
        const query = (user: TestUser, statement: string, database = "orders") =>
            pods.query(0, user, statement, database);
        assert.equal(query(owner, "CREATE TABLE t (n INT); CREATE TABLE o_ders.u AS SELECT 3 AS n").status, 0);
        assert.equal(query(writer, "INSERT INTO t VALUES (7)").status, 0);
        assert.match(query(writer, "DROP TABLE t").stderr, /DROP command denied/);
        assert.match(query(writer, "CREATE TABLE mine (n INT)").stderr, /CREATE command denied/);
        assert.equal(query(reader, "SELECT n FROM u", "o_ders").stdout.trim(), "3");
        assert.match(query(reader, "DELETE FROM u", "o_ders").stderr, /DELETE command denied/);
        // `_` stands for any character in rights, unless it is escaped.
        assert.match(query(reader, "SELECT n FROM orders.t", "o_ders").stderr, /denied/);
        assert.match(query(owner, "SELECT * FROM mysql.user").stderr, /denied/);
        assert.match(query(owner, "GRANT SELECT ON orders.* TO report@'%'").stderr, /denied/);

        // What somebody gave on the whole server is taken back, and with it nothing else.
        pods.sql(0, "GRANT ALL PRIVILEGES ON *.* TO import@'%' WITH GRANT OPTION");
        pods.access(databases, [owner, reader, writer]);
        const [whole, ...rest] = pods.sql(0, "SHOW GRANTS FOR import@'%'").split("\n");
        assert.match(whole!, /^GRANT USAGE ON \*\.\* TO \S+( IDENTIFIED BY PASSWORD \S+)?$/);
        assert.equal(rest.length, 1);
        assert.equal(query(writer, "SELECT n FROM t").stdout.trim(), "7");

        // The writer becomes a reader, the reader is gone, and the owner's password is another one.
        const rotated = { ...owner, password: "new" };
        const demoted = { name: "import", password: "w", reads: ["orders"] };
        pods.access(databases, [rotated, demoted]);
        assert.match(query(demoted, "INSERT INTO t VALUES (8)").stderr, /INSERT command denied/);
        assert.equal(query(demoted, "SELECT n FROM t").stdout.trim(), "7");
        assert.match(query(reader, "SELECT 1", "o_ders").stderr, /account is locked/i);
        assert.match(query(owner, "SELECT 1").stderr, /Access denied/);
        assert.equal(query(rotated, "SELECT n FROM t").stdout.trim(), "7");

        // Who comes back may log in again; another owner has what the one before had, who has it no more.
        pods.access([{ name: "orders", owner: "report" }], [rotated, reader]);
        assert.equal(query(reader, "INSERT INTO t VALUES (9); SELECT COUNT(*) FROM t").stdout.trim(), "2");
        assert.match(query(rotated, "SELECT n FROM t").stderr, /denied/);
        assert.equal(query(rotated, "SELECT n FROM u", "o_ders").stdout.trim(), "3");
        assert.equal(pods.sql(0, "SHOW DATABASES LIKE 'other'"), "other");
    });

    it("copies the primary's data and users, follows it, and takes no writes", async () => {
        pods = new FamilyPods(engine, programs(), 2);
        await pods.start(0);
        pods.access([orders], [owner]);
        pods.query(0, owner, "CREATE TABLE t AS SELECT 5 AS n", "orders");
        await pods.start(1);
        await caughtUp(1, "SELECT n FROM orders.t", "5");
        pods.query(0, owner, "INSERT INTO t VALUES (6)", "orders");
        await caughtUp(1, "SELECT SUM(n) FROM orders.t", "11");
        assert.equal(pods.query(1, owner, "SELECT COUNT(*) FROM t", "orders").stdout.trim(), "2");
        assert.match(pods.query(1, owner, "INSERT INTO t VALUES (7)", "orders").stderr, /read-only/);
        assert.equal(pods.status(1, words.verifies), "Yes");
        // What was copied has users, of whom another password arrives, too.
        pods.access([orders], [{ ...owner, password: "new" }]);
        await eventually(() => {
            assert.equal(pods.query(1, { ...owner, password: "new" }, "SELECT 1").status, 0);
        });
    });

    it("runs events on the primary alone, whose copies get what they did", async () => {
        pods = new FamilyPods(engine, programs(), 2);
        await pods.start(0);
        pods.sql(0, "CREATE DATABASE d; CREATE TABLE d.t (id INT AUTO_INCREMENT PRIMARY KEY, server INT)");
        pods.sql(0, "CREATE EVENT d.e ON SCHEDULE EVERY 1 SECOND DO INSERT INTO d.t (server) VALUES (@@server_id)");
        await pods.start(1);
        assert.equal(pods.sql(1, "SELECT @@event_scheduler, COUNT(*) FROM information_schema.events"), "OFF\t1");
        const rows = Number(pods.sql(1, "SELECT COUNT(*) FROM d.t"));
        await eventually(() => {
            assert.ok(Number(pods.sql(1, "SELECT COUNT(*) FROM d.t")) > rows);
        });
        assert.equal(pods.sql(1, "SELECT DISTINCT server FROM d.t"), "1");
    });

    it("makes a copy anew when its volume is gone, or when copying was ended half-way", async () => {
        await running(2);
        pods.sql(0, "CREATE DATABASE d; CREATE TABLE d.t AS SELECT 4 AS n");
        await pods.stop(1);
        fs.rmSync(pods.data(1), { recursive: true });
        await endedOnce(pods.spawnPrepare(1, pods.instead(1, engine.halfCopied)), pods.path(1, "run/half"));
        assert.ok(fs.existsSync(`${pods.data(1)}.new/d`));
        assert.ok(!fs.existsSync(pods.data(1)), "half a copy must not look like a whole one");
        await pods.start(1);
        await caughtUp(1, "SELECT n FROM d.t", "4");
    });

    it("goes on with its copies after a restart of either, and after a crash", async () => {
        await running(2);
        pods.sql(0, "CREATE DATABASE d; CREATE TABLE d.t (n INT PRIMARY KEY)");
        await pods.stop(0);
        await pods.start(0);
        pods.sql(0, "INSERT INTO d.t VALUES (1)");
        await caughtUp(1, "SELECT COUNT(*) FROM d.t", "1");
        await pods.stop(1);
        pods.sql(0, "INSERT INTO d.t VALUES (2)");
        await pods.start(1);
        await caughtUp(1, "SELECT COUNT(*) FROM d.t", "2");
        await pods.stop(1, "SIGKILL");
        await pods.stop(0, "SIGKILL");
        await pods.start(0);
        pods.sql(0, "INSERT INTO d.t VALUES (3)");
        await pods.start(1);
        await caughtUp(1, "SELECT COUNT(*) FROM d.t", "3");
    });

    if (member.engine === DatabaseEngine.MariaDb) {
        it("stops a copy that has what its primary has not, which metrics tell", async () => {
            await running(2);
            pods.sql(0, "CREATE DATABASE d; CREATE TABLE d.t (n INT)");
            await caughtUp(1, "SELECT COUNT(*) FROM d.t", "0");
            pods.sql(1, "SET GLOBAL read_only = OFF; INSERT INTO d.t VALUES (1)");
            pods.sql(0, "INSERT INTO d.t VALUES (2)");
            await eventually(() => {
                assert.equal(pods.status(1, words.applies), "No");
            });
            assert.match(pods.status(1, "Last_SQL_Error"), /out-of-order|GTID/i);
        });
    } else {
        it("lets nobody write to a copy, not even the administrator, who would give it what its primary has not", async () => {
            await running(2);
            pods.sql(0, "CREATE DATABASE d; CREATE TABLE d.t (n INT)");
            await caughtUp(1, "SELECT COUNT(*) FROM d.t", "0");
            assert.match(pods.as(1, "client", "INSERT INTO d.t VALUES (1)").stderr, /--super-read-only/);
            // All that a copy has came from its primary.
            const made = (ordinal: number) => pods.sql(ordinal, "SELECT @@gtid_executed");
            assert.equal(pods.sql(1, `SELECT GTID_SUBSET('${made(1)}', '${made(0)}')`), "1");
        });

        it("makes no copy of a primary of another version, and says how there can be one", async () => {
            pods = new FamilyPods(engine, programs(), 2);
            await pods.start(0);
            const { version } = programs();
            pods.use(1, { ...programs(), version: "99.9" }, version);
            const { status: code, output } = await pods.prepare(1);
            assert.equal(code, 1);
            const both = `the primary is MySQL ${version}, whose data no MySQL 99.9 copies; go back to version "${version}"`;
            assert.ok(output.includes(both), output);
            assert.ok(!fs.existsSync(pods.data(1)));
        });

        it("lets a version that refuses a setting not at the data of the one before", async () => {
            await running(1);
            await pods.stop(0);
            const files = ["mysql.ibd", "ibdata1", "undo_001"].map((file) => `${pods.data(0)}/${file}`);
            const written = () => files.map((file) => fs.statSync(file).mtimeMs);
            const before = written();
            fs.writeFileSync(`${pods.data(0)}/made-by`, "MySQL 8.4\n");
            // 9.0 has removed it: https://dev.mysql.com/doc/relnotes/mysql/9.0/en/news-9-0-0.html
            const accept = addSetting('mysql_native_password = "ON"');
            pods.use(0, programs(), "8.4");
            const { status: code, output } = await pods.prepare(0);
            assert.equal(code, 1);
            assert.match(output, /was not let at the data.*unknown variable 'mysql_native_password=ON'/s);
            assert.deepEqual(written(), before);
            assert.equal(fs.readFileSync(`${pods.data(0)}/made-by`, "utf8"), "MySQL 8.4\n");
            accept();
            await pods.start(0);
        });

        it("takes over what says that it is of the version before by one start without the plugin that copies and its settings", async () => {
            await running(1);
            addSetting('clone_buffer_size = "8388608"');
            pods.sql(0, "CREATE DATABASE d");
            await pods.stop(0);
            fs.writeFileSync(`${pods.data(0)}/made-by`, "MySQL 8.4\n");
            pods.use(0, programs(), "8.4");
            assert.match(await pods.start(0), /taking over data of MySQL 8\.4/);
            assert.doesNotMatch(fs.readFileSync(pods.path(0, "run/upgrade"), "utf8"), /mysql_clone/);
            assert.equal(fs.readFileSync(`${pods.data(0)}/made-by`, "utf8"), `MySQL ${programs().version}\n`);
            assert.equal(pods.sql(0, "SHOW DATABASES LIKE 'd'"), "d");
            assert.equal(
                pods.sql(0, "SELECT plugin_status FROM information_schema.plugins WHERE plugin_name = 'clone'"),
                "ACTIVE",
            );
            assert.equal(pods.sql(0, "SELECT @@clone_buffer_size"), "8388608");
        });
    }

    it("tells by its status that a copy lacks what the primary no longer has", async () => {
        await running(2);
        await pods.stop(1);
        pods.sql(0, "CREATE DATABASE d; FLUSH BINARY LOGS; CREATE DATABASE e; FLUSH BINARY LOGS");
        await eventually(() => {
            const last = pods.sql(0, "SHOW BINARY LOGS").split("\n").at(-1)!.split("\t")[0]!;
            pods.sql(0, `PURGE BINARY LOGS TO '${last}'`);
            assert.equal(pods.sql(0, "SHOW BINARY LOGS").split("\n").length, 1);
        });
        await pods.start(1);
        await eventually(() => {
            assert.equal(pods.status(1, words.receives), "No");
        });
        await pods.stop(1, "SIGKILL");
        fs.rmSync(pods.data(1), { recursive: true });
        await pods.start(1);
        await caughtUp(1, "SHOW DATABASES LIKE 'e'", "e");
    });

    it("starts no copy of a primary that was made anew, whose data only the copy has", async () => {
        await running(2);
        await pods.stop(1);
        await pods.stop(0);
        fs.rmSync(pods.data(0), { recursive: true });
        await pods.start(0);
        const { status: code, output } = await pods.prepare(1);
        assert.equal(code, 1);
        assert.match(output, /pod 0 holds another database.*before you delete its claim/);
    });

    it("makes no empty database in the place of a primary whose volume is gone", async () => {
        await running(2);
        await pods.stop(0);
        fs.rmSync(pods.data(0), { recursive: true });
        const { status: code, output } = await pods.prepare(0);
        assert.equal(code, 1);
        assert.match(output, /has no data, but pod 1 has.*Copy pod 1's data first/);
    });

    it("refuses data of another version, and says so", async () => {
        await running(1);
        await pods.stop(0);
        fs.writeFileSync(`${pods.data(0)}/made-by`, `${member.title} 5.5\n`);
        const { status: code, output } = await pods.prepare(0);
        assert.equal(code, 1);
        const both = `made by ${member.title} 5.5 and this is ${member.title} ${programs().version}, which does not take`;
        assert.ok(output.includes(both), output);
        assert.match(output, /go back to \S+ 5\.5, or dump the data/);
    });

    it("opens the data of before with certificates and passwords that were made anew", async () => {
        await running(1);
        pods.access([orders], [owner]);
        pods.query(0, owner, "CREATE TABLE t AS SELECT 5 AS n", "orders");
        await pods.stop(0);
        pods.renewCertificates();
        await pods.start(0);
        const renewed = { ...owner, password: "another" };
        pods.access([orders], [renewed]);
        assert.equal(pods.query(0, renewed, "SELECT n FROM t", "orders").stdout.trim(), "5");
        assert.match(pods.query(0, owner, "SELECT 1").stderr, /Access denied/);
    });

    it("says by its probe whether it answers: not before it does, nor when it hangs, but when it is full", async () => {
        pods = new FamilyPods(engine, programs(), 1);
        assert.equal(pods.ping(0), 1);
        await pods.start(0);
        assert.equal(pods.ping(0), 0);
        pods.signal(0, "SIGSTOP");
        assert.equal(pods.ping(0), 1);
        pods.signal(0, "SIGCONT");
        pods.sql(0, "SET GLOBAL max_connections = 10");
        assert.equal(pods.ping(0), 0);
        const refused = () => Number(pods.sql(0, "SHOW STATUS LIKE 'Aborted_connects'").split("\t")[1]);
        const before = refused();
        pods.ping(0);
        assert.equal(refused(), before, "a probe must not look like an attack");
    });

    it("keeps passwords and keys out of logs, command lines and files that others can read", async () => {
        await running(2);
        const password = "correcthorse";
        pods.access([orders], [{ ...owner, password }]);
        pods.query(0, { ...owner, password }, "SELECT broken", "orders");
        await caughtUp(1, "SELECT COUNT(*) FROM mysql.user WHERE user = 'orders'", "1");
        for (const ordinal of [0, 1]) {
            assert.ok(!pods.log(ordinal).includes(password));
            const open = pods.run(ordinal, "find", [
                pods.path(ordinal, "volume", "data"),
                "-perm",
                "/007",
                "-type",
                "d",
            ]);
            assert.equal(open.stdout, "");
            assert.equal(pods.run(ordinal, "grep", ["-rl", password, pods.data(ordinal)]).stdout, "");
        }
        assert.ok(!pods.run(0, "ps", ["axww", "-o", "args"]).stdout.includes(password));
    });
});
