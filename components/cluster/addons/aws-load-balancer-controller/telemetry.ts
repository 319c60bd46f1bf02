import type { Telemetry } from "../../../core/contracts";
import { selectorLabels } from "../../../core/labels";

/** The port of metrics. */
export const metricsPort = 8080;

/**
 * What there is to watch. Metrics:
 * https://github.com/kubernetes-sigs/aws-load-balancer-controller/tree/v3.5.0/pkg/metrics (lbc and aws, `instruments.go`)
 */
export function controllerTelemetry(name: string, namespace: string): Telemetry {
    const job = `job="${name}"`;
    const more = (metric: string): string => `increase(${metric}{${job}}[15m]) > 0`;
    return {
        targets: [
            {
                name,
                namespace,
                podSelector: selectorLabels({ app: "aws-load-balancer-controller", instance: name }),
                port: metricsPort,
            },
        ],
        alerts: [
            {
                name: "AwsLoadBalancerControllerDown",
                expression: `up{${job}} == 0`,
                severity: "critical",
                summary: "The AWS Load Balancer Controller does not answer.",
                description:
                    "Load balancers that exist go on to work, but learn of no new node. Look at the pod's last log: it ends " +
                    "when it can't log in to AWS.",
            },
            {
                name: "LoadBalancerOutOfSync",
                expression: more("awslbc_controller_reconcile_errors_total"),
                for: "15m",
                severity: "warning",
                summary: "The controller fails at {{ $labels.controller }}: {{ $labels.error_category }}.",
                description: "Look at the events of the Services of type LoadBalancer, and at the controller's log.",
            },
            {
                name: "LoadBalancerRightsMissing",
                expression: more("aws_api_call_permission_errors_total"),
                severity: "warning",
                summary: "AWS refuses {{ $labels.service }} {{ $labels.operation }} to the controller.",
                description: "Look at the policy of its role, and at the tags of what it was to change.",
            },
        ],
        dashboards: [],
    };
}
