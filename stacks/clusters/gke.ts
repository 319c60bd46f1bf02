import { z } from "zod";
import type {
    GkeApiServerAccessArgs,
    GkeClusterArgs,
    GkeNetworkArgs,
    GkeNodePoolArgs,
} from "../../components/cluster/gke/args";
import {
    GkeCredentials,
    GkeDiskType,
    GkeLogComponent,
    GkeMetricComponent,
    GkeMode,
    GkeReleaseChannel,
} from "../../components/cluster/gke/choices";
import { gcp } from "./clouds";
import { clusterOf, type ClusterStack } from "./cluster";
import { apiServerAccess, maintenanceWindow, nodePool, type SchemaOf, tags } from "./managed";

const apiServer = z.strictObject({
    ...apiServerAccess,
    dnsEndpoint: z.boolean().optional(),
    dnsEndpointTokens: z.boolean().optional(),
} satisfies SchemaOf<GkeApiServerAccessArgs>);

const network = z.strictObject({
    nodesCidr: z.string().optional(),
    podsCidr: z.string().optional(),
    servicesCidr: z.string().optional(),
    controlPlaneCidr: z.string().optional(),
    flowLogs: z.boolean().optional(),
    webhookPorts: z.array(z.number()).optional(),
    existing: z
        .strictObject({
            network: z.string(),
            subnetwork: z.string(),
            podsRange: z.string(),
            servicesRange: z.string(),
            project: z.string().optional(),
        })
        .optional(),
} satisfies SchemaOf<GkeNetworkArgs>);

const pool = z.strictObject({
    ...nodePool,
    diskType: z.enum(GkeDiskType).optional(),
    sandbox: z.boolean().optional(),
    maxPodsPerNode: z.number().optional(),
    maxSurge: z.number().optional(),
} satisfies SchemaOf<GkeNodePoolArgs>);

const args = {
    project: z.string().optional(),
    region: z.string().optional(),
    zone: z.string().optional(),
    zones: z.array(z.string()).optional(),
    clusterName: z.string().optional(),
    mode: z.enum(GkeMode).optional(),
    kubernetesVersion: z.string(),
    allowUnsupportedVersion: z.boolean().optional(),
    releaseChannel: z.enum(GkeReleaseChannel).optional(),
    maintenanceWindow: maintenanceWindow.optional(),
    apiServer,
    network: network.optional(),
    nodePools: z.record(z.string(), pool).optional(),
    nodeServiceAccount: z.string().optional(),
    imageProjects: z.array(z.string()).optional(),
    secretsKey: z.string().optional(),
    disksKey: z.string().optional(),
    storageClass: z.string().optional(),
    deletionProtection: z.boolean().optional(),
    logs: z.array(z.enum(GkeLogComponent)).optional(),
    metrics: z.array(z.enum(GkeMetricComponent)).optional(),
    managedPrometheus: z.boolean().optional(),
    dnsCache: z.boolean().optional(),
    securityGroup: z.string().optional(),
    binaryAuthorization: z.boolean().optional(),
    credentials: z.enum(GkeCredentials).optional(),
    generation: z.string().optional(),
    labels: tags.optional(),
} satisfies SchemaOf<GkeClusterArgs>;

/** The configuration of a cluster on Google Cloud; the properties are those of `GkeCluster`. */
export const gkeSchema = z.strictObject({ kind: z.literal("gke"), name: z.string().optional(), ...args });

/** A cluster of the Google Kubernetes Engine. */
export const gke: ClusterStack<z.output<typeof gkeSchema>> = clusterOf(() => {
    const { describeGkeCluster, GkeCluster, validateGkeCluster } = gcp();
    return {
        validate: validateGkeCluster,
        describe: describeGkeCluster,
        make: (name, args: GkeClusterArgs) => new GkeCluster(name, args),
    };
});
