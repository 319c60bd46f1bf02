import { z } from "zod";
import {
    describeMinikubeCluster,
    MinikubeCluster,
    type MinikubeClusterArgs,
    MinikubeDriver,
    MinikubeNetwork,
    MinikubeRuntime,
    validateMinikubeCluster,
} from "../../components";
import { clusterOf, type ClusterStack } from "./cluster";
import type { SchemaOf } from "./managed";
import { traits } from "./there";

const args = {
    kubernetesVersion: z.string(),
    profile: z.string().optional(),
    driver: z.enum(MinikubeDriver).optional(),
    network: z.enum(MinikubeNetwork).optional(),
    containerRuntime: z.enum(MinikubeRuntime).optional(),
    cpus: z.number().optional(),
    memoryMib: z.number().optional(),
    diskGib: z.number().optional(),
    nodes: z.number().optional(),
    kubeconfig: z.string().optional(),
    clusterIdentifier: z.string().optional(),
    traits: traits.optional(),
    deletionProtection: z.boolean().optional(),
} satisfies SchemaOf<MinikubeClusterArgs>;

/** The configuration of a Minikube profile that the stack makes; the properties are those of `MinikubeCluster`. */
export const minikubeSchema = z.strictObject({ kind: z.literal("minikube"), name: z.string().optional(), ...args });

/** A Minikube profile of the stack's own. */
export const minikube: ClusterStack<z.output<typeof minikubeSchema>> = clusterOf(() => ({
    validate: validateMinikubeCluster,
    describe: describeMinikubeCluster,
    make: (name, args: MinikubeClusterArgs) => new MinikubeCluster(name, args),
}));
