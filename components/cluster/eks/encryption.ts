import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import * as kms from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import type { EksClusterArgs } from "./args";
import { partitionOf, type PolicyStatement, policyDocument } from "./names";

/** The keys that encrypt what the cluster keeps. */
export interface ClusterKeys {
    /** ARN of the key of Secrets. */
    readonly secrets: pulumi.Input<string>;
    /** ARN of the key of logs. @default CloudWatch's own */
    readonly logs?: pulumi.Input<string>;
}

/** The given keys, or one of the cluster's own for Secrets and logs. */
export function clusterKeys(
    name: string,
    args: EksClusterArgs,
    clusterName: pulumi.Input<string>,
    parent: pulumi.Resource,
): ClusterKeys {
    if (args.secretsKey !== undefined) {
        return { secrets: args.secretsKey, logs: args.logs?.key };
    }
    const key = makeKey(name, args, clusterName, parent);
    return { secrets: key.arn, logs: args.logs?.key ?? key.arn };
}

function makeKey(
    name: string,
    args: EksClusterArgs,
    clusterName: pulumi.Input<string>,
    parent: pulumi.Resource,
): kms.Key {
    const { accountId } = getCallerIdentityOutput({}, { parent });
    const key = new kms.Key(
        `${name}-key`,
        {
            description: pulumi.interpolate`Secrets and logs of the EKS cluster ${clusterName}`,
            enableKeyRotation: true,
            // The longest time in which a deletion, which would be the end of every Secret, can be called off.
            deletionWindowInDays: 30,
            policy: policyDocument(forAccount(args.region, accountId), forLogs(args.region, accountId, clusterName)),
            tags: args.tags,
        },
        childOptions(parent),
    );
    new kms.Alias(
        `${name}-key`,
        { name: pulumi.interpolate`alias/eks/${clusterName}`, targetKeyId: key.id },
        childOptions(parent),
    );
    return key;
}

/** As AWS' default policy: rights in IAM decide who of the account uses the key. */
function forAccount(region: string, accountId: pulumi.Input<string>): PolicyStatement {
    return {
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: pulumi.interpolate`arn:${partitionOf(region)}:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
    };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function forLogs(region: string, accountId: pulumi.Input<string>, clusterName: pulumi.Input<string>): PolicyStatement {
    const suffix = partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
    return {
        Sid: "Logs",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.${suffix}` },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        Resource: "*",
        Condition: {
            ArnLike: {
                "kms:EncryptionContext:aws:logs:arn": pulumi.interpolate`arn:${partitionOf(region)}:logs:${region}:${accountId}:log-group:/aws/eks/${clusterName}/*`,
            },
        },
    };
}
