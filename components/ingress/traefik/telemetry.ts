import type { AlertRule, PodPeer, Telemetry } from "../../core/contracts";
import { loginTelemetry } from "../oauth2-proxy/telemetry";
import type { TraefikIngressArgs } from "./args";
import { ports } from "./names";

/** What there is to watch of an ingress. Its name tells several apart. */
export function traefikTelemetry(name: string, args: TraefikIngressArgs, pods: PodPeer): Telemetry {
    const logins = loginTelemetry(name, args);
    return {
        targets: [{ name, ...pods, port: ports.traefik }, ...logins.targets],
        alerts: [...alertRules(`job="${name}"`), ...logins.alerts],
        dashboards: [],
    };
}

/** Metrics of Traefik v3.7: pkg/observability/metrics/prometheus.go. */
function alertRules(job: string): AlertRule[] {
    return [
        {
            name: "TraefikDown",
            expression: `absent(up{${job}} == 1)`,
            severity: "critical",
            summary: "No pod of the ingress answers: nothing is reached from outside.",
            description: "Look at the pods' events and last log, and at whether they find the API server.",
        },
        {
            name: "TraefikCertificateExpires",
            expression: `min by (cn, sans) (traefik_tls_certs_not_after{${job}}) - time() < 14 * 86400`,
            for: "1h",
            severity: "warning",
            summary: "The certificate of {{ $labels.sans }} ends in {{ $value | humanizeDuration }}.",
            description: "Look at cert-manager's Certificate, or give a new one; `pulumi up` renews generated ones.",
        },
        {
            name: "TraefikServerErrors",
            expression:
                `sum by (service) (rate(traefik_service_requests_total{${job},code=~"5.."}[5m])) / ` +
                `sum by (service) (rate(traefik_service_requests_total{${job}}[5m])) > 0.05`,
            for: "10m",
            severity: "warning",
            summary: "{{ $value | humanizePercentage }} of the requests to {{ $labels.service }} fail.",
            description:
                "Look at the service's log first: the ingress itself answers 502 to 504 when nobody else does.",
        },
    ];
}
