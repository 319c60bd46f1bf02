import { z } from "zod";
import {
    describeExistingCluster,
    describeLocalCluster,
    ExistingCluster,
    type ExistingClusterArgs,
    LocalCluster,
    type LocalClusterArgs,
    probeCluster,
    validateExistingCluster,
    validateLocalCluster,
} from "../../components";
import { Cloud, Exposure } from "../../components/core/contracts";
import { clusterOf, type ClusterStack } from "./cluster";

/** What the components need to know about the cluster; see docs/cluster.md. */
export const traits = z.strictObject({
    cloud: z.enum(Cloud).optional(),
    exposure: z.enum(Exposure).optional(),
    storageClass: z.string().optional(),
    networkPolicies: z.boolean().optional(),
    apiServer: z
        .strictObject({ cidrs: z.array(z.string()).optional(), ports: z.array(z.number()).optional() })
        .optional(),
    addons: z.array(z.string()).optional(),
});

/** How a cluster that is there is found, and what is known of it. */
const connection = {
    /** Path to a kubeconfig. */
    kubeconfig: z.string().optional(),
    /** The context in the kubeconfig. */
    context: z.string().optional(),
    /** The API server's version; without it the API server is asked. */
    kubernetesVersion: z.string().optional(),
    traits: traits.optional(),
};

/** The configuration of any cluster that is there, whoever made it. */
export const existingSchema = z.strictObject({ kind: z.literal("existing"), ...connection });

type ExistingConfiguration = z.output<typeof existingSchema>;

/** A cluster that is there. */
export const existing: ClusterStack<ExistingConfiguration> = {
    ...clusterOf<ExistingConfiguration, ExistingClusterArgs>(() => ({
        validate: (_name, args) => validateExistingCluster(args),
        describe: describeExistingCluster,
        make: (name, args) => new ExistingCluster(name, args),
    })),
    complete: withVersion,
};

/** The configuration of Minikube, kind, k3d, Docker Desktop or the sandbox. */
export const localSchema = z.strictObject({ kind: z.literal("local"), ...connection });

type LocalConfiguration = z.output<typeof localSchema>;

/** A cluster on one's own machine. */
export const local: ClusterStack<LocalConfiguration> = {
    ...clusterOf<LocalConfiguration, LocalClusterArgs>(() => ({
        validate: (_name, args) => validateLocalCluster(args),
        describe: describeLocalCluster,
        make: (name, args) => new LocalCluster(name, args),
    })),
    complete: withVersion,
};

/** The version decides what can be installed; where the configuration does not say, the cluster is asked. */
async function withVersion<Configuration extends ExistingConfiguration | LocalConfiguration>(
    configuration: Configuration,
): Promise<Configuration> {
    const { kubernetesVersion, kubeconfig, context } = configuration;
    return {
        ...configuration,
        kubernetesVersion: kubernetesVersion ?? (await probeCluster({ kubeconfig, context })).version,
    };
}
