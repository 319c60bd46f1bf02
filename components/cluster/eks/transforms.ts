import * as pulumi from "@pulumi/pulumi";
import type { EksClusterArgs } from "./args";

/**
 * What @pulumi/eks 4.3 has no argument for. Its components make their resources in a process of their own; the engine
 * shows each to these functions before it makes it. As soon as there is an argument, it is to be used in their place.
 */

const clusterType = "aws:eks/cluster:Cluster";
const nodeGroupType = "aws:eks/nodeGroup:NodeGroup";

/** The part of a node group's machines that is renewed at a time. */
const maxUnavailablePercentage = 33;

/**
 * The cluster: nobody is its administrator for having made it, where @pulumi/eks says otherwise; a zone in trouble is left;
 * and with deletion protection the preview of a destroy fails, where AWS would refuse only an emptied cluster.
 */
export function hardenCluster(args: EksClusterArgs): pulumi.ResourceTransform {
    return forType(clusterType, ({ props, opts }) => ({
        props: {
            ...props,
            accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
            zonalShiftConfig: { enabled: args.zonalShift ?? true },
        },
        opts: { ...opts, protect: args.deletionProtection ?? true },
    }));
}

/** A node group: sick nodes are replaced, and a third is renewed at a time. */
export function hardenNodeGroup(): pulumi.ResourceTransform {
    return forType(nodeGroupType, ({ props, opts }) => ({
        props: { ...props, nodeRepairConfig: { enabled: true }, updateConfig: { maxUnavailablePercentage } },
        opts,
    }));
}

function forType(
    type: string,
    change: (resource: pulumi.ResourceTransformArgs) => pulumi.ResourceTransformResult,
): pulumi.ResourceTransform {
    return (resource) => (resource.type === type ? change(resource) : undefined);
}
