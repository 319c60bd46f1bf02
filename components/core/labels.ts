import type * as pulumi from "@pulumi/pulumi";

/** Labels or annotations of a Kubernetes object. */
export type Labels = Record<string, pulumi.Input<string>>;

/** What the standard labels say of an object. */
export interface LabelFacts {
    /** The application: `fission`, `postgresql`. */
    app: string;
    /** This installation of it, unique in the cluster: the component's logical name. */
    instance: string;
    /** The part of the application: `router`, `executor`. @default none */
    component?: string;
    /** Labels of the user, which never override the standard ones. */
    labels?: Labels;
}

const managedBy = "kubernetes-faas";

/**
 * The labels of an object, by the names that Kubernetes recommends
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/). Never a version: it would change
 * every object at each release of the library.
 */
export function objectLabels(facts: LabelFacts): Labels {
    return { ...facts.labels, ...selectorLabels(facts), "app.kubernetes.io/managed-by": managedBy };
}

/** The labels that select the pods of one workload. They never change, since a selector is immutable. */
export function selectorLabels(facts: Omit<LabelFacts, "labels">): Record<string, string> {
    return {
        "app.kubernetes.io/name": facts.app,
        "app.kubernetes.io/instance": facts.instance,
        ...(facts.component ? { "app.kubernetes.io/component": facts.component } : {}),
    };
}
