import * as pulumi from "@pulumi/pulumi";
import { mapInput } from "../../core/inputs";
import { completeMaintenanceWindow, type MaintenanceWindow } from "../managed";
import type { GkeClusterArgs, GkeNodePoolArgs } from "./args";
import { GkeCredentials, GkeLogComponent, GkeMetricComponent, GkeMode, GkeReleaseChannel } from "./choices";

/** The addresses of a cluster's own network: they neither meet each other nor the default network's 10.128.0.0/9. */
export const defaultAddresses = {
    nodesCidr: "10.10.0.0/20",
    podsCidr: "10.64.0.0/14",
    servicesCidr: "10.68.0.0/20",
    controlPlaneCidr: "172.16.0.0/28",
} as const;

/** Fission's webhook listens here, and it is the library's only one. */
const defaultWebhookPorts = [9443];

/** Two nodes stand an outage of one; twelve cores hold a platform and its monitoring before the autoscaler adds any. */
const defaultNodePools: Record<string, GkeNodePoolArgs> = {
    general: { machineType: "e2-standard-4", minNodes: 2, maxNodes: 6 },
};

/** GKE's own number. */
export const defaultMaxPodsPerNode = 110;

/** The class that `disksKey` needs, since GKE's own ones have no key. */
export const encryptedStorageClass = "encrypted-rwo";

/** A label of everything in Google Cloud that takes labels. */
export const managedByLabel = "managed-by";

/** The arguments that take the place of those that are left out. */
export interface GkeSettings extends GkeClusterArgs {
    readonly project: pulumi.Input<string>;
    readonly region: string;
    /** The cluster's name in the project. */
    readonly clusterName: string;
    /** A region, or the zone of the only control plane. */
    readonly location: string;
    readonly mode: GkeMode;
    readonly releaseChannel: GkeReleaseChannel;
    readonly window: MaintenanceWindow;
    readonly addresses: Record<keyof typeof defaultAddresses, string>;
    readonly webhookPorts: number[];
    /** None for Autopilot. */
    readonly nodePools: Record<string, GkeNodePoolArgs>;
    readonly storageClass: pulumi.Input<string>;
    readonly deletionProtection: boolean;
    readonly logs: GkeLogComponent[];
    readonly metrics: GkeMetricComponent[];
    readonly managedPrometheus: boolean;
    readonly dnsCache: boolean;
    readonly credentials: GkeCredentials;
    readonly labels: Record<string, pulumi.Input<string>>;
}

/** The project and region that apply: those given, else those of the stack's configuration, as for the provider itself. */
export function placeOf(args: GkeClusterArgs): { project?: pulumi.Input<string>; region?: string } {
    const config = new pulumi.Config("gcp");
    return { project: args.project ?? config.get("project"), region: args.region ?? config.get("region") };
}

/** All settings of a cluster whose arguments are right. */
export function completeSettings(name: string, args: GkeClusterArgs): GkeSettings {
    const { project, region } = placeOf(args);
    const mode = args.mode ?? GkeMode.Standard;
    const { existing, webhookPorts, ...addresses } = args.network ?? {};
    return {
        ...args,
        project: project!,
        region: region!,
        clusterName: args.clusterName ?? name,
        location: args.zone ?? region!,
        // Google takes versions without the "v" with which Kubernetes itself writes them.
        kubernetesVersion: mapInput(args.kubernetesVersion, (version) => version.replace(/^v/, "")),
        mode,
        releaseChannel: args.releaseChannel ?? GkeReleaseChannel.Regular,
        window: completeMaintenanceWindow(args.maintenanceWindow),
        addresses: {
            nodesCidr: addresses.nodesCidr ?? defaultAddresses.nodesCidr,
            podsCidr: addresses.podsCidr ?? defaultAddresses.podsCidr,
            servicesCidr: addresses.servicesCidr ?? defaultAddresses.servicesCidr,
            controlPlaneCidr: addresses.controlPlaneCidr ?? defaultAddresses.controlPlaneCidr,
        },
        webhookPorts: webhookPorts ?? (existing ? [] : defaultWebhookPorts),
        nodePools: nodePoolsOf(args),
        storageClass: args.storageClass ?? (args.disksKey === undefined ? "standard-rwo" : encryptedStorageClass),
        deletionProtection: args.deletionProtection ?? true,
        logs: args.logs ?? Object.values(GkeLogComponent),
        metrics: args.metrics ?? Object.values(GkeMetricComponent),
        managedPrometheus: args.managedPrometheus ?? true,
        dnsCache: mode === GkeMode.Autopilot || (args.dnsCache ?? false),
        credentials: args.credentials ?? GkeCredentials.Gcloud,
        labels: { ...args.labels, [managedByLabel]: "kubernetes-faas" },
    };
}

/** The node pools, by name; none for Autopilot. */
export function nodePoolsOf(args: GkeClusterArgs): Record<string, GkeNodePoolArgs> {
    return args.mode === GkeMode.Autopilot ? {} : (args.nodePools ?? defaultNodePools);
}

/** Whether the control plane has addresses for users, and not the DNS endpoint alone. */
export function hasIpEndpoints({ apiServer }: Pick<GkeClusterArgs, "apiServer">): boolean {
    const { allowFrom = [], privateFrom = [], allowFromAnywhere = false } = apiServer;
    return allowFromAnywhere || allowFrom.length > 0 || privateFrom.length > 0;
}

/** Whether the control plane has a public address. */
export function hasPublicEndpoint({ apiServer }: Pick<GkeClusterArgs, "apiServer">): boolean {
    return apiServer.allowFromAnywhere === true || (apiServer.allowFrom ?? []).length > 0;
}
