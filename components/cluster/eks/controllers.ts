import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { type EksClusterArgs, EksController } from "./args";
import { loadBalancerStatements } from "./load-balancer-policy";
import { type PolicyStatement, policyDocument } from "./names";
import { PodIdentity, type PodIdentityCluster } from "./pod-identity";

/** What a controller is known by in the cluster, and what it does in the account. */
interface ControllerFacts {
    readonly serviceAccount: string;
    readonly statements: (args: EksClusterArgs, clusterName: pulumi.Input<string>) => PolicyStatement[];
}

const controllers: Record<EksController, ControllerFacts> = {
    [EksController.LoadBalancer]: {
        serviceAccount: "aws-load-balancer-controller",
        statements: ({ region }, clusterName) => loadBalancerStatements(region, clusterName),
    },
    [EksController.Autoscaler]: { serviceAccount: "cluster-autoscaler", statements: (_, name) => autoscaling(name) },
};

/** Gives each of the wanted controllers its rights, which it needs until all that it made is taken down. */
export function makeControllerIdentities(
    name: string,
    args: EksClusterArgs,
    cluster: PodIdentityCluster,
    parent: pulumi.Resource,
): PodIdentity[] {
    return (args.controllers ?? []).map((controller) => {
        const { serviceAccount, statements } = controllers[controller];
        return new PodIdentity(
            `${name}-${controller}`,
            {
                cluster,
                namespace: "kube-system",
                serviceAccount,
                policy: policyDocument(...statements(args, cluster.clusterName)),
                tags: args.tags,
            },
            childOptions(parent),
        );
    });
}

/**
 * Looks at all groups, changes those of this cluster only, by the tag that EKS gives the groups of its node groups and by
 * which upstream knows them, too (aws_manager.go). Upstream's policy for groups that are found by tags:
 * https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.36.1/cluster-autoscaler/cloudprovider/aws/README.md#iam-policy
 */
function autoscaling(clusterName: pulumi.Input<string>): PolicyStatement[] {
    return [
        {
            Effect: "Allow",
            Action: [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
                "eks:DescribeNodegroup",
            ],
            Resource: "*",
        },
        {
            Effect: "Allow",
            Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            Resource: "*",
            Condition: { StringEquals: { "aws:ResourceTag/eks:cluster-name": clusterName } },
        },
    ];
}
