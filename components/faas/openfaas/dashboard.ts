import type { Dashboard } from "../../core/contracts";
import { type DashboardPanel, renderDashboard } from "../../core/dashboard";

/**
 * A Grafana dashboard of an installation: calls, errors, durations and pods by function.
 *
 * @param gateway the label that picks the gateway's series: `job="openfaas-gateway"`
 */
export function openFaasDashboard(instance: string, gateway: string): Dashboard {
    return renderDashboard({ app: "openfaas", instance, title: `OpenFaaS ${instance}`, panels: graphs(gateway) });
}

function graphs(gateway: string): DashboardPanel[] {
    const legend = "{{function_name}}";
    const total = (more: string) =>
        `sum by (function_name) (rate(gateway_function_invocation_total{${gateway}${more}}[5m]))`;
    return [
        { title: "Calls by function", unit: "reqps", queries: [[total(""), legend]] },
        {
            title: "Failed calls by function",
            unit: "percentunit",
            queries: [[`${total(',code=~"5.."')} / ${total("")}`, legend]],
        },
        {
            title: "Duration of calls",
            unit: "s",
            queries: [0.5, 0.95, 0.99].map((quantile) => [
                `histogram_quantile(${quantile}, sum by (le) (rate(gateway_functions_seconds_bucket{${gateway}}[5m])))`,
                `${quantile * 100} %`,
            ]),
        },
        {
            title: "Pods by function",
            unit: "short",
            queries: [[`max by (function_name) (gateway_service_count{${gateway}})`, legend]],
        },
        {
            title: "Calls that wait for an answer",
            unit: "short",
            queries: [
                [
                    `sum by (function_name) (gateway_function_invocation_started{${gateway}}) - sum by (function_name) (gateway_function_invocation_total{${gateway}})`,
                    legend,
                ],
            ],
        },
        {
            title: "Answers by status",
            unit: "reqps",
            queries: [[`sum by (code) (rate(gateway_function_invocation_total{${gateway}}[5m]))`, "{{code}}"]],
        },
    ];
}
