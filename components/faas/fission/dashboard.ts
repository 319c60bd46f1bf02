import type { Dashboard } from "../../core/contracts";

interface Panel {
    title: string;
    /** PromQL, and what each series is called. */
    queries: [expression: string, legend: string][];
    unit: string;
    kind?: "stat" | "timeseries";
}

/** Says how the scrape job of a part is called. */
export type JobName = (part: string) => string;

/** A Grafana dashboard of an installation: calls, errors, starts, routes and archives. */
export function fissionDashboard(instance: string, jobName: JobName): Dashboard {
    const title = `Fission ${instance}`;
    const model = {
        title,
        uid: `fission-${instance}`.slice(0, 40),
        tags: ["fission", "faas"],
        timezone: "utc",
        refresh: "30s",
        schemaVersion: 39,
        time: { from: "now-3h", to: "now" },
        templating: {
            list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }],
        },
        panels: panels(jobName).map(renderPanel),
    };
    return { name: `fission-${instance}`, title, json: JSON.stringify(model, undefined, 2) };
}

function panels(jobName: JobName): Panel[] {
    const router = `job="${jobName("router")}"`;
    const executor = `job="${jobName("executor")}"`;
    const storage = `job="${jobName("storagesvc")}"`;
    const byFunction = "sum by (function_namespace, function_name)";
    const functionName = "{{function_namespace}}/{{function_name}}";
    return [
        {
            title: "Calls per second",
            kind: "stat",
            unit: "reqps",
            queries: [[`sum(rate(fission_function_calls_total{${router}}[5m]))`, "calls"]],
        },
        {
            title: "Failed calls",
            kind: "stat",
            unit: "percentunit",
            queries: [
                [
                    `sum(rate(fission_function_errors_total{${router}}[5m])) / sum(rate(fission_function_calls_total{${router}}[5m]))`,
                    "failed",
                ],
            ],
        },
        {
            title: "Routes",
            kind: "stat",
            unit: "short",
            queries: [[`max by (listener) (fission_router_routes{${router}})`, "{{listener}}"]],
        },
        {
            title: "Parts that answer",
            kind: "stat",
            unit: "short",
            queries: [[`sum(up{job=~"${jobName("(router|executor|buildermgr|storagesvc|webhook)")}"})`, "up"]],
        },
        {
            title: "Calls by function",
            unit: "reqps",
            queries: [[`${byFunction} (rate(fission_function_calls_total{${router}}[5m]))`, functionName]],
        },
        {
            title: "Errors by function and status",
            unit: "reqps",
            queries: [
                [
                    `sum by (function_namespace, function_name, code) (rate(fission_function_errors_total{${router}}[5m]))`,
                    `${functionName} {{code}}`,
                ],
            ],
        },
        {
            title: "Time that Fission adds to a call",
            unit: "s",
            queries: [0.5, 0.95, 0.99].map((quantile) => [
                `histogram_quantile(${quantile}, sum by (le) (rate(fission_function_overhead_seconds_bucket{${router}}[5m])))`,
                `${quantile * 100} %`,
            ]),
        },
        {
            title: "Failed calls by the part at fault",
            unit: "reqps",
            queries: [
                [
                    `sum by (component, reason) (rate(fission_invocation_failures_total{${router}}[5m]))`,
                    "{{component}}: {{reason}}",
                ],
            ],
        },
        {
            title: "Cold starts",
            unit: "short",
            queries: [
                [`${byFunction} (increase(fission_function_cold_starts_total{${executor}}[5m]))`, functionName],
                [
                    `${byFunction} (increase(fission_function_cold_start_errors_total{${executor}}[5m]))`,
                    `${functionName} failed`,
                ],
            ],
        },
        {
            title: "Addresses found without asking the executor",
            unit: "percentunit",
            queries: [
                [
                    `sum(rate(fission_router_endpointcache_hits_total{${router}}[5m])) / (sum(rate(fission_router_endpointcache_hits_total{${router}}[5m])) + sum(rate(fission_router_endpointcache_misses_total{${router}}[5m])))`,
                    "found",
                ],
            ],
        },
        {
            title: "Archives",
            unit: "short",
            queries: [[`max(fission_archives{${storage}})`, "archives"]],
        },
        {
            title: "Size of the archives",
            unit: "bytes",
            queries: [[`max(fission_archive_memory_bytes{${storage}})`, "size"]],
        },
    ];
}

const columns = 24;
const height = 8;
const statHeight = 4;

/** Four stats in the first row, then two graphs a row. */
function renderPanel(panel: Panel, index: number, all: readonly Panel[]): object {
    const datasource = { type: "prometheus", uid: "${datasource}" };
    const stats = all.filter(({ kind }) => kind === "stat").length;
    const stat = panel.kind === "stat";
    const position = index - stats;
    return {
        id: index + 1,
        type: panel.kind ?? "timeseries",
        title: panel.title,
        datasource,
        gridPos: stat
            ? { h: statHeight, w: columns / stats, x: (columns / stats) * index, y: 0 }
            : {
                  h: height,
                  w: columns / 2,
                  x: (columns / 2) * (position % 2),
                  y: statHeight + height * Math.floor(position / 2),
              },
        fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
        targets: panel.queries.map(([expr, legendFormat], query) => ({
            refId: String.fromCharCode("A".charCodeAt(0) + query),
            datasource,
            expr,
            legendFormat,
        })),
    };
}
