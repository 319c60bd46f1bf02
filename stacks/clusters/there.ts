import { z } from "zod";
import {
    type Cluster,
    describeExistingCluster,
    describeLocalCluster,
    ExistingCluster,
    type ExistingClusterArgs,
    type Fault,
    LocalCluster,
    type LocalClusterArgs,
    probeCluster,
    validateExistingCluster,
    validateLocalCluster,
} from "../../components";
import { Exposure } from "../../components/core/contracts";
import type { ClusterStack } from "./cluster";

/** What the components need to know about the cluster; see docs/cluster.md. */
const traits = z.strictObject({
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

/** A cluster that is there. */
export const existing = there<z.output<typeof existingSchema>, ExistingClusterArgs>({
    validate: validateExistingCluster,
    describe: describeExistingCluster,
    make: (name, args) => new ExistingCluster(name, args),
});

/** The configuration of Minikube, kind, k3d, Docker Desktop or the sandbox. */
export const localSchema = z.strictObject({ kind: z.literal("local"), ...connection });

/** A cluster on one's own machine. */
export const local = there<z.output<typeof localSchema>, LocalClusterArgs>({
    validate: validateLocalCluster,
    describe: describeLocalCluster,
    make: (name, args) => new LocalCluster(name, args),
});

/** What a component for such a cluster consists of. */
interface ThereComponent<Args> {
    validate: (args: Args) => Fault[];
    describe: (name: string, args: Args) => Cluster;
    make: (name: string, args: Args) => { cluster: Cluster };
}

interface ThereConfiguration {
    kind: string;
    kubeconfig?: string;
    context?: string;
    kubernetesVersion?: string;
}

function there<Configuration extends ThereConfiguration, Args>({
    validate,
    describe,
    make,
}: ThereComponent<Args>): ClusterStack<Configuration> {
    const argsOf = ({ kind: _kind, ...args }: Configuration): Args => args as Args;
    return {
        // The version decides what can be installed.
        complete: async (configuration) => ({
            ...configuration,
            kubernetesVersion: configuration.kubernetesVersion ?? (await probeCluster(configuration)).version,
        }),
        validate: (_name, configuration) => validate(argsOf(configuration)),
        describe: (name, configuration) => describe(name, argsOf(configuration)),
        create: (name, configuration) => make(name, argsOf(configuration)).cluster,
    };
}
