import type { AlertRule, Telemetry } from "../../core/contracts";
import type { IngressArgs } from "../args";
import { loginName, ports } from "./names";
import { loginPods, loginsOf } from "./oauth2-proxy";

/** What there is to watch of an ingress's logins. */
export function loginTelemetry(name: string, args: IngressArgs): Telemetry {
    const names = loginsOf(args).map(([protection]) => protection);
    return {
        targets: names.map((protection) => ({
            name: loginName(name, protection),
            ...loginPods(name, protection, args),
            port: ports.metrics,
        })),
        alerts: names.flatMap((protection) => alertRules(protection, `job="${loginName(name, protection)}"`)),
        dashboards: [],
    };
}

/** Metrics of oauth2-proxy v7.15.3: pkg/middleware/metrics.go. */
function alertRules(protection: string, job: string): AlertRule[] {
    return [
        {
            name: "OidcLoginDown",
            expression: `absent(up{${job}} == 1)`,
            severity: "critical",
            summary: `No pod of the login "${protection}" answers: what it protects is closed to everybody.`,
            description: "Look at the pods' last log: they end when they can't reach the provider at their start.",
        },
        {
            name: "OidcLoginFails",
            expression:
                `sum(rate(oauth2_proxy_requests_total{${job},code=~"5.."}[5m])) / ` +
                `sum(rate(oauth2_proxy_requests_total{${job}}[5m])) > 0.05`,
            for: "10m",
            severity: "warning",
            summary: `{{ $value | humanizePercentage }} of the requests to the login "${protection}" fail.`,
            description: "Look at the pods' log: the provider may be out of reach, or refuse the client's secret.",
        },
    ];
}
