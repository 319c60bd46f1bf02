import { getAddonVersionOutput } from "@pulumi/aws/eks";
import * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { mapInput } from "../../core/inputs";
import { minorOf } from "../../core/versions";
import type { EksClusterArgs } from "./args";
import { awsPolicy } from "./names";
import { PodIdentity, type PodIdentityCluster } from "./pod-identity";

/** An add-on that EKS keeps running. */
interface AddonFacts {
    /** Whether its pods are Deployments, which come up only where there are nodes. */
    readonly needsNodes: boolean;
    readonly configuration?: Record<string, unknown>;
    /** The service account in `kube-system` that needs rights in AWS, and the policy that gives them. */
    readonly identity?: { readonly serviceAccount: string; readonly policy: string };
}

/** The add-ons of a cluster with node groups. Auto Mode has all of this built in. */
export const addons = {
    "eks-pod-identity-agent": { needsNodes: false },
    "kube-proxy": { needsNodes: false },
    "vpc-cni": {
        needsNodes: false,
        // Else NetworkPolicies are taken and ignored.
        configuration: { enableNetworkPolicy: "true" },
        identity: { serviceAccount: "aws-node", policy: "AmazonEKS_CNI_Policy" },
    },
    "aws-ebs-csi-driver": {
        needsNodes: true,
        configuration: { defaultStorageClass: { enabled: false } },
        // The second edition reaches only volumes that the driver made.
        identity: { serviceAccount: "ebs-csi-controller-sa", policy: "AmazonEBSCSIDriverPolicyV2" },
    },
    coredns: { needsNodes: true },
} as const satisfies Record<string, AddonFacts>;

/** The name of an add-on. */
export type AddonName = keyof typeof addons;

/** What add-ons are made of and after. */
export interface AddonParts {
    readonly name: string;
    readonly args: EksClusterArgs;
    readonly controlPlane: eks.Cluster;
    readonly identity: PodIdentityCluster;
    readonly parent: pulumi.Resource;
}

/** The add-ons that nodes need to become ready, or, after the nodes, those that need nodes. None with Auto Mode. */
export function makeAddons(parts: AddonParts, needsNodes: boolean, dependsOn: pulumi.Resource[]): eks.Addon[] {
    if (parts.args.autoMode !== undefined) {
        return [];
    }
    return Object.entries<AddonFacts>(addons)
        .filter(([, facts]) => facts.needsNodes === needsNodes)
        .map(([addon, facts]) => makeAddon(parts, addon, facts, dependsOn));
}

function makeAddon(
    parts: AddonParts,
    addon: string,
    { configuration, identity }: AddonFacts,
    dependsOn: pulumi.Resource[],
): eks.Addon {
    const { name, args, controlPlane, parent } = parts;
    const rights = identity ? [makeIdentity(parts, addon, identity)] : [];
    return new eks.Addon(
        `${name}-${addon}`,
        {
            cluster: controlPlane,
            addonName: addon,
            addonVersion: addonVersion(args, addon, parent),
            configurationValues: configuration,
            resolveConflictsOnCreate: "OVERWRITE",
            resolveConflictsOnUpdate: "OVERWRITE",
        },
        childOptions(parent, { dependsOn: [controlPlane, ...rights, ...dependsOn] }),
    );
}

function makeIdentity(
    { name, args, identity: cluster, parent }: AddonParts,
    addon: string,
    { serviceAccount, policy }: NonNullable<AddonFacts["identity"]>,
): PodIdentity {
    return new PodIdentity(
        `${name}-${addon}`,
        {
            cluster,
            namespace: "kube-system",
            serviceAccount,
            policies: { policy: awsPolicy(args.region, policy) },
            tags: args.tags,
        },
        childOptions(parent),
    );
}

/** EKS keeps an add-on at the version that it was made with; with the one that fits the Kubernetes version it goes along. */
function addonVersion(args: EksClusterArgs, addonName: string, parent: pulumi.Resource): pulumi.Input<string> {
    const kubernetesVersion = mapInput(args.kubernetesVersion, minorOf);
    return (
        args.addonVersions?.[addonName] ?? getAddonVersionOutput({ addonName, kubernetesVersion }, { parent }).version
    );
}
