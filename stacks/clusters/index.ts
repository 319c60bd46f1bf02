import { z } from "zod";
import type { ClusterStack } from "./cluster";
import { existing, existingSchema, local, localSchema } from "./there";

export type { ClusterStack } from "./cluster";

/** What may stand below `cluster`: the schema of the kind that `kind` names. */
export const clusterSchema = z.discriminatedUnion("kind", [existingSchema, localSchema]);

/** The configuration of a cluster. */
export type ClusterConfiguration = z.output<typeof clusterSchema>;

/** The kinds of clusters that stacks can live in. */
export type ClusterKind = ClusterConfiguration["kind"];

/** How each kind of cluster is deployed. */
const clusters: {
    readonly [Kind in ClusterKind]: ClusterStack<Extract<ClusterConfiguration, { kind: Kind }>>;
} = { existing, local };

/** How a kind of cluster is deployed. It takes the configuration of that kind only. */
export function clusterStack(kind: ClusterKind): ClusterStack<ClusterConfiguration> {
    return clusters[kind];
}
