import type * as k8s from "@pulumi/kubernetes";
import { objectLabels, selectorLabels, type LabelFacts, type Labels } from "../labels";
import type { WorkloadArgs } from "./workload-args";

/** How the parts of one workload are called. */
export interface WorkloadNames {
    /** For messages: `HardenedDeployment web`. */
    subject: string;
    /** The logical name. */
    name: string;
    /** The name in the cluster. */
    resourceName: string;
    facts: Omit<LabelFacts, "labels">;
    /** Labels of every object. */
    labels: Labels;
    /** Labels that select the pods. */
    selector: Record<string, string>;
}

/** The metadata of the workload object itself. */
export function workloadMetadata(
    names: WorkloadNames,
    { namespace, annotations }: Pick<WorkloadArgs, "namespace" | "annotations">,
): k8s.types.input.meta.v1.ObjectMeta {
    return { name: names.resourceName, namespace, labels: names.labels, annotations };
}

/** The names of a workload, from its logical name and its arguments. */
export function workloadNames(kind: string, name: string, args: WorkloadArgs): WorkloadNames {
    const facts = { app: args.app, instance: args.instance ?? name, component: args.component };
    return {
        subject: `${kind} ${name}`,
        name,
        resourceName: args.resourceName ?? name,
        facts,
        labels: objectLabels({ ...facts, labels: args.labels }),
        selector: selectorLabels(facts),
    };
}
