import type { AlertRule, PodPeer, Telemetry } from "../../core/contracts";
import { ports } from "./names";

/** What there is to watch of an ingress. Its name tells several apart. */
export function kongTelemetry(name: string, pods: PodPeer): Telemetry {
    return {
        targets: [{ name, ...pods, port: ports.status }],
        alerts: alertRules(`job="${name}"`),
        dashboards: [],
    };
}

/** Metrics of Kong 3.9: https://github.com/Kong/kong/blob/3.9.3/kong/plugins/prometheus/exporter.lua */
function alertRules(job: string): AlertRule[] {
    return [
        {
            name: "KongDown",
            expression: `absent(up{${job}} == 1)`,
            severity: "critical",
            summary: "No pod of the ingress answers: nothing is reached from outside.",
            description: "Look at the pods' events and last log: a configuration that Kong refuses is named there.",
        },
        {
            name: "KongServerErrors",
            expression:
                `sum by (route) (rate(kong_http_requests_total{${job},code=~"5.."}[5m])) / ` +
                `sum by (route) (rate(kong_http_requests_total{${job}}[5m])) > 0.05`,
            for: "10m",
            severity: "warning",
            summary: "{{ $value | humanizePercentage }} of the requests to {{ $labels.route }} fail.",
            description:
                "Look at the service's log first: the ingress itself answers 502 to 504 when nobody else does.",
        },
        {
            name: "KongMemoryFull",
            expression:
                `max by (shared_dict) (kong_memory_lua_shared_dict_bytes{${job}} / ` +
                `kong_memory_lua_shared_dict_total_bytes{${job}}) > 0.95`,
            for: "15m",
            severity: "warning",
            summary: "{{ $labels.shared_dict }} of the ingress is full: limits of rates begin to forget.",
            description: "Look at how many clients there are; more replicas share them.",
        },
    ];
}
