import * as pulumi from "@pulumi/pulumi";
import { takeOver, takeOverAnnotations } from "../adoption";
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
    /**
     * The volumes are in the cluster already, left by a component that retained them: they are taken over with their
     * data. A volume that is missing fails the preview, and none is made in its place. May stay once it is done, until a
     * pod is added, whose volume is yet to be made.
     *
     * @default false
     */
    adopt?: boolean;
}

/** Where claims are made, and for whom. */
export interface ClaimSurroundings {
    cluster: Cluster;
    namespace: pulumi.Input<string>;
    labels: Labels;
    deletion?: Deletion;
}

type ClaimSpec = k8s.types.input.core.v1.PersistentVolumeClaimSpec;

/** The part of a claim that can't change, as it is known. */
interface FixedSpec {
    accessModes?: readonly string[];
    storageClassName?: string;
}

/**
 * Fields whose change the plugin answers by a replacement. None is ever changed here: `claimFacts` refuses that at
 * preview, and a claim that was taken over comes with the values that it was made with, `volumeName` among them.
 */
const fixedFields = ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"];

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
    const { cluster, deletion, labels, namespace } = surroundings;
    const spec = claimSpec(claim, cluster);
    const created = new k8s.core.v1.PersistentVolumeClaim(
        name,
        {
            metadata: {
                name: resourceName,
                namespace,
                labels,
                annotations: {
                    "pulumi.com/skipAwait": "true",
                    ...(claim.adopt ? takeOverAnnotations : {}),
                    ...claim.annotations,
                },
            },
            spec,
        },
        dataOptions(parent, deletion, {
            ignoreChanges: fixedFields,
            transforms: claim.adopt ? [takeOver({ namespace, name: resourceName })] : undefined,
        }),
    );
    if (claim.adopt) {
        checkTakenOver(created, spec);
    }
    return created;
}

/** Fails the program, at preview already: a claim keeps what it was made with, and the arguments would be believed. */
function checkTakenOver(claim: k8s.core.v1.PersistentVolumeClaim, wanted: ClaimSpec): void {
    pulumi.all([claim.id, claim.spec, pulumi.output(wanted)]).apply(([id, found, asked]) => {
        const faults = takenOverFaults(found, asked);
        if (faults.length > 0) {
            throw new pulumi.RunError(`PersistentVolumeClaim ${id}, which is taken over: ${faults.join("; ")}`);
        }
    });
}

/** What of a claim that was found is other than the arguments say, and can't be changed. */
export function takenOverFaults(found: FixedSpec, asked: FixedSpec): string[] {
    const pairs = [
        ["storageClass", asked.storageClassName, found.storageClassName],
        ["accessMode", asked.accessModes?.[0], found.accessModes?.[0]],
    ];
    return pairs.flatMap(([path, wanted, made]) =>
        wanted === undefined || wanted === made
            ? []
            : [`${path} is "${wanted}", but it was made with "${made}"; give "${made}"`],
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
