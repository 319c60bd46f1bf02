import { z } from "zod";
import { aks, aksSchema } from "./aks";
import type { ClusterStack } from "./cluster";
import { eks, eksSchema } from "./eks";
import { gke, gkeSchema } from "./gke";
import { minikube, minikubeSchema } from "./minikube";
import { existing, existingSchema, local, localSchema } from "./there";

export type { AwsPlace, ClusterStack, CreatedCluster } from "./cluster";

/** What may stand below `cluster`: the schema of the kind that `kind` names. */
export const clusterSchema = z.discriminatedUnion("kind", [
    aksSchema,
    eksSchema,
    existingSchema,
    gkeSchema,
    localSchema,
    minikubeSchema,
]);

/** The configuration of a cluster. */
export type ClusterConfiguration = z.output<typeof clusterSchema>;

/** The kinds of clusters that stacks can live in. */
export type ClusterKind = ClusterConfiguration["kind"];

/** How each kind of cluster is deployed. */
const clusters: {
    readonly [Kind in ClusterKind]: ClusterStack<Extract<ClusterConfiguration, { kind: Kind }>>;
} = { aks, eks, existing, gke, local, minikube };

/** Whether a cluster was there before the stack, so that a kubeconfig leads to it. */
export function isThere(
    configuration: ClusterConfiguration,
): configuration is Extract<ClusterConfiguration, { kind: "existing" | "local" }> {
    return configuration.kind === "existing" || configuration.kind === "local";
}

/** How a kind of cluster is deployed. It takes the configuration of that kind only. */
export function clusterStack(kind: ClusterKind): ClusterStack<ClusterConfiguration> {
    return clusters[kind];
}
