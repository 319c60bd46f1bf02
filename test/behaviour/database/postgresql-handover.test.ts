import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { eventually } from "../../support/eventually";
import { killPoints } from "./support/kill-points";
import { PostgreSqlPods } from "./support/postgresql-pods";
import { findPostgreSql, type Programs } from "./support/programs";
import { Writes } from "./support/writes";

describe("another primary for PostgreSQL as processes", function () {
    this.timeout(180_000);
    let programs: Programs;
    let pods: PostgreSqlPods;
    let writes: Writes | undefined;

    before(async function () {
        this.timeout(10 * 60_000);
        const found = await findPostgreSql();
        if ("missing" in found) {
            console.log(`      skipped: ${found.missing}`);
            this.skip();
        }
        programs = found;
    });
    after(() => {
        programs?.remove();
    });
    afterEach(async () => {
        await writes?.end();
        writes = undefined;
        await pods?.remove();
    });

    /** Pods that run, the first of them the primary, and a table. */
    async function running(replicas: number): Promise<void> {
        pods = new PostgreSqlPods(programs, { replicas });
        for (let ordinal = 0; ordinal < replicas; ordinal++) {
            await pods.start(ordinal);
        }
        pods.sql(0, "CREATE TABLE t (n int)");
    }

    const insert = (ordinal: number, row: number) => pods.sql(ordinal, `INSERT INTO t VALUES (${row})`);
    const rows = (ordinal: number) => pods.sql(ordinal, "SELECT string_agg(n::text, ' ' ORDER BY n) FROM t");

    /** Waits until every pod has what the primary has, which proves who follows whom. */
    async function allHave(...expected: number[]): Promise<void> {
        await eventually(() => {
            pods.roles().forEach((_, ordinal) => assert.equal(rows(ordinal), expected.join(" "), `pod ${ordinal}`));
        });
    }

    /** An init container that is at work, and what it says. */
    function preparing(ordinal: number): { child: ChildProcess; said: () => string } {
        const child = pods.spawnPrepare(ordinal);
        let said = "";
        child.stdout!.on("data", (chunk: Buffer) => (said += chunk.toString()));
        child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
        return { child, said: () => said };
    }

    async function says({ said }: { said: () => string }, expected: RegExp): Promise<void> {
        await eventually(() => assert.match(said(), expected));
    }

    /** Ends an init container at once, with all that it started. */
    async function kill(ordinal: number, child: ChildProcess): Promise<void> {
        const closed = once(child, "exit");
        process.kill(-child.pid!, "SIGKILL");
        await closed;
        await pods.endPrepared(ordinal);
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
            const { status, output } = await pods.prepare(from, killed(at));
            ended = status === null;
            assert.ok(ended || status === 0, output);
            await pods.endPrepared(from);
            await pods.start(from);
            if (from === 1) {
                await pods.stop(0);
                await pods.start(0);
            }
            order.push(to);
            await eventually(() => assert.equal(writes!.takers().at(-1), to, output));
            assert.deepEqual(writes.takers(), order);
        }
        await writes.end();
        assert.ok(order.length > 8, `${order.length} places`);
        assert.deepEqual(writes.lost(pods.primary), []);
    });
});
