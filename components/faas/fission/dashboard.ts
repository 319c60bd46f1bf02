import type { Dashboard } from "../../core/contracts";
import { type DashboardPanel, renderDashboard } from "../../core/dashboard";

/** Says how the scrape job of a part is called. */
export type JobName = (part: string) => string;

/** A Grafana dashboard of an installation: calls, errors, starts, routes and archives. */
export function fissionDashboard(instance: string, jobName: JobName): Dashboard {
    return renderDashboard({ app: "fission", instance, title: `Fission ${instance}`, panels: panels(jobName) });
}

function panels(jobName: JobName): DashboardPanel[] {
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
