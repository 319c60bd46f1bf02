import * as containerservice from "@pulumi/azure-native/containerservice";
import type { input } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import type { NodeTaint } from "../managed";
import type { AksClusterArgs, AksNodePoolArgs } from "./args";
import { AksNodeOs, AksOsDisk } from "./enums";
import type { AksNetwork } from "./network";
import type { AksPlace } from "./place";
import { systemPoolName, systemPoolOf, zonesOf } from "./settings";

type PoolProfile = Omit<input.containerservice.ManagedClusterAgentPoolProfileArgs, "name">;

/** What AKS puts on spot nodes by itself; left out here, each change of such a pool would seem to remove it. */
const spotMark = "kubernetes.azure.com/scalesetpriority";

/** The cluster's own pool, which is part of the cluster. Only what tolerates its taint runs there. */
export function systemPoolProfile(
    args: AksClusterArgs,
    network: AksNetwork,
): input.containerservice.ManagedClusterAgentPoolProfileArgs {
    return {
        ...poolProfile(args, systemPoolOf(args), network),
        name: systemPoolName,
        mode: containerservice.AgentPoolMode.System,
        nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
    };
}

/**
 * All other pools, each a resource of its own: one in the list of the cluster's pools would set them all in motion with each
 * change (https://github.com/pulumi/pulumi-azure-native/issues/4264).
 */
export function makePools(
    { parent, name, args, resourceGroupName }: AksPlace,
    cluster: containerservice.ManagedCluster,
    network: AksNetwork,
): containerservice.AgentPool[] {
    return Object.entries(args.nodePools).map(
        ([poolName, pool]) =>
            new containerservice.AgentPool(
                `${name}-${poolName}`,
                {
                    agentPoolName: poolName,
                    resourceGroupName,
                    resourceName: cluster.name,
                    ...poolProfile(args, pool, network),
                    mode: containerservice.AgentPoolMode.User,
                    nodeTaints: taints(pool),
                },
                // The autoscaler's business; the API wants a number at first.
                childOptions(parent, { ignoreChanges: ["count"] }),
            ),
    );
}

/**
 * Without a Kubernetes version: pools follow the cluster's, and AKS refuses an upgrade in which only some of them name one
 * (https://learn.microsoft.com/azure/aks/auto-upgrade-cluster#control-plane-upgrade-constraints).
 */
function poolProfile(args: AksClusterArgs, pool: AksNodePoolArgs, network: AksNetwork): PoolProfile {
    return {
        type: containerservice.AgentPoolType.VirtualMachineScaleSets,
        vmSize: pool.machineType,
        count: pool.minNodes,
        enableAutoScaling: true,
        minCount: pool.minNodes,
        maxCount: pool.maxNodes,
        maxPods: pool.maxPods ?? 110,
        availabilityZones: zonesOf(args, pool),
        vnetSubnetID: network.nodeSubnetId,
        enableNodePublicIP: false,
        osType: containerservice.OSType.Linux,
        osSKU: args.nodeOs ?? AksNodeOs.AzureLinux,
        osDiskType: pool.osDisk ?? AksOsDisk.Ephemeral,
        osDiskSizeGB: pool.diskSizeGib ?? 100,
        enableEncryptionAtHost: args.encryptHosts ?? true,
        securityProfile: {
            enableSecureBoot: args.trustedLaunch ?? true,
            enableVTPM: args.trustedLaunch ?? true,
            ...(args.disableSsh ? { sshAccess: containerservice.AgentPoolSSHAccess.Disabled } : {}),
        },
        nodeLabels: pool.spot ? spotLabels(pool) : pool.labels,
        tags: args.tags,
        ...(pool.spot ? spot : { upgradeSettings: { maxSurge: "33%" } }),
    };
}

/** At most what such a machine costs otherwise. Spot pools have no surge nodes. */
const spot: PoolProfile = {
    scaleSetPriority: containerservice.ScaleSetPriority.Spot,
    scaleSetEvictionPolicy: containerservice.ScaleSetEvictionPolicy.Delete,
    spotMaxPrice: -1,
};

function spotLabels({ labels = {} }: AksNodePoolArgs): pulumi.Output<Record<string, string>> {
    return pulumi.output(labels).apply((given): Record<string, string> => ({ ...given, [spotMark]: "spot" }));
}

function taints({ taints = [], spot }: AksNodePoolArgs): pulumi.Output<string>[] | undefined {
    const marked: NodeTaint[] = spot ? [{ key: spotMark, value: "spot", effect: "NoSchedule" }, ...taints] : taints;
    return marked.length === 0
        ? undefined
        : marked.map(({ key, value, effect }) => pulumi.interpolate`${key}=${value ?? ""}:${effect}`);
}
