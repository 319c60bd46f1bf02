import type { Dashboard } from "../../core/contracts";

/** A graph over half the width. */
interface Graph {
    title: string;
    unit: string;
    /** PromQL, and what each series is called. */
    queries: [expression: string, legend: string][];
}

/**
 * A Grafana dashboard of an installation: calls, errors, durations and pods by function.
 *
 * @param gateway the label that picks the gateway's series: `job="openfaas-gateway"`
 */
export function openFaasDashboard(instance: string, gateway: string): Dashboard {
    const title = `OpenFaaS ${instance}`;
    const model = {
        title,
        uid: `openfaas-${instance}`.slice(0, 40),
        tags: ["openfaas", "faas"],
        timezone: "utc",
        refresh: "30s",
        schemaVersion: 39,
        time: { from: "now-3h", to: "now" },
        templating: {
            list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }],
        },
        panels: graphs(gateway).map(panel),
    };
    return { name: `openfaas-${instance}`, title, json: JSON.stringify(model, undefined, 2) };
}

function graphs(gateway: string): Graph[] {
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

const width = 12;
const height = 8;

function panel({ title, unit, queries }: Graph, index: number): object {
    const datasource = { type: "prometheus", uid: "${datasource}" };
    return {
        id: index + 1,
        type: "timeseries",
        title,
        datasource,
        gridPos: { h: height, w: width, x: width * (index % 2), y: height * Math.floor(index / 2) },
        fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
        targets: queries.map(([expr, legendFormat], query) => ({
            refId: String.fromCharCode("A".charCodeAt(0) + query),
            datasource,
            expr,
            legendFormat,
        })),
    };
}
