import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { redis } from "../../../components/database/redis/engine";
import { redisAlerts, redisDashboard } from "../../../components/database/redis/telemetry";
import { folders } from "../../../components/database/redis/settings";
import { buildModule } from "../../../sandbox/tools/build";
import { redisExporterModule } from "../../../sandbox/tools/modules";
import { eventually } from "../../support/eventually";
import { describeRedis } from "./support/describe-redis";
import { RedisPods } from "./support/redis-pods";

const metricsPort = 16_350;

/** Names of the exporter's metrics in what is asked of Prometheus. */
function metricsIn(expressions: string[]): string[] {
    return [...new Set(expressions.flatMap((expression) => expression.match(/\bredis_\w+(?=\{)/g) ?? []))].sort();
}

describeRedis("the exporter of metrics beside a real Redis", (running) => {
    let program: string;

    before(async function () {
        this.timeout(10 * 60_000);
        program = await buildModule(redisExporterModule, (line) => console.log(`      ${line}`));
    });

    /** The environment that the component gives the exporter. */
    function environmentOf(): Record<string, string> {
        const { containers } = redis.pods({
            name: "cache",
            namespace: "data",
            version: "8.8",
            replicas: 2,
            primary: 0,
            synchronousCopies: 0,
            podHosts: [],
            memory: "1Gi",
            settings: {},
            claim: "data",
        });
        return containers.find(({ name }) => name === "exporter")!.environment as Record<string, string>;
    }

    /** What the exporter of a pod tells Prometheus. */
    async function metricsOf(pods: RedisPods, ordinal: number): Promise<string> {
        const environment = Object.entries(environmentOf()).map(([key, value]) => [
            key,
            value
                .replace(folders.exporter, pods.path(ordinal, "exporter"))
                .replace("127.0.0.1:6379", `${RedisPods.host(ordinal)}:16300`),
        ]);
        const copy = path.join(pods.home, "exporter");
        fs.copyFileSync(program, copy);
        const exporter = pods.spawnProgram(ordinal, copy, {
            ...(Object.fromEntries(environment) as NodeJS.ProcessEnv),
            REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `${RedisPods.host(ordinal)}:${metricsPort}`,
        });
        let log = "";
        exporter.stderr!.on("data", (chunk: Buffer) => (log += chunk.toString()));
        try {
            return await eventually(async () => {
                const text = await (await fetch(`http://${RedisPods.host(ordinal)}:${metricsPort}/metrics`)).text();
                assert.match(text, /^redis_up 1$/m, log);
                return text;
            });
        } finally {
            const ended = once(exporter, "close");
            exporter.kill("SIGKILL");
            await ended;
        }
    }

    it("logs in with the password from its file, and tells all that alerts and the dashboard ask for", async () => {
        const pods = await running(2);
        pods.own(0, "SET", "a", "1");
        await pods.ready(1);
        await eventually(() => {
            assert.match(pods.own(0, "INFO", "replication"), /state=online/);
        });
        const all = `${await metricsOf(pods, 0)}\n${await metricsOf(pods, 1)}`;
        const panels = redisDashboard("cache", "job").json;
        const asked = metricsIn([...redisAlerts("job", 2).map(({ expression }) => expression), panels]);
        assert.ok(asked.length >= 10, asked.join());
        for (const metric of asked) {
            assert.match(all, new RegExp(`^${metric}(\\{| )`, "m"));
        }
        assert.match(all, /redis_connected_slave_lag_seconds\{[^}]*slave_ip="127\.0\.4\.11"/);
        assert.match(all, /redis_master_link_up\{[^}]*\} 1/);
    });

    it("sees no data, no setting and no password", async () => {
        const pods = await running(1);
        const monitor = { name: "monitoring", password: pods.key("monitoring") };
        const commands = [
            "GET a",
            "SCAN 0",
            "CONFIG GET *",
            "ACL LIST",
            "SLOWLOG GET",
            "CLIENT LIST",
            "SYNC",
            "DBSIZE",
        ];
        for (const command of commands) {
            assert.match(pods.ask(0, monitor, ...command.split(" ")), /NOPERM/, command);
        }
        const text = fs
            .readdirSync(pods.path(0, "exporter"))
            .map((file) => fs.readFileSync(pods.path(0, "exporter", file)));
        for (const key of ["admin", "backup", "copies"]) {
            assert.ok(!text.join("\n").includes(pods.key(key)), key);
        }
    });
});
