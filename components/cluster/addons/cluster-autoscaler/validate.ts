import { Addon, AddonMode } from "../../../core/addons";
import { Cloud } from "../../../core/contracts";
import type { Fault } from "../../../core/errors";
import { validateNetworkRules } from "../../../core/network";
import { Checks } from "../../../core/validation";
import { checkCloudIdentity } from "../cloud-identity";
import { checkMode } from "../mode";
import { type ClusterAutoscalerArgs, Expander } from "./args";

/** What only an installation reads. */
const installing = [
    "clusterName",
    "region",
    "expander",
    "balanceSimilarNodeGroups",
    "maxNodes",
    "scaleDown",
    "highAvailability",
    "awsRoleArn",
    "namespace",
    "egress",
    "placement",
    "registry",
    "labels",
] as const;

/** What is wrong with the arguments of a {@link ClusterAutoscaler}; empty when nothing is. */
export function validateClusterAutoscaler(args: ClusterAutoscalerArgs): Fault[] {
    const checks = new Checks();
    checkMode(checks, args, Addon.ClusterAutoscaler, { installing });
    if ((args.mode ?? AddonMode.Install) === AddonMode.Install) {
        checks.required("clusterName", args.clusterName, "the cluster's name in AWS: `clusterName` of an EksCluster");
        checks.required("region", args.region, 'the region of the node groups, like "eu-central-1"');
        checkCloud(checks, args);
    }
    checkClusterName(checks, args);
    checks.matches("region", args.region, /^[a-z]{2,}(-[a-z]+)+-\d+$/, 'give a region like "eu-central-1"');
    checks.oneOf("expander", args.expander, Object.values(Expander));
    checks.integer("maxNodes", args.maxNodes, { minimum: 1 });
    checkScaleDown(checks.at("scaleDown"), args.scaleDown ?? {});
    checks.dnsLabel("namespace", args.namespace);
    if (args.awsRoleArn !== undefined) {
        checkCloudIdentity(checks, { awsRoleArn: args.awsRoleArn });
    }
    checks.include(validateNetworkRules("", { egress: args.egress }));
    return checks.faults;
}

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html */
function checkClusterName(checks: Checks, { clusterName }: ClusterAutoscalerArgs): void {
    checks.matches(
        "clusterName",
        clusterName,
        /^[0-9A-Za-z][\w-]{0,99}$/,
        "use at most 100 letters, digits, dashes and underscores, beginning with a letter or digit",
    );
}

/** Elsewhere the cloud itself adds nodes, or nobody can. */
function checkCloud(checks: Checks, { cluster }: ClusterAutoscalerArgs): void {
    const { cloud } = cluster.traits;
    if (typeof cloud === "string" && cloud !== Cloud.Aws && cloud !== Cloud.Other) {
        checks.fault(
            "mode",
            `is "install", but the cluster "${cluster.name}" is of the cloud "${cloud}", and this one knows AWS only; GKE and AKS scale their node pools themselves: leave the component out`,
        );
    }
}

function checkScaleDown(
    checks: Checks,
    { utilizationPercent, unneededTime, delayAfterAdd }: NonNullable<ClusterAutoscalerArgs["scaleDown"]>,
): void {
    checks.number("utilizationPercent", utilizationPercent, { minimum: 0, maximum: 100 });
    checks.duration("unneededTime", unneededTime);
    checks.duration("delayAfterAdd", delayAfterAdd);
}
