import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import { eventually } from "../../support/eventually";
import { killPoints } from "./support/kill-points";
import { PostgreSqlPods } from "./support/postgresql-pods";
import { findPostgreSql, needed, type Programs } from "./support/programs";
import { endsBefore } from "./support/wrapped-programs";
import { Writes } from "./support/writes";

describe("another primary for PostgreSQL as processes", function () {
    this.timeout(180_000);
    let programs: Programs;
    let pods: PostgreSqlPods;
    let writes: Writes | undefined;

    before(async function () {
        this.timeout(10 * 60_000);
        programs = await needed(this, findPostgreSql);
    });
    after(() => {
        programs?.remove();
    });
    afterEach(async () => {
        await writes?.end();
        writes = undefined;
        await pods?.remove();
    });

    /** Pods that run, the first of them the primary, and a table that all of them have. */
    async function running(replicas: number): Promise<void> {
        pods = new PostgreSqlPods(programs, { replicas });
        for (let ordinal = 0; ordinal < replicas; ordinal++) {
            await pods.start(ordinal);
        }
        pods.sql(0, "CREATE TABLE t (n int)");
        await allHave();
    }

    const insert = (ordinal: number, row: number) => pods.sql(ordinal, `INSERT INTO t VALUES (${row})`);
    const rows = (ordinal: number) => pods.sql(ordinal, "SELECT string_agg(n::text, ' ' ORDER BY n) FROM t");

    /** Waits until every pod has what the primary has, which proves who follows whom. */
    async function allHave(...expected: number[]): Promise<void> {
        await eventually(() => {
            pods.roles().forEach((_, ordinal) => assert.equal(rows(ordinal), expected.join(" "), `pod ${ordinal}`));
        });
    }

    it("moves writes to a higher pod and back, in the order of a StatefulSet; none is lost, and one at most takes them", async () => {
        await running(3);
        writes = new Writes(pods, 3);
        await pods.roll(1);
        assert.deepEqual(pods.roles(), ["copy", "primary", "copy"]);
        await eventually(() => assert.equal(writes!.takers().at(-1), 1));
        await pods.roll(0);
        await eventually(() => assert.equal(writes!.takers().at(-1), 0));
        await writes.end();
        assert.deepEqual(pods.roles(), ["primary", "copy", "copy"]);
        assert.deepEqual(writes.takers(), [0, 1, 0]);
        for (const ordinal of [0, 1, 2]) {
            await eventually(() => assert.deepEqual(writes!.lost(ordinal), []));
        }
        assert.equal(
            pods.sql(0, "SELECT string_agg(slot_name || active, ' ' ORDER BY slot_name) FROM pg_replication_slots"),
            "pod_1true pod_2true",
        );
        assert.ok(!fs.existsSync(`${pods.data(0)}.handover`) && !fs.existsSync(`${pods.data(1)}.handover`));
    });

    it("goes on with a handover that was ended at any place", async function () {
        this.timeout(15 * 60_000);
        await running(2);
        writes = new Writes(pods, 2);
        const killed = killPoints(pods.path(0, "kill"));
        const order = [0];
        for (let at = 1, ended = true; ended; at++) {
            const [from, to] = [pods.primary, 1 - pods.primary];
            pods.primary = to;
            await pods.stop(1);
            if (from === 0) {
                await pods.start(1);
            }
            await pods.stop(from);
            // Its output may stay open: a server that it started is still there.
            const [status] = (await once(pods.spawnPrepare(from, killed(at)), "exit")) as [number | null];
            ended = status === null;
            assert.ok(ended || status === 0, `ended with ${status}`);
            await pods.endPrepare(from);
            await pods.start(from);
            if (from === 1) {
                await pods.stop(0);
                await pods.start(0);
            }
            order.push(to);
            await eventually(() => assert.equal(writes!.takers().at(-1), to));
            assert.deepEqual(writes.takers(), order);
        }
        await writes.end();
        assert.ok(order.length > 8, `${order.length} places`);
        assert.deepEqual(writes.lost(pods.primary), []);
    });

    it("waits for an heir that is away, and gives it what it lacks, also after a loss of the old primary's node", async () => {
        await running(2);
        await pods.stop(1);
        insert(0, 1);
        await pods.stop(0, "SIGKILL");
        pods.primary = 1;
        const old = pods.preparing(0);
        await old.says(/pod 1 does not answer; nobody takes writes until it does/);
        await pods.start(1);
        await old.ended;
        await pods.serve(0);
        assert.deepEqual(pods.roles(), ["copy", "primary"]);
        insert(1, 2);
        await allHave(1, 2);
    });

    it("gives a new volume to an heir whose own is gone", async () => {
        await running(2);
        await pods.roll(1);
        insert(1, 1);
        pods.primary = 0;
        await pods.stop(0);
        fs.rmSync(pods.data(0), { recursive: true });
        await pods.stop(1);
        const old = pods.preparing(1);
        await old.says(/pod 0 does not answer/);
        await pods.start(0);
        await old.ended;
        await pods.serve(1);
        assert.deepEqual(pods.roles(), ["primary", "copy"]);
        await allHave(1);
    });

    it("lets no application in while it hands over", async () => {
        await running(2);
        pods.sql(0, "CREATE ROLE orders LOGIN PASSWORD 'secret'");
        const login = { user: "orders", password: "secret", database: "postgres" };
        assert.equal(pods.psql(0, "SELECT 1", login).status, 0);
        await pods.stop(1);
        await pods.stop(0);
        pods.primary = 1;
        const old = pods.preparing(0);
        await eventually(() => assert.equal(pods.sql(0, "SELECT pg_is_in_recovery()"), "f"));
        assert.match(pods.psql(0, "SELECT 1", login).stderr, /pg_hba.conf rejects connection/);
        old.child.kill("SIGTERM");
        assert.equal((await old.ended).status, 143);
        assert.ok(!fs.existsSync(`${pods.data(0)}/postmaster.pid`), "an end that was asked for is an orderly one");
    });

    it("takes the writes again at once when the heir never came and another one is asked for", async () => {
        await running(2);
        await pods.stop(1);
        await pods.stop(0);
        pods.primary = 1;
        const old = pods.preparing(0);
        await old.says(/pod 1 does not answer/);
        await pods.endPrepare(0);
        pods.primary = 0;
        assert.match(await pods.start(0), /the handover to pod 1 is called off/);
        await pods.start(1);
        insert(0, 1);
        await allHave(1);
    });

    it("takes the writes again after the last moment before a promotion, once the heir says that it is a copy", async () => {
        await running(2);
        pods.primary = 1;
        await pods.stop(1);
        await pods.start(1);
        await pods.stop(0);
        const { status } = await pods.prepare(0, pods.wrapping({ psql: endsBefore("*pg_promote*") }));
        assert.equal(status, null);
        assert.ok(fs.existsSync(`${pods.data(0)}/standby.signal`));
        assert.equal(pods.sql(1, "SELECT pg_is_in_recovery()"), "t");
        await pods.stop(1);
        pods.primary = 0;
        const back = pods.preparing(0);
        await back.says(/pod 1 was about to take the writes, and does not say whether it does/);
        await pods.start(1);
        await back.ended;
        assert.match(back.said, /called off/);
        await pods.serve(0);
        insert(0, 1);
        await allHave(1);
        assert.deepEqual(pods.roles(), ["primary", "copy"]);
    });

    it("hands back when another mind came after the promotion", async () => {
        await running(2);
        await pods.roll(1);
        insert(1, 1);
        await pods.roll(0);
        insert(0, 2);
        await allHave(1, 2);
        assert.deepEqual(pods.roles(), ["primary", "copy"]);
    });

    it("does not hand over to a higher pod that was told otherwise", async () => {
        await running(2);
        pods.primary = 1;
        await pods.stop(0);
        const old = pods.preparing(0);
        await old.says(/pod 1 was told otherwise/);
        assert.equal(pods.sql(1, "SELECT pg_is_in_recovery()"), "t");
        await pods.stop(1);
        await pods.start(1);
        await old.ended;
        await pods.serve(0);
        assert.deepEqual(pods.roles(), ["copy", "primary"]);
    });

    /** The primary is lost, and a person promotes a copy as the documentation says. */
    async function promoteByHand(): Promise<void> {
        await pods.stop(0, "SIGKILL");
        assert.equal(pods.sql(1, "SELECT pg_promote()"), "t");
        insert(1, 100);
    }

    it("follows a pod that was promoted after a loss, where nothing was lost; the other copies do by themselves", async () => {
        await running(3);
        insert(0, 1);
        await allHave(1);
        await promoteByHand();
        await eventually(() => assert.equal(rows(2), "1 100"));
        // Told by nobody that it is no primary any more, and told.
        assert.match(await pods.start(0), /pod 1 takes the writes and has all that this pod had/);
        await allHave(1, 100);
        await pods.roll(1);
        assert.deepEqual(pods.roles(), ["copy", "primary", "copy"]);
    });

    it("refuses to start with writes that the promoted pod never got, keeps them, and is made anew when it is told", async () => {
        await running(2);
        insert(0, 1);
        await allHave(1);
        await pods.stop(1);
        insert(0, 2);
        insert(0, 3);
        await pods.stop(0, "SIGKILL");
        await pods.start(1);
        await promoteByHand();
        for (const told of [1, 0]) {
            pods.primary = told;
            const { status, output } = await pods.prepare(0);
            assert.equal(status, 1);
            assert.match(output, /there are 2 transactions that pod 1 never got.*delete the pod and its claim/);
        }
        // A server of a person's own finds them there.
        const data = ["--single", "-D", pods.data(0), "postgres"];
        assert.match(pods.run(0, "postgres", data, "SELECT n FROM t WHERE n = 3").stdout, /n = "3"/);
        fs.rmSync(pods.data(0), { recursive: true });
        fs.rmSync(`${pods.data(0)}.handover`, { force: true });
        pods.primary = 1;
        await pods.start(0);
        await allHave(1, 100);
    });

    /** A primary and a copy that is away; then what the primary alone does; then the primary is lost and the copy promoted. */
    async function splitAfter(statements: readonly string[]): Promise<{ status: number | null; output: string }> {
        await running(2);
        insert(0, 1);
        await allHave(1);
        await pods.stop(1);
        statements.forEach((statement) => pods.sql(0, statement));
        await pods.stop(0, "SIGKILL");
        await pods.start(1);
        await promoteByHand();
        return pods.prepare(0);
    }

    it("refuses to become a copy where the log that would tell of lost writes is gone", async () => {
        const { status, output } = await splitAfter([
            // No room for what the copy lacks, and more of it than one file of the log holds.
            "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'",
            "SELECT pg_reload_conf()",
            "CREATE TABLE u AS SELECT generate_series(1, 300000) AS n",
            ...["SELECT pg_switch_wal()", "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"],
        ]);
        assert.equal(status, 1, output);
        assert.match(output, /no longer has that part of its log.*may have transactions that pod 1 never got/);
        assert.ok(!fs.existsSync(`${pods.data(0)}/standby.signal`));
    });

    it("says that nothing is lost where the log goes on without a transaction", async () => {
        const { status, output } = await splitAfter(["CHECKPOINT"]);
        assert.equal(status, 1, output);
        assert.match(output, /no transaction.*nothing is lost.*delete the pod and its claim/);
    });

    it("starts the server that hands over with a small cache, whatever is configured, and with no larger one", async () => {
        for (const [configured, expected] of [
            ["300MB", "128MB"],
            ["48MB", "48MB"],
        ] as const) {
            pods = new PostgreSqlPods(programs, { replicas: 2, settings: { shared_buffers: configured } });
            await pods.start(0);
            await pods.start(1);
            pods.primary = 1;
            await pods.stop(1);
            await pods.stop(0);
            const old = pods.preparing(0);
            await eventually(() => assert.equal(pods.sql(0, "SHOW shared_buffers"), expected));
            old.child.kill("SIGTERM");
            await old.ended;
            await pods.remove();
        }
    });

    it("takes fewer connections, and then others, by rolls that copies begin, also with another primary", async () => {
        pods = new PostgreSqlPods(programs, { replicas: 3, settings: { max_connections: "60" } });
        for (const ordinal of [0, 1, 2]) {
            await pods.start(ordinal);
        }
        pods.sql(0, "CREATE TABLE t (n int)");
        await allHave();
        const connections = () => [0, 1, 2].map((ordinal) => Number(pods.sql(ordinal, "SHOW max_connections")));
        const rolls: number[] = [];
        /** Rolls, and waits until copies know what the primary has. */
        const roll = async (primary: number): Promise<void> => {
            await pods.roll(primary);
            rolls.push(rolls.length);
            insert(primary, rolls.at(-1)!);
            await allHave(...rolls);
        };
        pods.set({ max_connections: "40", max_locks_per_transaction: "32" });
        await roll(0);
        assert.deepEqual(connections(), [40, 60, 60], "copies have what the primary had");
        await roll(0);
        assert.deepEqual(connections(), [40, 40, 40]);
        pods.set({ max_connections: "20" });
        await roll(1);
        assert.deepEqual(pods.roles(), ["copy", "primary", "copy"]);
        await roll(1);
        await roll(1);
        assert.deepEqual(connections(), [20, 20, 20]);
        pods.set({ max_connections: "30" });
        await roll(1);
        assert.deepEqual(connections(), [30, 30, 30]);
    });

    it("does not hand over to a copy that already followed somebody else", async () => {
        await running(3);
        await pods.stop(0, "SIGKILL");
        pods.sql(1, "SELECT pg_promote()");
        insert(1, 1);
        await eventually(() => assert.equal(rows(2), "1"));
        pods.sql(2, "CHECKPOINT");
        await pods.stop(1);
        pods.primary = 2;
        const { status, output } = await pods.prepare(0);
        assert.equal(status, 1, output);
        assert.match(output, /pod 2 follows a pod that took writes after this one did/);
    });
});
