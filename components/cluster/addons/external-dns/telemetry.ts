import type { Telemetry } from "../../../core/contracts";
import { selectorLabels } from "../../../core/labels";

/** The port of metrics and health. */
export const metricsPort = 7979;

/**
 * What there is to watch. Metrics:
 * https://github.com/kubernetes-sigs/external-dns/blob/v0.21.0/docs/monitoring/metrics.md
 */
export function externalDnsTelemetry(name: string, namespace: string): Telemetry {
    const job = `job="${name}"`;
    return {
        targets: [
            {
                name,
                namespace,
                podSelector: selectorLabels({ app: "external-dns", instance: name }),
                port: metricsPort,
            },
        ],
        alerts: [
            {
                name: "ExternalDnsDown",
                expression: `up{${job}} == 0`,
                severity: "warning",
                summary: "ExternalDNS does not answer.",
                description: "Names that exist go on to work; new ones get no record. Look at the pod's last log.",
            },
            {
                name: "ExternalDnsOutOfSync",
                expression: `time() - external_dns_controller_last_sync_timestamp_seconds{${job}} > 900`,
                severity: "warning",
                summary: "No DNS record was brought up to date for 15 minutes.",
                description: "Look at its log: mostly a right is missing at the DNS provider, or a zone is gone.",
            },
            {
                name: "ExternalDnsErrors",
                expression:
                    `increase(external_dns_registry_errors_total{${job}}[15m]) > 0 or ` +
                    `increase(external_dns_source_errors_total{${job}}[15m]) > 0`,
                for: "15m",
                severity: "warning",
                summary: "ExternalDNS can't read its sources or the records.",
                description: "Look at its log.",
            },
        ],
        dashboards: [],
    };
}
