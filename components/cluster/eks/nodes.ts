import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { mapInput } from "../../core/inputs";
import { TaintEffect } from "../../core/placement";
import type { NodeTaint } from "../managed";
import { minorOf } from "../../core/versions";
import { type EksClusterArgs, type EksNodePoolArgs, EksNodeSystem } from "./args";
import { isArm } from "./machines";
import { awsPolicy, named, trustOf } from "./names";
import type { ClusterNetwork } from "./network";
import { hardenNodeGroup } from "./transforms";

/** Size of a node's disk unless another is given. */
const defaultDiskGib = 100;

/** The taint of spot nodes. (EKS allows no taint of its own prefix `eks.amazonaws.com`.) */
const spotTaint = { key: "kubernetes-faas/spot", value: "true", effect: TaintEffect.NoSchedule } as const;

/** What nodes are made of and after. */
export interface NodeParts {
    readonly name: string;
    readonly args: EksClusterArgs;
    readonly network: ClusterNetwork;
    readonly controlPlane: eks.Cluster;
    /** What must be there before the first node, and go after the last. */
    readonly dependsOn: pulumi.Resource[];
    readonly parent: pulumi.Resource;
}

/** One managed node group per pool, with one role for all. */
export function makeNodes(parts: NodeParts): eks.ManagedNodeGroup[] {
    const pools = Object.entries(parts.args.nodePools ?? {});
    if (pools.length === 0) {
        return [];
    }
    const { role, rights } = makeNodeRole(parts);
    return pools.map(([pool, args]) => makeNodeGroup(parts, pool, args, role, rights));
}

/**
 * What a kubelet needs to join and to pull images, and nothing more: add-ons have roles of their own by Pod Identity.
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
 */
const nodePolicies = {
    node: "AmazonEKSWorkerNodePolicy",
    images: "AmazonEC2ContainerRegistryPullOnly",
} as const;

function makeNodeRole({ name, args, parent }: NodeParts): { role: iam.Role; rights: pulumi.Resource[] } {
    const role = new iam.Role(
        `${name}-node`,
        { description: `Nodes of ${name}`, assumeRolePolicy: trustOf("ec2.amazonaws.com"), tags: args.tags },
        childOptions(parent),
    );
    const rights = Object.entries(nodePolicies).map(
        ([key, policy]) =>
            new iam.RolePolicyAttachment(
                `${name}-node-${key}`,
                { role: role.name, policyArn: awsPolicy(args.region, policy) },
                childOptions(parent),
            ),
    );
    return { role, rights };
}

function makeNodeGroup(
    parts: NodeParts,
    pool: string,
    poolArgs: EksNodePoolArgs,
    role: iam.Role,
    rights: pulumi.Resource[],
): eks.ManagedNodeGroup {
    const { name, args, network, controlPlane, parent } = parts;
    const template = makeLaunchTemplate(parts, pool, poolArgs);
    return new eks.ManagedNodeGroup(
        `${name}-${pool}`,
        {
            cluster: controlPlane,
            nodeRoleArn: role.arn,
            subnetIds: poolArgs.zones?.map((zone) => zoneSubnet(network, zone)) ?? network.privateSubnetIds,
            // With a launch template @pulumi/eks would leave nodes at the version that they were made with.
            version: mapInput(args.kubernetesVersion, minorOf),
            amiType: mapInput(poolArgs.machineType, (type) => amiType(poolArgs.system, isArm(type))),
            instanceTypes: [poolArgs.machineType, ...(poolArgs.moreMachineTypes ?? [])],
            capacityType: poolArgs.spot ? "SPOT" : "ON_DEMAND",
            scalingConfig: {
                minSize: poolArgs.minNodes,
                maxSize: poolArgs.maxNodes,
                desiredSize: poolArgs.minNodes,
            },
            // The number of nodes is the autoscaler's.
            ignoreScalingChanges: true,
            labels: poolArgs.labels,
            taints: [...(poolArgs.taints ?? []), ...(poolArgs.spot ? [spotTaint] : [])].map(toEksTaint),
            launchTemplate: {
                id: template.id,
                version: template.latestVersion.apply((version) => String(version)),
            },
            tags: named(`${name}-${pool}`, args.tags),
        },
        childOptions(parent, {
            dependsOn: [controlPlane, ...rights, ...network.ready, ...parts.dependsOn],
            transforms: [hardenNodeGroup()],
        }),
    );
}

/** Zones may only be known later; the subnets by zone are known at once. */
function zoneSubnet(network: ClusterNetwork, zone: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.output(zone).apply((known) => network.subnetOfZone[known]!);
}

function amiType(system: EksNodeSystem = EksNodeSystem.AmazonLinux, arm: boolean): string {
    const types = {
        [EksNodeSystem.AmazonLinux]: ["AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD"],
        [EksNodeSystem.Bottlerocket]: ["BOTTLEROCKET_x86_64", "BOTTLEROCKET_ARM_64"],
    } as const;
    return types[system][arm ? 1 : 0];
}

function toEksTaint({ key, value, effect }: NodeTaint): {
    key: pulumi.Input<string>;
    value?: pulumi.Input<string>;
    effect: pulumi.Input<string>;
} {
    const effects: Record<TaintEffect, string> = {
        NoExecute: "NO_EXECUTE",
        NoSchedule: "NO_SCHEDULE",
        PreferNoSchedule: "PREFER_NO_SCHEDULE",
    };
    return { key, value, effect: mapInput(effect, (known) => effects[known]) };
}

/** What EKS' own template leaves open: who reaches a machine's credentials, and how its disks are written. */
function makeLaunchTemplate(
    { name, args, parent }: NodeParts,
    pool: string,
    poolArgs: EksNodePoolArgs,
): ec2.LaunchTemplate {
    const tags = named(`${name}-${pool}`, args.tags);
    return new ec2.LaunchTemplate(
        `${name}-${pool}`,
        {
            updateDefaultVersion: true,
            metadataOptions: {
                httpEndpoint: "enabled",
                httpTokens: "required",
                // One hop ends at the node: pods, which are one further, never see the node's credentials.
                httpPutResponseHopLimit: 1,
                instanceMetadataTags: "disabled",
            },
            blockDeviceMappings: disks(poolArgs),
            tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
                resourceType,
                tags,
            })),
            tags,
        },
        childOptions(parent),
    );
}

/** Bottlerocket keeps its system on a small disk of its own and everything else on a second one. */
function disks({
    system,
    diskSizeGib = defaultDiskGib,
}: EksNodePoolArgs): ec2.LaunchTemplateArgs["blockDeviceMappings"] {
    const encrypted = { encrypted: "true", volumeType: "gp3", deleteOnTermination: "true" };
    return system === EksNodeSystem.Bottlerocket
        ? [
              { deviceName: "/dev/xvda", ebs: encrypted },
              { deviceName: "/dev/xvdb", ebs: { ...encrypted, volumeSize: diskSizeGib } },
          ]
        : [{ deviceName: "/dev/xvda", ebs: { ...encrypted, volumeSize: diskSizeGib } }];
}
