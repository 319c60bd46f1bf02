import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
    AutoModeNodePool,
    type EksAccessArgs,
    type EksAutoModeArgs,
    type EksClusterArgs,
    EksController,
    type EksExistingVpcArgs,
    type EksKubeconfigArgs,
    type EksLogsArgs,
    EksLogType,
    type EksNodePoolArgs,
    EksNodeSystem,
    type EksStorageClassArgs,
    type EksVpcArgs,
    FlowLogs,
    NatGateways,
    VolumeReclaim,
} from "../../components/cluster/eks/args";
import type { ApiServerAccessArgs } from "../../components/cluster/managed";
import { aws } from "./clouds";
import { type AwsPlace, clusterOf, type ClusterStack } from "./cluster";
import { apiServerAccess, nodePool, type SchemaOf, tags } from "./managed";

const texts = z.array(z.string());

/** ARNs by names of one's own. */
const principals = z.record(z.string(), z.string());

const vpc = z.strictObject({
    cidr: z.string().optional(),
    zones: texts,
    natGateways: z.enum(NatGateways).optional(),
    interfaceEndpoints: texts.optional(),
    flowLogs: z.enum(FlowLogs).optional(),
} satisfies SchemaOf<EksVpcArgs>);

const existingVpc = z.strictObject({
    vpcId: z.string(),
    privateSubnetIds: texts,
} satisfies SchemaOf<EksExistingVpcArgs>);

const access = z.strictObject({
    deployer: z.string(),
    admins: principals.optional(),
    viewers: principals.optional(),
} satisfies SchemaOf<EksAccessArgs>);

const pool = z.strictObject({
    ...nodePool,
    moreMachineTypes: texts.optional(),
    system: z.enum(EksNodeSystem).optional(),
} satisfies SchemaOf<EksNodePoolArgs>);

const autoMode = z.strictObject({
    nodePools: z.array(z.enum(AutoModeNodePool)).optional(),
} satisfies SchemaOf<EksAutoModeArgs>);

const logs = z.strictObject({
    types: z.array(z.enum(EksLogType)).optional(),
    retentionDays: z.number().optional(),
    key: z.string().optional(),
} satisfies SchemaOf<EksLogsArgs>);

const storageClass = z.strictObject({
    name: z.string().optional(),
    reclaimPolicy: z.enum(VolumeReclaim).optional(),
    isDefault: z.boolean().optional(),
} satisfies SchemaOf<EksStorageClassArgs>);

const kubeconfig = z.strictObject({
    roleArn: z.string().optional(),
    profile: z.string().optional(),
} satisfies SchemaOf<EksKubeconfigArgs>);

const args = {
    region: z.string(),
    kubernetesVersion: z.string(),
    allowUnsupportedVersion: z.boolean().optional(),
    clusterName: z.string().optional(),
    vpc: vpc.optional(),
    existingVpc: existingVpc.optional(),
    serviceCidr: z.string().optional(),
    access,
    apiServer: z.strictObject(apiServerAccess satisfies SchemaOf<ApiServerAccessArgs>),
    nodePools: z.record(z.string(), pool).optional(),
    autoMode: autoMode.optional(),
    secretsKey: z.string().optional(),
    logs: logs.optional(),
    extendedSupport: z.boolean().optional(),
    deletionProtection: z.boolean().optional(),
    zonalShift: z.boolean().optional(),
    addonVersions: z.record(z.string(), z.string()).optional(),
    storageClass: storageClass.optional(),
    controllers: z.array(z.enum(EksController)).optional(),
    kubeconfig: kubeconfig.optional(),
    tags: tags.optional(),
} satisfies SchemaOf<EksClusterArgs>;

/** The configuration of a cluster on AWS; the properties are those of `EksCluster`. */
export const eksSchema = z.strictObject({ kind: z.literal("eks"), name: z.string().optional(), ...args });

/** A cluster of the Amazon Elastic Kubernetes Service. */
export const eks: ClusterStack<z.output<typeof eksSchema>> = {
    ...clusterOf(() => {
        const { describeEksCluster, EksCluster, validateEksCluster } = aws();
        return {
            validate: validateEksCluster,
            describe: describeEksCluster,
            make(name, args: EksClusterArgs) {
                const { cluster, clusterName, vpcId } = new EksCluster(name, args);
                return { cluster, aws: { clusterName, vpcId, ...inFile(args) } };
            },
        };
    }),
    // What only the cluster can tell is no matter of checks, which pass over Outputs.
    placeInAws: (configuration) => ({
        clusterName: pulumi.output(""),
        vpcId: pulumi.output(""),
        ...inFile(configuration),
    }),
};

/** What of a cluster's place stands in the configuration. */
function inFile({ region, controllers = [] }: EksClusterArgs): Pick<AwsPlace, "region" | "controllers"> {
    return { region, controllers };
}
