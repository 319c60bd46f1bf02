import type { AlertRule, Telemetry } from "../../core/contracts";
import type { FissionArgs } from "./args";
import { fissionDashboard, type JobName } from "./dashboard";
import { type Installation, metricsPort, type Part, partPods } from "./installation";

/** The parts that have metrics. */
const measured: readonly Part[] = ["router", "executor", "buildermgr", "storagesvc", "webhook"];

/** What there is to watch of an installation. Its name tells several apart. */
export function fissionTelemetry(
    installation: Pick<Installation, "name" | "namespaceName"> & { args?: Pick<FissionArgs, "kafka"> },
): Telemetry {
    const job: JobName = (part) => `${installation.name}-${part}`;
    const parts: Part[] = [...measured, ...(installation.args?.kafka ? (["mqtrigger-kafka"] as const) : [])];
    const targets = parts.map((part) => ({ name: job(part), ...partPods(installation, part), port: metricsPort }));
    return { targets, alerts: alertRules(job), dashboards: [fissionDashboard(installation.name, job)] };
}

/** Metrics of Fission v1.27.0: pkg/router/metrics.go, pkg/executor/metrics/metrics.go, pkg/storagesvc/metrics.go. */
function alertRules(job: JobName): AlertRule[] {
    const router = `job="${job("router")}"`;
    const executor = `job="${job("executor")}"`;
    const perFunction = "function_namespace, function_name";
    return [
        {
            name: "FissionPartDown",
            expression: `up{job=~"${job("(router|executor|buildermgr|storagesvc|webhook)")}"} == 0`,
            severity: "critical",
            summary: "{{ $labels.job }} does not answer.",
            description: "Look at the pod's events and last log. Without the webhook no function can be changed.",
        },
        {
            name: "FissionFunctionErrors",
            expression:
                `sum by (${perFunction}) (rate(fission_function_errors_total{${router}}[5m])) / ` +
                `sum by (${perFunction}) (rate(fission_function_calls_total{${router}}[5m])) > 0.05`,
            for: "10m",
            severity: "warning",
            summary:
                "{{ $value | humanizePercentage }} of the calls of {{ $labels.function_namespace }}/{{ $labels.function_name }} fail.",
            description: "Look at the function's log, then at FissionInvocationFailures for whose fault it is.",
        },
        {
            name: "FissionColdStartErrors",
            expression: `sum by (${perFunction}) (increase(fission_function_cold_start_errors_total{${executor}}[15m])) > 0`,
            for: "5m",
            severity: "warning",
            summary: "{{ $labels.function_namespace }}/{{ $labels.function_name }} does not start.",
            description:
                "Look at the executor's log and at the events in the function's namespace: image, quota, code.",
        },
        {
            name: "FissionInvocationFailures",
            expression: `sum by (component, reason) (rate(fission_invocation_failures_total{${router},component=~"executor|router|fetcher"}[5m])) > 0.1`,
            severity: "warning",
            summary: "Calls fail in Fission's {{ $labels.component }}: {{ $labels.reason }}.",
            description: "The functions are not to blame. Look at the log of the part that is named.",
        },
        {
            name: "FissionRoutesStale",
            expression:
                `increase(fission_router_mux_materialize_failures_total{${router}}[15m]) > 0 or ` +
                `increase(fission_router_route_resync_failures_total{${router}}[15m]) > 3`,
            severity: "critical",
            summary: "The router works with routes that are out of date.",
            description: "Look at the router's log and whether it may still list HTTPTriggers and Functions.",
        },
        {
            name: "FissionServiceEnsureErrors",
            expression: `increase(fission_executor_function_service_ensures_total{${executor},result="error"}[15m]) > 0`,
            severity: "warning",
            summary: "The executor cannot make Services for functions.",
            description: "The router then asks the executor for each call. Look at the executor's rights and log.",
        },
    ];
}
