import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { mariadb } from "../../../components/database/mariadb/engine";
import { exporterCnf } from "../../../components/database/mysql-family/settings";
import { buildModule } from "../../../sandbox/tools/build";
import { mysqldExporterModule } from "../../../sandbox/tools/modules";
import { eventually } from "../../support/eventually";
import { MariaDbPods } from "./support/mariadb-pods";
import { findMariaDb } from "./support/mariadb-programs";
import { needed, type Programs } from "./support/programs";

const metricsPort = 13_350;

/** Names of the exporter's metrics in what is asked of Prometheus. */
function metricsIn(expressions: string[]): string[] {
    return [...new Set(expressions.flatMap((expression) => expression.match(/\bmysql_\w+(?=\{)/g) ?? []))].sort();
}

describe("the exporter of metrics beside a real MariaDB", function () {
    this.timeout(180_000);
    let programs: Programs;
    let pods: MariaDbPods;
    let program: string;

    before(async function () {
        this.timeout(10 * 60_000);
        programs = await needed(this, findMariaDb);
        program = await buildModule(mysqldExporterModule, (line) => console.log(`      ${line}`));
        pods = new MariaDbPods(programs, 2);
        await pods.start(0);
        await pods.start(1);
    });
    after(async () => {
        await pods?.remove();
        programs?.remove();
    });

    /** What the exporter of a pod tells Prometheus. */
    async function metricsOf(ordinal: number): Promise<string> {
        const config = exporterCnf
            .replace("host = 127.0.0.1", `host = ${MariaDbPods.host(ordinal)}`)
            .replace("port = 3306", "port = 13300")
            .replaceAll("/run/secrets/mysql", pods.path(ordinal, "certificates"));
        const file = path.join(pods.folder("exporter"), "exporter.conf");
        fs.writeFileSync(file, config, { mode: 0o644 });
        const copy = path.join(pods.home, "mysqld-exporter");
        fs.copyFileSync(program, copy);
        const address = `${MariaDbPods.host(ordinal)}:${metricsPort}`;
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
            ...mariadb.alerts("job", 2, 0).map(({ expression }) => expression),
            mariadb.dashboard("orders", "job").json,
        ]);
        assert.ok(asked.length >= 8, asked.join());
        for (const metric of asked) {
            assert.match(`${primary}\n${copy}`, new RegExp(`^${metric}(\\{| )`, "m"));
        }
        assert.match(primary, /^mysql_global_variables_read_only 0$/m);
        assert.match(copy, /^mysql_global_variables_read_only 1$/m);
        assert.match(copy, /^mysql_slave_status_slave_io_running\{[^}]*master_host="127\.0\.3\.10"[^}]*\} 1$/m);
    });

    it("tells of a copy that no longer follows", async () => {
        pods.sql(1, "STOP SLAVE IO_THREAD");
        assert.match(await metricsOf(1), /^mysql_slave_status_slave_io_running\{[^}]*\} 0$/m);
        pods.sql(1, "START SLAVE");
    });

    it("sees no data and no hash of a password", () => {
        pods.sql(0, "CREATE DATABASE d; CREATE TABLE d.t AS SELECT 1 AS n");
        assert.match(pods.as(0, "monitor", "SELECT n FROM d.t").stderr, /denied/);
        assert.match(pods.as(0, "monitor", "SELECT * FROM mysql.global_priv").stderr, /denied/);
        assert.match(pods.as(0, "monitor", "STOP SLAVE").stderr, /denied/);
    });
});
