import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import type { AlertRule } from "../../../components/core/contracts";
import type { Engine } from "../../../components/database/engine";
import { engines } from "../../../components/database/engines";
import { volumeAlerts } from "../../../components/database/volume-alerts";
import { findPrometheusTools } from "../openfaas/tools";

const job = "orders";

/** A series of promtool's, and its values minute by minute. */
interface Series {
    series: string;
    values: string;
}

const mebibyte = 2 ** 20;

describe("alerts on databases (real: promtool)", function () {
    this.timeout(5 * 60_000);
    let promtool: string;
    let folder: string;

    before(async function () {
        const found = await findPrometheusTools();
        if ("missing" in found) {
            console.log(`      skipped: ${found.missing}`);
            this.skip();
        }
        promtool = found.promtool;
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-database-alerts-"));
    });
    after(() => {
        if (folder) {
            fs.rmSync(folder, { recursive: true });
        }
    });

    function run(args: string[], files: Record<string, object>): { status: number | null; said: string } {
        for (const [file, content] of Object.entries(files)) {
            fs.writeFileSync(path.join(folder, file), stringify(content));
        }
        const { status, stdout, stderr } = spawnSync(promtool, [...args, Object.keys(files)[0]!], {
            cwd: folder,
            encoding: "utf8",
        });
        return { status, said: stdout + stderr };
    }

    /** A file of rules as Prometheus takes it. */
    const rulesOf = (alerts: readonly AlertRule[]): object => ({
        groups: [
            {
                name: "databases",
                rules: alerts.map(({ name, expression, for: wait, severity, summary, description }) => ({
                    alert: name,
                    expr: expression,
                    for: wait ?? "5m",
                    labels: { severity },
                    annotations: { summary, description },
                })),
            },
        ],
    });

    /** The alerts that fire after so many minutes of the series. */
    function firing(alerts: readonly AlertRule[], series: Series[], minutes: number): string[] {
        // What is expected is nothing, so promtool says what it got instead.
        const { status, said } = run(["test", "rules"], {
            "test.yml": {
                rule_files: ["rules.yml"],
                evaluation_interval: "1m",
                tests: [
                    {
                        interval: "1m",
                        input_series: series,
                        alert_rule_test: alerts.map(({ name }) => ({
                            alertname: name,
                            eval_time: `${minutes}m`,
                            exp_alerts: [],
                        })),
                    },
                ],
            },
            "rules.yml": rulesOf(alerts),
        });
        const fired = [...said.matchAll(/alertname:\s*(\w+)/g)].map(([, name]) => name!);
        assert.ok(status === 0 || fired.length > 0, said);
        return [...new Set(fired)].sort();
    }

    for (const engine of Object.values(engines)) {
        describe(`of ${engine.title}`, () => {
            it("are rules as Prometheus takes them", () => {
                const alerts = [
                    ...engine.alerts(job, 3, 1),
                    ...volumeAlerts({ resourceName: "orders", claim: "data" }),
                ];
                const { status, said } = run(["check", "rules"], { "rules.yml": rulesOf(alerts) });
                assert.equal(status, 0, said);
                assert.match(said, new RegExp(`${alerts.length} rules found`));
            });

            it("tell of a server that does not answer, and of none that does", () => {
                const up = (value: 0 | 1): Series[] => [
                    { series: `up{job="${job}",instance="a"}`, values: `${value}x20` },
                ];
                const down = nameOf(engine, /Down$/);
                assert.ok(firing(engine.alerts(job, 1, 0), up(0), 10).includes(down));
                assert.ok(!firing(engine.alerts(job, 1, 0), up(1), 10).includes(down));
            });
        });
    }

    function nameOf(engine: Engine, pattern: RegExp): string {
        const found = engine.alerts(job, 3, 0).find(({ name }) => pattern.test(name));
        assert.ok(found, `${engine.title} has no alert ${String(pattern)}`);
        return found.name;
    }

    describe("of any engine's volumes", () => {
        const alerts = volumeAlerts({ resourceName: "orders", claim: "data", namespace: "shop" });

        function volume(claim: string, values: Partial<Record<"available" | "inodes", string>>): Series[] {
            const on = `{namespace="shop",persistentvolumeclaim="${claim}"}`;
            return [
                { series: `kubelet_volume_stats_capacity_bytes${on}`, values: `${1000 * mebibyte}x600` },
                {
                    series: `kubelet_volume_stats_available_bytes${on}`,
                    values: values.available ?? `${800 * mebibyte}x600`,
                },
                { series: `kubelet_volume_stats_inodes${on}`, values: "1000x600" },
                { series: `kubelet_volume_stats_inodes_free${on}`, values: values.inodes ?? "900x600" },
            ];
        }

        it("stay silent while there is room", () => {
            assert.deepEqual(firing(alerts, volume("data-orders-0", {}), 500), []);
        });

        it("tell of one that is nearly full, and of nobody else's", () => {
            const full = { available: `${50 * mebibyte}x600` };
            assert.deepEqual(firing(alerts, volume("data-orders-1", full), 10), ["DatabaseVolumeNearlyFull"]);
            assert.deepEqual(firing(alerts, volume("data-orders-copy-1", full), 10), []);
            assert.deepEqual(firing(alerts, volume("cache-orders-1", full), 10), []);
        });

        it("tell a day ahead of one that fills up, and not of one that is half empty yet", () => {
            // 0.5 MiB a minute: 720 MiB a day.
            const filling = (from: number): string => `${from * mebibyte}-${0.5 * mebibyte}x600`;
            assert.deepEqual(firing(alerts, volume("data-orders-0", { available: filling(600) }), 500), [
                "DatabaseVolumeFullInADay",
            ]);
            assert.deepEqual(firing(alerts, volume("data-orders-0", { available: filling(900) }), 500), []);
        });

        it("tell of one without inodes", () => {
            assert.deepEqual(firing(alerts, volume("data-orders-0", { inodes: "20x600" }), 10), [
                "DatabaseVolumeInodesNearlyUsedUp",
            ]);
        });
    });

    it("of PostgreSQL tell of a copy that lags, and of copies without a primary", () => {
        const on = `{job="${job}",instance="b"}`;
        const copy = (lag: number): Series[] => [
            { series: `up${on}`, values: "1x20" },
            { series: `pg_replication_is_replica${on}`, values: "1x20" },
            { series: `pg_replication_lag_seconds${on}`, values: `${lag}x20` },
            { series: `pg_stat_wal_receiver_last_msg_receipt_time${on}`, values: "0+60x20" },
        ];
        const primary: Series[] = [
            { series: `up{job="${job}",instance="a"}`, values: "1x20" },
            { series: `pg_replication_is_replica{job="${job}",instance="a"}`, values: "0x20" },
        ];
        const alerts = engines.postgresql!.alerts(job, 2, 0);
        assert.deepEqual(firing(alerts, [...primary, ...copy(300)], 15), ["PostgreSqlCopyLags"]);
        assert.deepEqual(firing(alerts, [...primary, ...copy(1)], 15), []);
        assert.deepEqual(firing(alerts, copy(1), 15), ["PostgreSqlNoPrimary"]);
    });

    describe("of MongoDB", () => {
        const alerts = engines.mongodb!.alerts(job, 3, 0);

        interface SetFacts {
            states?: [number, number];
            /** Seconds that the second member is behind. */
            lag?: number;
            health?: number;
            /** Hours that the oplog reaches back. */
            oplog?: number;
            full?: number;
        }

        /** What two members tell of themselves and of each other. */
        function set({ states = [1, 2], lag = 0, health = 1, oplog = 48, full = 1 }: SetFacts): Series[] {
            const names = ["PRIMARY", "SECONDARY", "RECOVERING"];
            return ["a", "b"].flatMap((instance) => [
                { series: `up{job="${job}",instance="${instance}"}`, values: "1x40" },
                { series: `mongodb_up{job="${job}",instance="${instance}"}`, values: "1x40" },
                ...["a", "b"].flatMap((member, index) => {
                    const on = `{job="${job}",instance="${instance}",member_idx="${member}",member_state="${names[states[index]! - 1]}"}`;
                    return [
                        { series: `mongodb_members_state${on}`, values: `${states[index]}x40` },
                        { series: `mongodb_members_health${on}`, values: `${index === 1 ? health : 1}x40` },
                        { series: `mongodb_members_optimeDate${on}`, values: `${1e12 - index * lag * 1000}x40` },
                    ];
                }),
                ...Object.entries({
                    mongodb_mongod_replset_oplog_head_timestamp: 1e9,
                    mongodb_mongod_replset_oplog_tail_timestamp: 1e9 - oplog * 3600,
                    mongodb_oplog_stats_size: full * 1e9,
                    mongodb_oplog_stats_maxSize: 1e9,
                }).map(([name, value]) => ({
                    series: `${name}{job="${job}",instance="${instance}"}`,
                    values: `${value}x40`,
                })),
            ]);
        }

        it("stay silent while all is well, and while an oplog is short because it is young", () => {
            assert.deepEqual(firing(alerts, set({}), 30), []);
            assert.deepEqual(firing(alerts, set({ oplog: 1, full: 0.1 }), 30), []);
        });

        it("tell of a set without a primary, of members that lag or are away, and of an oplog that is short", () => {
            assert.deepEqual(firing(alerts, set({ states: [2, 2] }), 30), ["MongoDbNoPrimary"]);
            assert.deepEqual(firing(alerts, set({ lag: 300 }), 30), ["MongoDbMemberLags"]);
            assert.deepEqual(firing(alerts, set({ health: 0 }), 30), ["MongoDbMemberUnreachable"]);
            assert.deepEqual(firing(alerts, set({ oplog: 1 }), 30), ["MongoDbOplogWindowShort"]);
        });

        it("tell of a member that runs and can't serve, once it has had the time to come back", () => {
            assert.deepEqual(firing(alerts, set({ states: [1, 3] }), 20), []);
            assert.deepEqual(firing(alerts, set({ states: [1, 3] }), 35), ["MongoDbMemberNotServing"]);
        });

        it("tell of connections that run out", () => {
            const connections = (current: number): Series[] =>
                Object.entries({ current, available: 100 - current }).map(([kind, value]) => ({
                    series: `mongodb_ss_connections{job="${job}",instance="a",conn_type="${kind}"}`,
                    values: `${value}x40`,
                }));
            assert.deepEqual(firing(alerts, connections(90), 30), ["MongoDbConnectionsNearlyUsedUp"]);
            assert.deepEqual(firing(alerts, connections(50), 30), []);
        });
    });
});
