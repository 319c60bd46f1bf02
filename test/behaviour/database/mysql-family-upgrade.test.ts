import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import { eventually } from "../../support/eventually";
import { mariadbUnderTest } from "./support/mysql-family-engines";
import { FamilyPods, type TestUser } from "./support/mysql-family-pods";
import { findBothMariaDbs } from "./support/mysql-family-programs";
import { type BothPrograms, needed } from "./support/programs";

const owner: TestUser = { name: "orders", password: "opensesame" };
const orders = { name: "orders", owner: "orders" };

describe("a real MariaDB that goes to a newer version in place", function () {
    this.timeout(180_000);
    let versions: BothPrograms;
    let pods: FamilyPods;

    before(async function () {
        this.timeout(10 * 60_000);
        versions = await needed(this, findBothMariaDbs);
    });
    after(() => {
        versions?.older.remove();
        versions?.newer.remove();
    });
    afterEach(async () => {
        await pods?.remove();
    });

    /** Pods of the older version with a table of the owner's, in which there is a row. */
    async function older(replicas: number, running = replicas): Promise<void> {
        pods = new FamilyPods(mariadbUnderTest, versions.older, replicas);
        for (let ordinal = 0; ordinal < running; ordinal++) {
            await pods.start(ordinal);
        }
        pods.access([orders], [owner]);
        write("CREATE TABLE t (n INT); INSERT INTO t VALUES (1)");
    }

    /** Ends a pod and lets it have the newer version from then on. */
    async function renew(ordinal: number): Promise<void> {
        await pods.stop(ordinal);
        pods.use(ordinal, versions.newer, versions.older.version);
    }

    function write(statement: string): void {
        const { status, stderr } = pods.query(0, owner, statement, "orders");
        assert.equal(status, 0, stderr);
    }

    const version = (ordinal: number): string => pods.sql(ordinal, "SELECT SUBSTRING_INDEX(VERSION(), '.', 2)");

    /** What a copy has, once its primary has no more. */
    async function copied(expected: string): Promise<void> {
        await eventually(() => {
            assert.equal(
                pods.query(1, owner, "SELECT GROUP_CONCAT(n ORDER BY n) FROM t", "orders").stdout.trim(),
                expected,
            );
        });
        assert.equal(pods.status(1, mariadbUnderTest.words.receives), "Yes");
    }

    /** What the older version says to data of the newer one. */
    function refusal(): RegExp {
        const [made, runs] = [versions.newer, versions.older].map(({ version }) => `MariaDB ${version}`);
        return new RegExp(`made by ${made} and this is ${runs}, which does not take it over; go back to ${made}`);
    }

    /** The system's tables are those of the newer version: the older one, before 11.3, has no such right. */
    function assertUpgraded(ordinal: number): void {
        const columns = "information_schema.columns WHERE table_schema = 'mysql' AND table_name = 'db'";
        const found = pods.sql(ordinal, `SELECT COUNT(*) FROM ${columns} AND column_name = 'Show_create_routine_priv'`);
        assert.equal(found, "1", "the system's tables are the older version's");
    }

    it("rolls as a StatefulSet does, the primary last, keeps data and logins, and copies all the while", async () => {
        await older(2);
        await renew(1);
        write("INSERT INTO t VALUES (2)");
        assert.match(await pods.start(1), new RegExp(`taking over data of MariaDB ${versions.older.version}`));
        assert.deepEqual([version(0), version(1)], [versions.older.version, versions.newer.version]);
        write("INSERT INTO t VALUES (3)");
        await copied("1,2,3");
        assertUpgraded(1);

        const logged = pods.sql(0, "SELECT @@gtid_binlog_pos");
        await renew(0);
        await pods.start(0);
        assert.equal(version(0), versions.newer.version);
        assertUpgraded(0);
        assert.equal(pods.sql(0, "SELECT @@gtid_binlog_pos"), logged, "what a pod does for itself is no copy's");
        write("INSERT INTO t VALUES (4)");
        await copied("1,2,3,4");
        pods.access([orders], [{ ...owner, password: "new" }]);
        assert.equal(
            pods.query(0, { ...owner, password: "new" }, "SELECT COUNT(*) FROM t", "orders").stdout.trim(),
            "4",
        );
        await pods.stop(0);
        assert.doesNotMatch(await pods.start(0), /taking over/);
    });

    it("makes a copy of a primary whose turn is still to come", async () => {
        await older(2, 1);
        await renew(1);
        await pods.start(1);
        assertUpgraded(1);
        write("INSERT INTO t VALUES (2)");
        await copied("1,2");
    });

    it("makes no copy with an older version than the primary's", async () => {
        pods = new FamilyPods(mariadbUnderTest, versions.newer, 2);
        await pods.start(0);
        pods.use(1, versions.older);
        const { status, output } = await pods.prepare(1);
        assert.equal(status, 1);
        assert.match(output, refusal());
        assert.ok(!fs.existsSync(pods.data(1)));
    });

    it("takes no copy over whose primary was made anew: it has the only data, and may go back", async () => {
        await older(2);
        await pods.stop(1);
        await pods.stop(0);
        fs.rmSync(pods.data(0), { recursive: true });
        await pods.start(0);
        pods.use(1, versions.newer, versions.older.version);
        const { status, output } = await pods.prepare(1);
        assert.equal(status, 1);
        assert.match(output, /pod 0 holds another database/);
        const madeBy = fs.readFileSync(`${pods.data(1)}/made-by`, "utf8");
        assert.equal(madeBy, `MariaDB ${versions.older.version}\n`);
    });

    it("goes on where taking over was ended half-way, with the newer version alone", async () => {
        await older(1);
        await renew(0);
        const half = { program: "mariadb-upgrade", script: 'touch "$RUN/half"; exec sleep 600' };
        const takingOver = pods.spawnPrepare(0, pods.instead(0, half));
        const ended = once(takingOver, "exit");
        await eventually(() => {
            assert.ok(fs.existsSync(pods.path(0, "run/half")));
        });
        process.kill(-takingOver.pid!, "SIGKILL");
        await ended;
        pods.use(0, versions.older);
        const { status, output } = await pods.prepare(0);
        assert.equal(status, 1);
        assert.match(output, refusal());
        await renew(0);
        await pods.start(0);
        assertUpgraded(0);
        assert.equal(pods.query(0, owner, "SELECT n FROM t", "orders").stdout.trim(), "1");
    });

    it("takes over what a crash left", async () => {
        await older(1);
        await pods.stop(0, "SIGKILL");
        await renew(0);
        await pods.start(0);
        assertUpgraded(0);
        write("INSERT INTO t VALUES (2)");
        assert.equal(pods.query(0, owner, "SELECT COUNT(*) FROM t", "orders").stdout.trim(), "2");
    });
});
