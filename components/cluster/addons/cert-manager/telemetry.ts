import type { AlertRule, Telemetry } from "../../../core/contracts";
import { type CertManagerInstallation, type CertManagerPart, metricsPort, partPods } from "./installation";

/** What there is to watch. */
export function certManagerTelemetry(
    installation: Pick<CertManagerInstallation, "name" | "namespaceName" | "args">,
): Telemetry {
    const job = (part: CertManagerPart): string => `${installation.name}-${part}`;
    const parts: CertManagerPart[] = [
        "controller",
        "webhook",
        ...(installation.args.caInjector ? (["cainjector"] as const) : []),
    ];
    return {
        targets: parts.map((part) => ({ name: job(part), ...partPods(installation, part), port: metricsPort })),
        alerts: alertRules(parts.map(job), job("controller")),
        dashboards: [],
    };
}

/** Metrics of cert-manager v1.21.2: internal/collectors and pkg/metrics/metrics.go. */
function alertRules(jobs: string[], controller: string): AlertRule[] {
    return [
        {
            name: "CertManagerPartDown",
            expression: `up{job=~"${jobs.join("|")}"} == 0`,
            severity: "critical",
            summary: "{{ $labels.job }} does not answer.",
            description:
                "Look at the pod's events and last log. Without the webhook no issuer or certificate can be changed; " +
                "without the controller none is renewed.",
        },
        {
            name: "CertificateNotReady",
            expression: `certmanager_certificate_ready_status{job="${controller}",condition!="True"} == 1`,
            for: "15m",
            severity: "warning",
            summary: "The certificate {{ $labels.name }} is not ready.",
            description: "Look at `kubectl describe certificate`, and at its CertificateRequest, Order and Challenge.",
        },
        {
            name: "CertificateNotRenewed",
            expression:
                `certmanager_certificate_renewal_timestamp_seconds{job="${controller}"} > 0 and ` +
                `time() - certmanager_certificate_renewal_timestamp_seconds{job="${controller}"} > 86400`,
            for: "1h",
            severity: "critical",
            summary: "The certificate {{ $labels.name }} should have been renewed a day ago.",
            description: "It expires soon. Look at `kubectl describe certificate` for why it was not.",
        },
        {
            name: "ClusterIssuerNotReady",
            expression: `certmanager_clusterissuer_ready_status{job="${controller}",condition!="True"} == 1`,
            for: "15m",
            severity: "warning",
            summary: "The ClusterIssuer {{ $labels.name }} is not ready.",
            description: "Look at `kubectl describe clusterissuer`: account, key, or the way to the authority.",
        },
    ];
}
