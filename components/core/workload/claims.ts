import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../contracts";
import type { DataFacts } from "../data-guard";
import { dataOptions, type Deletion } from "../deletion";
import * as k8s from "../kubernetes";
import type { Labels } from "../labels";
import type { Checks } from "../validation";
import { QuantityKind } from "../validation";

/** A volume of its own for each pod of a StatefulSet, which outlives the pod. */
export interface ClaimTemplate {
    /** Unique in the workload; what a container's mount refers to. Part of the claims' names. */
    name: string;
    /** Only grows, where the storage class allows that. For example `10Gi`. */
    size: pulumi.Input<string>;
    /** Can't change later. @default the cluster's `traits.storageClass`, else its default class */
    storageClass?: pulumi.Input<string>;
    /** `ReadWriteOnce`, `ReadWriteOncePod` or `ReadWriteMany`. Can't change later. @default `ReadWriteOnce` */
    accessMode?: pulumi.Input<string>;
    annotations?: Labels;
}

/** Where claims are made, and for whom. */
export interface ClaimSurroundings {
    cluster: Cluster;
    namespace: pulumi.Input<string>;
    labels: Labels;
    deletion?: Deletion;
}

type ClaimSpec = k8s.types.input.core.v1.PersistentVolumeClaimSpec;

const accessModes = ["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"];

/** Checks one claim. */
export function checkClaim(checks: Checks, claim: ClaimTemplate): void {
    checks.required("name", claim.name);
    checks.dnsLabel("name", claim.name);
    checks.required("size", claim.size, 'a size, such as "10Gi"');
    checks.quantity("size", claim.size, QuantityKind.Storage);
    checks.dnsSubdomain("storageClass", claim.storageClass);
    checks.oneOf("accessMode", claim.accessMode, accessModes);
}

/** The specification of a claim. */
export function claimSpec(claim: ClaimTemplate, cluster: Cluster): ClaimSpec {
    return {
        accessModes: [claim.accessMode ?? accessModes[0]!],
        storageClassName: claim.storageClass ?? cluster.traits.storageClass,
        resources: { requests: { storage: claim.size } },
    };
}

/**
 * A PersistentVolumeClaim. It holds data: the component's `deletion` decides what becomes of it. It is not waited for,
 * since the pods that mount it are.
 *
 * @param name the logical name
 * @param resourceName the name in the cluster
 */
export function createClaim(
    parent: pulumi.Resource,
    name: string,
    resourceName: pulumi.Input<string>,
    claim: ClaimTemplate,
    surroundings: ClaimSurroundings,
): k8s.core.v1.PersistentVolumeClaim {
    return new k8s.core.v1.PersistentVolumeClaim(
        name,
        {
            metadata: {
                name: resourceName,
                namespace: surroundings.namespace,
                labels: surroundings.labels,
                annotations: { "pulumi.com/skipAwait": "true", ...claim.annotations },
            },
            spec: claimSpec(claim, surroundings.cluster),
        },
        dataOptions(parent, surroundings.deletion),
    );
}

/** What must not change, or not shrink, of the claims under `path`. */
export function claimFacts(path: string, claims: readonly ClaimTemplate[], cluster: Cluster): DataFacts {
    const facts: DataFacts = { fixed: {}, sizes: {} };
    for (const claim of claims) {
        const at = `${path}[${claim.name}]`;
        facts.sizes[`${at}.size`] = claim.size;
        facts.fixed[`${at}.storageClass`] = claim.storageClass ?? cluster.traits.storageClass;
        facts.fixed[`${at}.accessMode`] = claim.accessMode ?? accessModes[0];
    }
    return facts;
}
