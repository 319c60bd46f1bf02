import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "./errors";
import { Checks } from "./validation";

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

/** Labels that the library sets itself. */
const ownLabels = [
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/component",
    "app.kubernetes.io/managed-by",
];

/**
 * What is wrong with labels that a user gives; empty when nothing is. A label that the library sets itself is refused
 * rather than silently dropped.
 *
 * @param path the property that holds them, for the faults' paths
 */
export function validateLabels(path: string, labels: pulumi.Input<Labels> | undefined): Fault[] {
    const checks = new Checks();
    checks.map(path, labels, (key, value, entry) => {
        entry.labelKey("", key);
        entry.labelValue("", value);
        if (ownLabels.includes(key)) {
            entry.fault("", "is set by the library, since selectors rely on it; choose another key");
        }
    });
    return checks.faults;
}
