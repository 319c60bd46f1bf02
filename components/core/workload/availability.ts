import type * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../deletion";
import * as k8s from "../kubernetes";
import type { Autoscaling, DisruptionBudget, ReplicatedWorkloadArgs } from "./workload-args";
import type { WorkloadNames } from "./workload-names";

const defaultCpuPercent = 80;
const defaultScaleDownDelaySeconds = 300;

/** Arguments of a workload whose number of pods may follow the load. */
interface ScalableArgs extends ReplicatedWorkloadArgs {
    autoscaling?: Autoscaling;
}

/** A disruption budget where one is asked for or there are at least two pods. */
export function createAvailability(parent: pulumi.Resource, names: WorkloadNames, args: ScalableArgs): void {
    const least = args.autoscaling?.minReplicas ?? args.replicas ?? 1;
    if (args.disruptionBudget || least > 1) {
        createDisruptionBudget(parent, names, args.namespace, args.disruptionBudget ?? {});
    }
}

/** Keeps a drain of nodes from taking too many pods at once; one that is not ready never blocks it. */
function createDisruptionBudget(
    parent: pulumi.Resource,
    names: WorkloadNames,
    namespace: pulumi.Input<string>,
    budget: DisruptionBudget,
): k8s.policy.v1.PodDisruptionBudget {
    const amount =
        budget.minAvailable === undefined
            ? { maxUnavailable: budget.maxUnavailable ?? 1 }
            : { minAvailable: budget.minAvailable };
    return new k8s.policy.v1.PodDisruptionBudget(
        names.name,
        {
            metadata: { name: names.resourceName, namespace, labels: names.labels },
            spec: {
                ...amount,
                selector: { matchLabels: names.selector },
                unhealthyPodEvictionPolicy: "AlwaysAllow",
            },
        },
        childOptions(parent),
    );
}

/** Lets the number of a Deployment's pods follow their load, where that is asked for. */
export function createAutoscaler(parent: pulumi.Resource, names: WorkloadNames, args: ScalableArgs): void {
    const autoscaling = args.autoscaling;
    if (!autoscaling) {
        return;
    }
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(
        names.name,
        {
            metadata: { name: names.resourceName, namespace: args.namespace, labels: names.labels },
            spec: {
                scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: names.resourceName },
                minReplicas: autoscaling.minReplicas,
                maxReplicas: autoscaling.maxReplicas,
                metrics: metrics(autoscaling),
                behavior: {
                    scaleDown: {
                        stabilizationWindowSeconds: autoscaling.scaleDownDelaySeconds ?? defaultScaleDownDelaySeconds,
                    },
                },
            },
        },
        childOptions(parent),
    );
}

function metrics({ cpuPercent, memoryPercent }: Autoscaling): k8s.types.input.autoscaling.v2.MetricSpec[] {
    const cpu = cpuPercent ?? (memoryPercent === undefined ? defaultCpuPercent : undefined);
    return [
        ...(cpu === undefined ? [] : [utilization("cpu", cpu)]),
        ...(memoryPercent === undefined ? [] : [utilization("memory", memoryPercent)]),
    ];
}

function utilization(name: string, percent: pulumi.Input<number>): k8s.types.input.autoscaling.v2.MetricSpec {
    return { type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization: percent } } };
}
