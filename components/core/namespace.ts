import * as pulumi from "@pulumi/pulumi";
import { takeOver, takeOverAnnotations } from "./adoption";
import type { Cluster } from "./contracts";
import { childOptions, dataOptions, Deletion } from "./deletion";
import { assertValid, type Fault } from "./errors";
import * as k8s from "./kubernetes";
import { objectLabels, type Labels } from "./labels";
import { checkName } from "./names";
import { allow, denyAll, type NetworkPolicyPlace } from "./network/policies";
import { PodSecurityException, podSecurityLabels } from "./pod-security";
import { inCluster } from "./provider";
import { Checks, QuantityKind } from "./validation";
import type { ResourceAmounts } from "./workload/container-args";

/** Amounts for containers that say nothing themselves, and the most that any may have. */
export interface ContainerBounds {
    defaultRequests?: ResourceAmounts;
    defaultLimits?: ResourceAmounts;
    maximum?: ResourceAmounts;
}

/** Arguments of a {@link HardenedNamespace}. */
export interface HardenedNamespaceArgs {
    cluster: Cluster;
    /** Name in the cluster. @default the logical name */
    resourceName?: string;
    labels?: Labels;
    annotations?: Labels;
    /** What its pods can't do without, of the library's table of exceptions. @default none: "restricted" */
    podSecurityException?: PodSecurityException;
    /** The most that all of its pods and objects may have together, for example `{ "requests.cpu": "20", pods: "50" }`. */
    quota?: Record<string, pulumi.Input<string>>;
    containerBounds?: ContainerBounds;
    /**
     * What becomes of the namespace, and so of everything in it. A namespace that goes takes every claim along, also
     * those that their components retain. @default `delete`
     */
    deletion?: Deletion;
    /**
     * The namespace is in the cluster already, left by a component that retained it: it is taken over with all that is in
     * it. One that is missing fails the preview. May stay once it is done.
     *
     * @default false
     */
    adopt?: boolean;
}

/**
 * A namespace in which nothing is allowed that is not asked for: Pod Security "restricted", no network traffic but DNS,
 * no token for pods that use the default ServiceAccount and, as asked, a quota and bounds for containers.
 *
 * @example
 * ```ts
 * const apps = new HardenedNamespace("apps", { cluster, quota: { "requests.cpu": "20", "requests.memory": "40Gi" } });
 * new HardenedDeployment("web", { ...args, cluster, namespace: apps.name });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class HardenedNamespace extends pulumi.ComponentResource {
    /** Name in the cluster. */
    readonly name: pulumi.Output<string>;
    readonly namespace: k8s.core.v1.Namespace;

    constructor(name: string, args: HardenedNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`HardenedNamespace ${name}`, validateHardenedNamespace(name, args));
        super("kubernetes-faas:index:HardenedNamespace", name, {}, inCluster(args.cluster, opts));

        this.namespace = createNamespace(this, name, args);
        const place = { cluster: args.cluster, namespace: this.namespace.metadata.name, labels: args.labels };
        createNetworkPolicies(this, name, place);
        createDefaultAccount(this, name, place);
        createQuota(this, name, args, place);
        createBounds(this, name, args, place);

        this.name = this.namespace.metadata.name;
        this.registerOutputs({ name: this.name, namespace: this.namespace });
    }
}

const amounts = [
    ["cpu", QuantityKind.Cpu],
    ["memory", QuantityKind.Memory],
    ["ephemeralStorage", QuantityKind.Storage],
] as const;

/** What is wrong with the arguments of a {@link HardenedNamespace}; empty when nothing is. */
export function validateHardenedNamespace(name: string, args: HardenedNamespaceArgs): Fault[] {
    const checks = new Checks();
    const given = args.resourceName === undefined ? "name" : "resourceName";
    checkName(checks, given, args.resourceName ?? name, "Namespace");
    checks.map("labels", args.labels, (key, value, entry) => {
        entry.labelKey("", key);
        entry.labelValue("", value);
        if (key.startsWith("pod-security.kubernetes.io/")) {
            entry.fault("", "sets the Pod Security level by hand; leave it out, or name a podSecurityException");
        }
    });
    checks.oneOf("podSecurityException", args.podSecurityException, Object.values(PodSecurityException));
    checks.nonEmpty("quota", args.quota);
    for (const bound of ["defaultRequests", "defaultLimits", "maximum"] as const) {
        for (const [amount, kind] of amounts) {
            checks.quantity(`containerBounds.${bound}.${amount}`, args.containerBounds?.[bound]?.[amount], kind);
        }
    }
    checks.oneOf("deletion", args.deletion, Object.values(Deletion));
    return checks.faults;
}

function createNamespace(parent: pulumi.Resource, name: string, args: HardenedNamespaceArgs): k8s.core.v1.Namespace {
    const resourceName = args.resourceName ?? name;
    return new k8s.core.v1.Namespace(
        name,
        {
            metadata: {
                name: resourceName,
                labels: { ...labelsOf(name, args.labels), ...podSecurityLabels(args.podSecurityException) },
                annotations: args.adopt ? { ...takeOverAnnotations, ...args.annotations } : args.annotations,
            },
        },
        dataOptions(parent, args.deletion ?? Deletion.Delete, {
            transforms: args.adopt ? [takeOver({ name: resourceName })] : undefined,
        }),
    );
}

function labelsOf(name: string, labels: Labels | undefined): Labels {
    return objectLabels({ app: "namespace", instance: name, labels });
}

/** Every pod may ask for names; everything else is for the workloads' own policies to open. */
function createNetworkPolicies(parent: pulumi.Resource, name: string, place: NetworkPolicyPlace): void {
    denyAll(`${name}-deny-all`, place, { parent });
    allow(`${name}-dns`, { ...place, podSelector: {}, rules: { dns: true } }, { parent });
}

/** The account is Kubernetes' own; only this one field of it is ours. */
function createDefaultAccount(parent: pulumi.Resource, name: string, place: NetworkPolicyPlace): void {
    new k8s.core.v1.ServiceAccountPatch(
        `${name}-default`,
        { metadata: { name: "default", namespace: place.namespace }, automountServiceAccountToken: false },
        childOptions(parent),
    );
}

function createQuota(
    parent: pulumi.Resource,
    name: string,
    args: HardenedNamespaceArgs,
    place: NetworkPolicyPlace,
): void {
    if (args.quota) {
        new k8s.core.v1.ResourceQuota(
            name,
            {
                metadata: { name: "quota", namespace: place.namespace, labels: labelsOf(name, args.labels) },
                spec: { hard: args.quota },
            },
            childOptions(parent),
        );
    }
}

function createBounds(
    parent: pulumi.Resource,
    name: string,
    args: HardenedNamespaceArgs,
    place: NetworkPolicyPlace,
): void {
    const bounds = args.containerBounds;
    if (bounds) {
        new k8s.core.v1.LimitRange(
            name,
            {
                metadata: { name: "container-bounds", namespace: place.namespace, labels: labelsOf(name, args.labels) },
                spec: {
                    limits: [
                        {
                            type: "Container",
                            defaultRequest: quantities(bounds.defaultRequests),
                            default: quantities(bounds.defaultLimits),
                            max: quantities(bounds.maximum),
                        },
                    ],
                },
            },
            childOptions(parent),
        );
    }
}

function quantities(amount: ResourceAmounts | undefined): Record<string, pulumi.Input<string>> | undefined {
    if (!amount) {
        return undefined;
    }
    const { cpu, memory, ephemeralStorage } = amount;
    return {
        ...(cpu === undefined ? {} : { cpu }),
        ...(memory === undefined ? {} : { memory }),
        ...(ephemeralStorage === undefined ? {} : { "ephemeral-storage": ephemeralStorage }),
    };
}
