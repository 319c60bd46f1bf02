import type * as pulumi from "@pulumi/pulumi";
import { partitionOf, type PolicyConditions, type PolicyStatement } from "./names";

/**
 * What the AWS Load Balancer Controller does for Services: it looks around, and makes and changes load balancers, target
 * groups and security groups that carry its tag. From the controller's own policy, v3.5.0, less what serves Ingresses
 * with web firewalls, Shield and Cognito, and with the tag's value held to this cluster wherever the key alone was asked
 * for. https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/install/iam_policy.json
 */
export function loadBalancerStatements(region: string, clusterName: pulumi.Input<string>): PolicyStatement[] {
    const arn = (service: string, resource: string): string => `arn:${partitionOf(region)}:${service}:*:*:${resource}`;
    const balancers = ["loadbalancer/net/*/*", "loadbalancer/app/*/*"].map((path) => arn("elasticloadbalancing", path));
    const targets = arn("elasticloadbalancing", "targetgroup/*/*");
    const listeners = ["listener", "listener-rule"].flatMap((kind) =>
        ["net", "app"].map((type) => arn("elasticloadbalancing", `${kind}/${type}/*/*/*`)),
    );
    const groups = arn("ec2", "security-group/*");
    const requested = { "aws:RequestTag/elbv2.k8s.aws/cluster": clusterName };
    const owned = { "aws:ResourceTag/elbv2.k8s.aws/cluster": clusterName };
    const untouched = { "aws:RequestTag/elbv2.k8s.aws/cluster": "true" };
    const elb = (...names: string[]): string[] => names.map((name) => `elasticloadbalancing:${name}`);
    const ec2 = (...names: string[]): string[] => names.map((name) => `ec2:${name}`);
    return [
        allow("iam:CreateServiceLinkedRole", "*", {
            StringEquals: { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" },
        }),
        allow(ec2(...ec2Reads), "*"),
        allow(elb(...elbReads), "*"),
        allow(
            [
                "acm:ListCertificates",
                "acm:DescribeCertificate",
                "iam:ListServerCertificates",
                "iam:GetServerCertificate",
            ],
            "*",
        ),
        allow(ec2("CreateSecurityGroup"), "*"),
        allow(ec2("CreateTags"), groups, {
            StringEquals: { "ec2:CreateAction": "CreateSecurityGroup", ...requested },
        }),
        allow(ec2("CreateTags", "DeleteTags"), groups, { Null: untouched, StringEquals: owned }),
        // The nodes' security group is EKS' own and does not carry the tag.
        allow(ec2("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"), "*"),
        allow(ec2("DeleteSecurityGroup"), "*", { StringEquals: owned }),
        allow(elb("CreateLoadBalancer", "CreateTargetGroup"), "*", { StringEquals: requested }),
        allow(elb("CreateListener", "DeleteListener", "CreateRule", "DeleteRule"), "*"),
        allow(elb("AddTags", "RemoveTags"), [...balancers, targets], { Null: untouched, StringEquals: owned }),
        allow(elb("AddTags", "RemoveTags"), listeners),
        allow(elb(...elbChanges), "*", { StringEquals: owned }),
        allow(elb("AddTags"), [...balancers, targets], {
            StringEquals: {
                "elasticloadbalancing:CreateAction": ["CreateTargetGroup", "CreateLoadBalancer"],
                ...requested,
            },
        }),
        allow(elb("RegisterTargets", "DeregisterTargets"), targets),
        allow(
            elb(
                "ModifyListener",
                "AddListenerCertificates",
                "RemoveListenerCertificates",
                "ModifyRule",
                "SetRulePriorities",
            ),
            "*",
        ),
    ];
}

function allow(Action: string | string[], Resource: string | string[], Condition?: PolicyConditions): PolicyStatement {
    return { Effect: "Allow", Action, Resource, ...(Condition ? { Condition } : {}) };
}

const ec2Reads = [
    "DescribeAccountAttributes",
    "DescribeAddresses",
    "DescribeAvailabilityZones",
    "DescribeCoipPools",
    "DescribeInstances",
    "DescribeInternetGateways",
    "DescribeIpamPools",
    "DescribeNetworkInterfaces",
    "DescribeRouteTables",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeTags",
    "DescribeVpcPeeringConnections",
    "DescribeVpcs",
    "GetCoipPoolUsage",
    "GetSecurityGroupsForVpc",
];

const elbReads = [
    "DescribeCapacityReservation",
    "DescribeListenerAttributes",
    "DescribeListenerCertificates",
    "DescribeListeners",
    "DescribeLoadBalancerAttributes",
    "DescribeLoadBalancers",
    "DescribeRules",
    "DescribeSSLPolicies",
    "DescribeTags",
    "DescribeTargetGroupAttributes",
    "DescribeTargetGroups",
    "DescribeTargetHealth",
    "DescribeTrustStores",
];

const elbChanges = [
    "DeleteLoadBalancer",
    "DeleteTargetGroup",
    "ModifyCapacityReservation",
    "ModifyIpPools",
    "ModifyListenerAttributes",
    "ModifyLoadBalancerAttributes",
    "ModifyTargetGroup",
    "ModifyTargetGroupAttributes",
    "SetIpAddressType",
    "SetSecurityGroups",
    "SetSubnets",
];
