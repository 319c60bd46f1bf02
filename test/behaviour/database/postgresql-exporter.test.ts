import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { accessSql } from "../../../components/database/postgresql/access";
import { exporterFlags, exporterLogin } from "../../../components/database/postgresql/engine";
import { folders } from "../../../components/database/postgresql/settings";
import { postgresqlAlerts, postgresqlDashboard } from "../../../components/database/postgresql/telemetry";
import { buildModule } from "../../../sandbox/tools/build";
import { postgresExporterModule } from "../../../sandbox/tools/modules";
import { eventually } from "../../support/eventually";
import { PostgreSqlPods } from "./support/postgresql-pods";
import { findPostgreSql, needed, nobody, type Programs } from "./support/programs";

const port = 15_487;

/** What the pinned release (0.20) calls otherwise than the one that the Go proxy has (0.19). */
const formerNames: Record<string, string> = {
    pg_replication_slots_slot_is_active: "pg_replication_slot_slot_is_active",
};

/** Names of metrics in expressions for Prometheus. */
function metricsIn(expressions: readonly string[]): string[] {
    return [...new Set(expressions.flatMap((expression) => expression.match(/\bpg_\w+(?=\{)/g) ?? []))].sort();
}

describe("the exporter of PostgreSQL's metrics as a process, by the certificate that the component gives it", function () {
    this.timeout(120_000);
    let programs: Programs;
    let pods: PostgreSqlPods;
    let program: string;
    const exporters: ChildProcess[] = [];

    before(async function () {
        this.timeout(15 * 60_000);
        programs = await needed(this, findPostgreSql);
        const built = await buildModule(postgresExporterModule, (line) => console.log(`      ${line}`));
        pods = new PostgreSqlPods(programs, { replicas: 2, synchronousCopies: 1 });
        // The cache may lie where nobody else may read.
        program = pods.path(0, "exporter");
        fs.copyFileSync(built, program);
        await pods.start(0);
        await pods.start(1);
        pods.sql(
            0,
            accessSql({ replicas: 2, databases: [], users: [{ name: "u", verifier: "", reads: [], writes: [] }] }),
        );
    });
    after(async () => {
        exporters.forEach((exporter) => exporter.kill());
        await pods?.remove();
        programs?.remove();
    });

    /** What the exporter of a pod says. */
    async function metricsOf(ordinal: number): Promise<string> {
        const host = PostgreSqlPods.host(ordinal);
        const login = exporterLogin(`${host}:15432`).replaceAll(
            folders.certificates,
            pods.path(ordinal, "certificates"),
        );
        exporters.push(
            spawn(program, [...exporterFlags, `--web.listen-address=${host}:${port}`], {
                env: { DATA_SOURCE_NAME: login },
                uid: nobody,
                gid: nobody,
                stdio: "ignore",
            }),
        );
        return eventually(async () => {
            const text = await (await fetch(`http://${host}:${port}/metrics`)).text();
            assert.match(text, /^pg_up 1$/m);
            return text;
        });
    }

    const has = (text: string, name: string): boolean =>
        [name, formerNames[name]].some((each) => each !== undefined && new RegExp(`^${each}[ {]`, "m").test(text));

    it("tells everything that alerts and the dashboard ask for", async () => {
        const texts = [await metricsOf(0), await metricsOf(1)].join("\n");
        const alerts = postgresqlAlerts("job", 2, 1).map(({ expression }) => expression);
        const dashboard = JSON.stringify(postgresqlDashboard("orders", "job"));
        const wanted = metricsIn([...alerts, dashboard]);
        assert.ok(wanted.length > 6, wanted.join());
        assert.deepEqual(
            wanted.filter((name) => !has(texts, name)),
            [],
        );
        assert.match(texts, /^pg_replication_is_replica 1$/m);
        assert.match(texts, /^pg_replication_slots?_slot_is_active\{.*slot_name="pod_1".*\} 1$/m);
    });

    it("tells of a commit that waits for a copy", async () => {
        await pods.stop(1);
        const waiting = pods.spawnSql(0, "CREATE TABLE waits (n int)");
        const url = `http://${PostgreSqlPods.host(0)}:${port}/metrics`;
        await eventually(async () => {
            const text = await (await fetch(url)).text();
            assert.match(text, /^pg_stat_activity_count\{.*wait_event="SyncRep".*\} 1$/m);
        });
        await pods.start(1);
        await eventually(() => assert.equal(waiting.exitCode, 0));
    });
});
