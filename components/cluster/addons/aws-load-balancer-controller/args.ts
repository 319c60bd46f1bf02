import type * as pulumi from "@pulumi/pulumi";
import type { AddonMode } from "../../../core/addons";
import type { Cluster } from "../../../core/contracts";
import type { Labels } from "../../../core/labels";
import type { EgressRule } from "../../../core/network";
import type { Placement } from "../../../core/placement";
import type { Registry } from "../../../core/registry";

/** Arguments of an {@link AwsLoadBalancerController}. */
export interface AwsLoadBalancerControllerArgs {
    /** A cluster of EKS with node groups; Auto Mode brings its own controller. */
    cluster: Cluster;
    /** @default `install` */
    mode?: AddonMode;
    /** The cluster's name in AWS: `clusterName` of an `EksCluster`. It marks what the controller makes. Needed to install. */
    clusterName?: pulumi.Input<string>;
    /** The cluster's region, like `eu-central-1`. Needed to install. */
    region?: pulumi.Input<string>;
    /** The cluster's VPC: `vpcId` of an `EksCluster`. Needed to install. */
    vpcId?: pulumi.Input<string>;
    /**
     * The `definitions` of an `AwsLoadBalancerControllerCrds` of the same cluster: the controller starts when they are
     * there. Needed to install.
     */
    definitions?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * ARN of the IAM role that its ServiceAccount assumes by the cluster's OIDC provider.
     * @default the role that EKS Pod Identity grants the ServiceAccount: `controllers: ["load-balancer"]` of an `EksCluster`
     */
    awsRoleArn?: pulumi.Input<string>;
    /**
     * A namespace that is there. EKS Pod Identity grants the role to the ServiceAccount of one namespace.
     * @default `kube-system`, where an `EksCluster` grants it
     */
    namespace?: string;
    /** Two copies, of which one waits for the other; both answer the API server. @default false */
    highAvailability?: boolean;
    /** Where it may go beside AWS' public addresses: the VPC's, where AWS is reached by endpoints in it. @default nowhere */
    egress?: EgressRule[];
    /** @default the priority `system-cluster-critical`, and the cluster's choice */
    placement?: Placement;
    registry?: Registry;
    labels?: Labels;
}
