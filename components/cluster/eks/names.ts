import * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../../core/labels";

/**
 * The longest name of the component: roles in IAM have up to 64 characters, of which our longest suffix
 * (`-aws-ebs-csi-driver`) and Pulumi's own take 27.
 */
export const longestName = 37;

/** The longest name of a node group in AWS. https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html */
export const longestNodeGroupName = 63;

/** What Pulumi appends to make a name unique. */
export const randomSuffixLength = "-1a2b3c4".length;

/** The partition of AWS that a region belongs to, as ARNs begin with it. */
export function partitionOf(region: string): string {
    if (region.startsWith("cn-")) {
        return "aws-cn";
    }
    return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** ARN of a policy in IAM that AWS maintains. */
export function awsPolicy(region: string, name: string): string {
    return `arn:${partitionOf(region)}:iam::aws:policy/${name}`;
}

/** Tags with a name, by which the console lists things. */
export function named(name: pulumi.Input<string>, tags: Labels | undefined): Labels {
    return { Name: name, ...tags };
}

/** A policy document of IAM as JSON. */
export function policyDocument(...statements: pulumi.Input<PolicyStatement>[]): pulumi.Output<string> {
    return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** The trust of a role that a service of AWS takes on. */
export function trustOf(
    service: string,
    conditions?: PolicyConditions,
    actions = ["sts:AssumeRole"],
): pulumi.Output<string> {
    return policyDocument({
        Effect: "Allow",
        Principal: { Service: service },
        Action: actions,
        ...(conditions ? { Condition: conditions } : {}),
    });
}

/** Conditions of a statement: operator, key, value. */
export type PolicyConditions = Record<string, Record<string, pulumi.Input<string | string[]>>>;

/** A statement of a policy document. */
export interface PolicyStatement {
    Sid?: string;
    Effect: "Allow";
    Principal?: Record<string, pulumi.Input<string>>;
    Action: string | readonly string[];
    Resource?: pulumi.Input<pulumi.Input<string> | readonly pulumi.Input<string>[]>;
    Condition?: PolicyConditions;
}
