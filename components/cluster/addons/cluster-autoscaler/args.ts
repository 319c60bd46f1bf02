import type * as pulumi from "@pulumi/pulumi";
import type { AddonMode } from "../../../core/addons";
import type { Cluster } from "../../../core/contracts";
import type { Labels } from "../../../core/labels";
import type { EgressRule } from "../../../core/network";
import type { Placement } from "../../../core/placement";
import type { Registry } from "../../../core/registry";

/** Which node group grows, where pods fit into several. */
export const Expander = {
    /** The one that leaves the least processor time and memory unused. */
    LeastWaste: "least-waste",
    /** The one that needs the fewest new nodes. */
    LeastNodes: "least-nodes",
    /** The one into which the most pods fit. */
    MostPods: "most-pods",
    /** Any of them. */
    Random: "random",
} as const;
export type Expander = (typeof Expander)[keyof typeof Expander];

/** When nodes go. */
export interface ScaleDownArgs {
    /** Whether nodes go at all. @default true */
    enabled?: boolean;
    /** A node is unneeded whose pods request less than this of its processor time and of its memory, in percent. @default 50 */
    utilizationPercent?: pulumi.Input<number>;
    /** How long a node is unneeded before it goes: `10m`. @default `10m` */
    unneededTime?: pulumi.Input<string>;
    /** How long after a new node none goes: `10m`. @default `10m` */
    delayAfterAdd?: pulumi.Input<string>;
    /**
     * Keeps nodes with a pod that has a local volume. Each pod of this library has one, for `/tmp`: hardly a node would go.
     * @default false
     */
    keepLocalStorage?: boolean;
}

/** Arguments of a {@link ClusterAutoscaler}. */
export interface ClusterAutoscalerArgs {
    /** A cluster of AWS. */
    cluster: Cluster;
    /** @default `install` */
    mode?: AddonMode;
    /** The cluster's name in AWS, as in the tags of its node groups: `clusterName` of an `EksCluster`. Needed to install. */
    clusterName?: pulumi.Input<string>;
    /** The region of the node groups: `eu-central-1`. Needed to install. */
    region?: pulumi.Input<string>;
    /** @default `least-waste` */
    expander?: Expander;
    /** Keeps groups that are alike equally large, such as one per zone. @default false */
    balanceSimilarNodeGroups?: boolean;
    /** It adds no node once the cluster has so many. @default what the groups allow together */
    maxNodes?: pulumi.Input<number>;
    scaleDown?: ScaleDownArgs;
    /** Two copies, one of which waits. @default false */
    highAvailability?: boolean;
    /** The role that it acts as, by its OIDC token. @default what EKS Pod Identity grants its ServiceAccount, `cluster-autoscaler` */
    awsRoleArn?: pulumi.Input<string>;
    /** A namespace that exists. The role that an `EksCluster` makes is for `kube-system`. @default `kube-system` */
    namespace?: pulumi.Input<string>;
    /** Where it may go beside AWS' public addresses, such as interface endpoints. @default nowhere */
    egress?: EgressRule[];
    /** @default with the priority `system-cluster-critical` */
    placement?: Placement;
    registry?: Registry;
    labels?: Labels;
}
