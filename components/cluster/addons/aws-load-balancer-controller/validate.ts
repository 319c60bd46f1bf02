import { Addon, AddonMode } from "../../../core/addons";
import { Cloud } from "../../../core/contracts";
import type { Fault } from "../../../core/errors";
import { checkName } from "../../../core/names";
import { validateNetworkRules } from "../../../core/network";
import { Checks, isPlain } from "../../../core/validation";
import { checkCloudIdentity } from "../cloud-identity";
import { checkMode } from "../mode";
import type { AwsLoadBalancerControllerArgs } from "./args";

/** What only an installation reads. */
const installing = [
    "clusterName",
    "region",
    "vpcId",
    "definitions",
    "awsRoleArn",
    "namespace",
    "highAvailability",
    "egress",
    "placement",
    "registry",
    "labels",
] as const;

/** The class of the controller that EKS Auto Mode brings. */
const autoModeClass = "eks.amazonaws.com/nlb";

/** What is wrong with the arguments of an {@link AwsLoadBalancerController}; empty when nothing is. */
export function validateAwsLoadBalancerController(args: AwsLoadBalancerControllerArgs): Fault[] {
    const checks = new Checks();
    checkMode(checks, args, Addon.AwsLoadBalancerController, { installing });
    if (args.mode !== AddonMode.None) {
        checkCluster(checks, args);
    }
    if ((args.mode ?? AddonMode.Install) === AddonMode.Install) {
        checks.required("clusterName", args.clusterName, "the cluster's name in AWS, `clusterName` of an EksCluster");
        checks.required("region", args.region, 'the cluster\'s region, like "eu-central-1"');
        checks.required("vpcId", args.vpcId, "the cluster's VPC, `vpcId` of an EksCluster");
        checks.required("definitions", args.definitions, "the `definitions` of an AwsLoadBalancerControllerCrds");
    }
    if (args.namespace !== undefined) {
        checkName(checks, "namespace", args.namespace, "Namespace");
    }
    checks.matches(
        "clusterName",
        args.clusterName,
        /^[0-9A-Za-z][\w-]{0,99}$/,
        "use letters, digits, dashes and underscores",
    );
    checks.matches("region", args.region, /^[a-z]+(-[a-z]+)+-\d+$/, 'give a region like "eu-central-1"');
    checks.matches("vpcId", args.vpcId, /^vpc-[0-9a-f]+$/, 'give an ID like "vpc-0a1b2c3d4e5f60718"');
    const { awsRoleArn } = args;
    checkCloudIdentity(checks, awsRoleArn === undefined ? undefined : { awsRoleArn });
    checks.include(validateNetworkRules("", { egress: args.egress }));
    return checks.faults;
}

function checkCluster(checks: Checks, { cluster }: AwsLoadBalancerControllerArgs): void {
    const { cloud, loadBalancerClass } = cluster.traits;
    if (isPlain(cloud) && cloud !== Cloud.Aws) {
        checks.fault(
            "cluster",
            `"${cluster.name}" is on ${cloud as Cloud}, but the AWS Load Balancer Controller is for AWS; leave it out, or say traits: { cloud: "aws" }`,
        );
    }
    if (loadBalancerClass === autoModeClass) {
        checks.fault(
            "cluster",
            `"${cluster.name}" is in EKS Auto Mode, which makes load balancers itself (class ${autoModeClass}); leave the component out`,
        );
    }
}
