import type * as pulumi from "@pulumi/pulumi";
import type { AlertRule, Telemetry } from "../../../core/contracts";
import { selectorLabels } from "../../../core/labels";

/** The port of metrics and health. */
export const metricsPort = 8085;

/**
 * What there is to watch. Metrics:
 * https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.36.1/cluster-autoscaler/proposals/metrics.md
 */
export function autoscalerTelemetry(name: string, namespace: pulumi.Input<string>): Telemetry {
    return {
        targets: [
            {
                name,
                namespace,
                podSelector: selectorLabels({ app: "cluster-autoscaler", instance: name }),
                port: metricsPort,
            },
        ],
        alerts: alertsOf(`job="${name}"`),
        dashboards: [],
    };
}

function alertsOf(job: string): AlertRule[] {
    return [
        {
            name: "ClusterAutoscalerDown",
            expression: `up{${job}} == 0`,
            severity: "warning",
            summary: "The cluster autoscaler does not answer.",
            description: "The cluster keeps the nodes that it has. Look at the pod's last log.",
        },
        {
            name: "ClusterAutoscalerStalled",
            // A copy that waits for its turn has no such metric.
            expression: `time() - max(cluster_autoscaler_last_activity{${job},activity="main"}) > 600`,
            severity: "warning",
            summary: "The cluster autoscaler has looked at the cluster for the last time more than ten minutes ago.",
            description: "Look at its log: mostly AWS does not answer, or a right is missing.",
        },
        {
            name: "ClusterAutoscalerUnsafe",
            expression: `min(cluster_autoscaler_cluster_safe_to_autoscale{${job}}) == 0`,
            for: "15m",
            severity: "critical",
            summary: "Too many nodes are not ready: the cluster autoscaler has stopped.",
            description: "Look at the nodes that are not ready, and at the ConfigMap cluster-autoscaler-status.",
        },
        {
            name: "ClusterAutoscalerPodsWithoutNode",
            expression: `sum(cluster_autoscaler_unschedulable_pods_count{${job}}) > 0`,
            for: "15m",
            severity: "warning",
            summary: "Pods find no node, and none was added for them.",
            description:
                "The pod's events say why: its node group is as large as it may be, or no group has nodes that it wants.",
        },
        {
            name: "ClusterAutoscalerScaleUpFailed",
            expression: `sum(increase(cluster_autoscaler_failed_scale_ups_total{${job}}[15m])) > 0`,
            severity: "warning",
            summary: "AWS did not give the nodes that were asked for.",
            description:
                "Look at the activity of the Auto Scaling group: quota, capacity of the zone, a missing right.",
        },
        {
            name: "ClusterAutoscalerErrors",
            expression: `sum(increase(cluster_autoscaler_errors_total{${job}}[15m])) > 0`,
            for: "15m",
            severity: "warning",
            summary: "The cluster autoscaler meets errors.",
            description: "Look at its log.",
        },
    ];
}
