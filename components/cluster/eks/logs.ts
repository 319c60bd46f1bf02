import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { type EksClusterArgs, FlowLogs } from "./args";
import { policyDocument, trustOf } from "./names";

/** Days for which logs are kept unless others are given. */
export const defaultRetentionDays = 90;

/** The days that CloudWatch knows. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const retentionDays: readonly number[] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** What log groups of one cluster have in common. */
export interface LogContext {
    readonly name: string;
    readonly args: EksClusterArgs;
    readonly clusterName: pulumi.Input<string>;
    /** ARN of the key that encrypts them. */
    readonly key?: pulumi.Input<string>;
    readonly parent: pulumi.Resource;
}

/** The control plane's log group: made first, for one that EKS makes is kept forever and not encrypted with the key. */
export function makeControlPlaneLogs(context: LogContext): cloudwatch.LogGroup {
    return makeLogGroup(context, "logs", "cluster");
}

/** Who talked, or wanted to talk, to whom in the VPC. */
export function makeFlowLogs(context: LogContext, vpcId: pulumi.Input<string>): void {
    const { name, args, parent } = context;
    const flowLogs = args.vpc?.flowLogs ?? FlowLogs.Rejected;
    if (flowLogs === FlowLogs.Off) {
        return;
    }
    const group = makeLogGroup(context, "flow-logs", "vpc-flow-logs");
    new ec2.FlowLog(
        `${name}-flow-logs`,
        {
            vpcId,
            trafficType: flowLogs === FlowLogs.All ? "ALL" : "REJECT",
            logDestinationType: "cloud-watch-logs",
            logDestination: group.arn,
            iamRoleArn: makeFlowLogsRole(context, group).arn,
            maxAggregationInterval: 600,
            tags: args.tags,
        },
        childOptions(parent),
    );
}

function makeLogGroup(context: LogContext, suffix: string, path: string): cloudwatch.LogGroup {
    const { name, args, clusterName, key, parent } = context;
    return new cloudwatch.LogGroup(
        `${name}-${suffix}`,
        {
            name: pulumi.interpolate`/aws/eks/${clusterName}/${path}`,
            retentionInDays: args.logs?.retentionDays ?? defaultRetentionDays,
            kmsKeyId: key,
            tags: args.tags,
        },
        childOptions(parent),
    );
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html */
function makeFlowLogsRole({ name, args, parent }: LogContext, group: cloudwatch.LogGroup): iam.Role {
    const role = new iam.Role(
        `${name}-flow-logs`,
        { assumeRolePolicy: trustOf("vpc-flow-logs.amazonaws.com"), tags: args.tags },
        childOptions(parent),
    );
    new iam.RolePolicy(
        `${name}-flow-logs`,
        {
            role: role.name,
            policy: policyDocument({
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                Resource: [group.arn, pulumi.interpolate`${group.arn}:*`],
            }),
        },
        childOptions(parent),
    );
    return role;
}
