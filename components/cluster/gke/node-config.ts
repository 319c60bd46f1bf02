import type { NodePoolArgs as NodePoolInputs } from "@pulumi/gcp/container";
import type * as pulumi from "@pulumi/pulumi";
import { mapInput } from "../../core/inputs";
import { TaintEffect } from "../../core/placement";
import type { GkeNodePoolArgs } from "./args";
import { GkeDiskType } from "./choices";
import { defaultMaxPodsPerNode, type GkeSettings } from "./defaults";

/** All of them: roles say what a node may do, and scopes would only take some of it back in ways that surprise. */
export const nodeScopes = ["https://www.googleapis.com/auth/cloud-platform"];

/** Nodes start only what Google has signed. */
export const shieldedInstance = { enableSecureBoot: true, enableIntegrityMonitoring: true };

/** Enough for a hundred pods, and few enough that one that forks without end does not take the node along. */
const podPidsLimit = 4096;
const defaultDiskSizeGib = 100;

/** Keeps pods off spot nodes that do not ask for them; GKE gives the label of the same name, and no taint. */
const spotTaint = { key: "cloud.google.com/gke-spot", value: "true", effect: "NO_SCHEDULE" };

const taintEffects: Record<TaintEffect, string> = {
    [TaintEffect.NoExecute]: "NO_EXECUTE",
    [TaintEffect.NoSchedule]: "NO_SCHEDULE",
    [TaintEffect.PreferNoSchedule]: "PREFER_NO_SCHEDULE",
};

/** What belongs to a pool's place in the cluster. */
export interface PoolParts {
    readonly cluster: pulumi.Input<string>;
    readonly nodeServiceAccount: pulumi.Input<string>;
}

/** The inputs of a node pool. Its name is left to Pulumi, so that a new pool is there before the old one goes. */
export function nodePoolInputs(settings: GkeSettings, pool: GkeNodePoolArgs, parts: PoolParts): NodePoolInputs {
    return {
        project: settings.project,
        location: settings.location,
        cluster: parts.cluster,
        ...(pool.zones !== undefined && { nodeLocations: pool.zones }),
        // Per zone, and only for the beginning: the autoscaler takes over from there.
        initialNodeCount: mapInput(pool.minNodes, (nodes) => (nodes > 0 ? 1 : 0)),
        autoscaling: {
            totalMinNodeCount: pool.minNodes,
            totalMaxNodeCount: pool.maxNodes,
            locationPolicy: pool.spot ? "ANY" : "BALANCED",
        },
        ignoreNodeCountChanges: true,
        maxPodsPerNode: pool.maxPodsPerNode ?? defaultMaxPodsPerNode,
        management: { autoRepair: true, autoUpgrade: true },
        upgradeSettings: { strategy: "SURGE", maxSurge: pool.maxSurge ?? 1, maxUnavailable: 0 },
        nodeDrainConfigs: [{ respectPdbDuringNodePoolDeletion: true }],
        networkConfig: { enablePrivateNodes: true },
        nodeConfig: nodeConfig(settings, pool, parts),
    };
}

function nodeConfig(
    settings: GkeSettings,
    pool: GkeNodePoolArgs,
    { nodeServiceAccount }: PoolParts,
): NonNullable<NodePoolInputs["nodeConfig"]> {
    const taints = taintsOf(pool);
    return {
        machineType: pool.machineType,
        imageType: "COS_CONTAINERD",
        diskType: pool.diskType ?? GkeDiskType.Balanced,
        diskSizeGb: pool.diskSizeGib ?? defaultDiskSizeGib,
        ...(settings.disksKey !== undefined && { bootDiskKmsKey: settings.disksKey }),
        serviceAccount: nodeServiceAccount,
        oauthScopes: nodeScopes,
        shieldedInstanceConfig: shieldedInstance,
        // Pods that ask the metadata server see their own identity, not the node's.
        workloadMetadataConfig: { mode: "GKE_METADATA" },
        metadata: { "disable-legacy-endpoints": "true" },
        kubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE", podPidsLimit },
        resourceLabels: settings.labels,
        spot: pool.spot ?? false,
        ...(pool.labels !== undefined && { labels: pool.labels }),
        ...(taints.length > 0 && { taints }),
        ...(pool.sandbox && { sandboxConfig: { type: "GVISOR" } }),
    };
}

function taintsOf({ taints = [], spot }: GkeNodePoolArgs): {
    key: pulumi.Input<string>;
    value: pulumi.Input<string>;
    effect: pulumi.Input<string>;
}[] {
    const own = taints.map(({ key, value, effect }) => ({
        key,
        value: value ?? "",
        effect: mapInput(effect, (each) => taintEffects[each]),
    }));
    return [...own, ...(spot ? [spotTaint] : [])];
}
