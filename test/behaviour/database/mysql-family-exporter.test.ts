import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { familyEngine } from "../../../components/database/mysql-family/engine";
import { exporterCnf, port } from "../../../components/database/mysql-family/settings";
import { buildModule } from "../../../sandbox/tools/build";
import { mysqldExporterModule } from "../../../sandbox/tools/modules";
import { eventually } from "../../support/eventually";
import { describeFamily } from "./support/mysql-family-engines";
import { FamilyPods } from "./support/mysql-family-pods";

/** Names of the exporter's metrics in what is asked of Prometheus. */
function metricsIn(expressions: string[]): string[] {
    return [...new Set(expressions.flatMap((expression) => expression.match(/\bmysql_\w+(?=\{)/g) ?? []))].sort();
}

const title = (engine: string): string => `the exporter of metrics beside a real ${engine}`;

describeFamily(title, (engine, programs) => {
    const { metricsPort, words } = engine;
    const { metrics } = engine.member;
    const described = familyEngine(engine.member);
    let pods: FamilyPods;
    let program: string;

    before(async function () {
        this.timeout(10 * 60_000);
        program = await buildModule(mysqldExporterModule, (line) => console.log(`      ${line}`));
        pods = new FamilyPods(engine, programs(), 2);
        await pods.start(0);
        await pods.start(1);
    });
    after(async () => {
        await pods?.remove();
    });

    /** What the exporter of a pod tells Prometheus. */
    async function metricsOf(ordinal: number): Promise<string> {
        const config = exporterCnf
            .replace("host = 127.0.0.1", `host = ${pods.host(ordinal)}`)
            .replace(`port = ${port}`, `port = ${engine.port}`)
            .replaceAll("/run/secrets/mysql", pods.path(ordinal, "certificates"));
        const file = path.join(pods.folder("exporter"), "exporter.conf");
        fs.writeFileSync(file, config, { mode: 0o644 });
        const copy = path.join(pods.home, "mysqld-exporter");
        fs.copyFileSync(program, copy);
        const address = `${pods.host(ordinal)}:${metricsPort}`;
        const exporter = pods.spawnProgram(ordinal, copy, [
            `--config.my-cnf=${file}`,
            `--web.listen-address=${address}`,
        ]);
        let log = "";
        exporter.stderr!.on("data", (chunk: Buffer) => (log += chunk.toString()));
        try {
            return await eventually(async () => {
                const text = await (await fetch(`http://${address}/metrics`)).text();
                assert.match(text, /^mysql_up 1$/m, log);
                return text;
            });
        } finally {
            // The next one is written over its file.
            const ended = once(exporter, "exit");
            exporter.kill("SIGKILL");
            await ended;
        }
    }

    it("logs in by its certificate alone, and tells all that alerts and the dashboard ask for", async () => {
        const [primary, copy] = [await metricsOf(0), await metricsOf(1)];
        const asked = metricsIn([
            ...described.alerts("job", 2, 0).map(({ expression }) => expression),
            described.dashboard("orders", "job").json,
        ]);
        assert.ok(asked.length >= 8, asked.join());
        for (const metric of asked) {
            assert.match(`${primary}\n${copy}`, new RegExp(`^${metric}(\\{| )`, "m"));
        }
        assert.match(primary, /^mysql_global_variables_read_only 0$/m);
        assert.match(copy, /^mysql_global_variables_read_only 1$/m);
        const followed = pods.host(0).replaceAll(".", "\\.");
        assert.match(copy, new RegExp(`^${metrics.receives}\\{[^}]*_host="${followed}"[^}]*\\} 1$`, "m"));
    });

    it("tells of a copy that no longer follows", async () => {
        pods.sql(1, words.stopReceiving);
        assert.match(await metricsOf(1), new RegExp(`^${metrics.receives}\\{[^}]*\\} 0$`, "m"));
        pods.sql(1, words.start);
    });

    it("sees no data and no hash of a password", () => {
        pods.sql(0, "CREATE DATABASE d; CREATE TABLE d.t AS SELECT 1 AS n");
        assert.match(pods.as(0, "monitor", "SELECT n FROM d.t").stderr, /denied/);
        assert.match(pods.as(0, "monitor", `SELECT * FROM ${engine.hashes}`).stderr, /denied/);
        assert.match(pods.as(0, "monitor", words.stop).stderr, /denied/);
    });
});
