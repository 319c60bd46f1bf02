import { z } from "zod";
import type {
    AksAdministratorArgs,
    AksApiServerAccessArgs,
    AksClusterArgs,
    AksLogsArgs,
    AksNetworkArgs,
    AksNodePoolArgs,
    AksSecretsKeyArgs,
} from "../../components/cluster/aks/args";
import {
    AksEgress,
    AksLog,
    AksLogin,
    AksNodeOs,
    AksNodeOsChannel,
    AksOsDisk,
    AksPrincipal,
    AksTier,
    AksUpgradeChannel,
} from "../../components/cluster/aks/enums";
import { azure } from "./clouds";
import { clusterOf, type ClusterStack } from "./cluster";
import { apiServerAccess, cidrs, maintenanceWindow, nodePool, type SchemaOf, tags } from "./managed";

const administrator = z.strictObject({
    principalId: z.string(),
    type: z.enum(AksPrincipal).optional(),
} satisfies SchemaOf<AksAdministratorArgs>);

const apiServer = z.strictObject({
    ...apiServerAccess,
    privateDnsZoneId: z.string().optional(),
    publicName: z.boolean().optional(),
} satisfies SchemaOf<AksApiServerAccessArgs>);

const network = z.strictObject({
    cidr: z.string().optional(),
    nodesCidr: z.string().optional(),
    apiServerCidr: z.string().optional(),
    subnetId: z.string().optional(),
    apiServerSubnetId: z.string().optional(),
    podCidr: z.string().optional(),
    serviceCidr: z.string().optional(),
    egress: z.enum(AksEgress).optional(),
    egressAddresses: z.number().optional(),
    ingressFrom: cidrs.optional(),
    ingressFromAnywhere: z.boolean().optional(),
} satisfies SchemaOf<AksNetworkArgs>);

const pool = z.strictObject({
    ...nodePool,
    osDisk: z.enum(AksOsDisk).optional(),
    maxPods: z.number().optional(),
} satisfies SchemaOf<AksNodePoolArgs>);

const secretsKey = z.strictObject({
    keyId: z.string(),
    vaultId: z.string(),
    privateVault: z.boolean().optional(),
} satisfies SchemaOf<AksSecretsKeyArgs>);

const logs = z.strictObject({
    enabled: z.boolean().optional(),
    workspaceId: z.string().optional(),
    retentionDays: z.number().optional(),
    categories: z.array(z.enum(AksLog)).optional(),
} satisfies SchemaOf<AksLogsArgs>);

const args = {
    location: z.string(),
    kubernetesVersion: z.string(),
    allowUnsupportedVersion: z.boolean().optional(),
    adminGroups: z.array(z.string()),
    administrators: z.array(administrator).optional(),
    apiServer,
    login: z.enum(AksLogin).optional(),
    loginClientId: z.string().optional(),
    resourceGroupName: z.string().optional(),
    network: network.optional(),
    systemPool: pool.optional(),
    nodePools: z.record(z.string(), pool),
    zones: z.array(z.string()).optional(),
    nodeOs: z.enum(AksNodeOs).optional(),
    trustedLaunch: z.boolean().optional(),
    encryptHosts: z.boolean().optional(),
    disableSsh: z.boolean().optional(),
    diskEncryptionSetId: z.string().optional(),
    maintenanceWindow: maintenanceWindow.optional(),
    upgradeChannel: z.enum(AksUpgradeChannel).optional(),
    nodeOsChannel: z.enum(AksNodeOsChannel).optional(),
    tier: z.enum(AksTier).optional(),
    longTermSupport: z.boolean().optional(),
    encryptSecrets: z.boolean().optional(),
    secretsKey: secretsKey.optional(),
    registries: z.array(z.string()).optional(),
    logs: logs.optional(),
    storageClass: z.string().optional(),
    unlockNodeResourceGroup: z.boolean().optional(),
    deletionProtection: z.boolean().optional(),
    tags: tags.optional(),
} satisfies SchemaOf<AksClusterArgs>;

/** The configuration of a cluster on Azure; the properties are those of `AksCluster`. */
export const aksSchema = z.strictObject({ kind: z.literal("aks"), name: z.string().optional(), ...args });

/** A cluster of the Azure Kubernetes Service. */
export const aks: ClusterStack<z.output<typeof aksSchema>> = clusterOf(() => {
    const { AksCluster, describeAksCluster, validateAksCluster } = azure();
    return {
        validate: validateAksCluster,
        describe: describeAksCluster,
        make: (name, args: AksClusterArgs) => new AksCluster(name, args),
    };
});
