import { yaml } from "../../core/lazy-modules";
import type { OpenFaasArgs } from "./args";
import { adminUser, type InstallationNames, loginPath, Part, partHost, passwordFile, ports } from "./installation";

/** The files that Prometheus reads, beside each other. */
export const prometheusFile = "prometheus.yml";
export const rulesFile = "rules.yml";
export const alertmanagerFile = "alertmanager.yml";

const defaultCallsPerSecond = 5;

/** Seconds between two looks at the gateway's counters. */
const scrapeSeconds = 5;

/**
 * Over which calls are counted. Four looks fit in, so that a late one leaves no gap; upstream's ten seconds hold two, and a
 * rate of one look is nothing.
 */
const windowSeconds = 4 * scrapeSeconds;

/** What Prometheus looks at: the gateway alone, and the rule by which functions get more pods. */
export function prometheusConfig(names: InstallationNames): string {
    return yaml.stringify({
        global: { scrape_interval: `${scrapeSeconds}s`, evaluation_interval: `${scrapeSeconds}s` },
        rule_files: [rulesFile],
        alerting: { alertmanagers: [{ static_configs: targets(names, Part.Alertmanager, ports.alertmanager) }] },
        scrape_configs: [{ job_name: "gateway", static_configs: targets(names, Part.Gateway, ports.metrics) }],
    });
}

function targets(names: InstallationNames, part: Part, port: number): object[] {
    return [{ targets: [`${partHost(names, part)}:${port}`] }];
}

/**
 * The rule: a function with more calls a second than this gets more pods. The gateway reads nothing of the alert but
 * whether it fires and the label `function_name` (openfaas/faas 0.27.14 gateway/handlers/alerthandler.go).
 *
 * Upstream counts answers with status 200 only, so that a function that answers 204 never gets a second pod; here every
 * answer counts that is no error. The rate is that of all pods together: a rate per pod would fall when pods are added,
 * and the gateway takes all of them back when the alert ends.
 */
export function scalingRules({ scaleUpCallsPerSecond }: Pick<OpenFaasArgs, "scaleUpCallsPerSecond">): string {
    const rate = `rate(gateway_function_invocation_total{code=~"2..|3.."}[${windowSeconds}s])`;
    return yaml.stringify({
        groups: [
            {
                name: "openfaas",
                rules: [
                    {
                        alert: "APIHighInvocationRate",
                        expr: `sum by (function_name) (${rate}) > ${scaleUpCallsPerSecond ?? defaultCallsPerSecond}`,
                        for: `${scrapeSeconds}s`,
                        labels: { service: "gateway", severity: "major" },
                        annotations: { summary: "{{ $labels.function_name }} gets more pods" },
                    },
                ],
            },
        ],
    });
}

/**
 * Tells the gateway of each function by itself, again and again while it has too many calls: each message adds pods, and
 * the one that all is well takes them back. One receiver for everything, since there is only this alert; the route of
 * upstream's chart below the root matches nothing.
 */
export function alertmanagerConfig(names: InstallationNames): string {
    return yaml.stringify({
        route: {
            receiver: "gateway",
            group_by: ["alertname", "function_name"],
            group_wait: "5s",
            group_interval: "10s",
            repeat_interval: "30s",
        },
        receivers: [
            {
                name: "gateway",
                webhook_configs: [
                    {
                        url: `http://${partHost(names, Part.Gateway)}:${ports.gateway}/system/alert`,
                        send_resolved: true,
                        http_config: {
                            basic_auth: { username: adminUser, password_file: `${loginPath}/${passwordFile}` },
                        },
                    },
                ],
            },
        ],
    });
}
