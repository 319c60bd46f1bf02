import { z } from "zod";
import { Exposure } from "../../components/core/contracts";
import { platformSchema } from "../platforms";
import { functionSchema } from "./functions";

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

/** The cluster that the stack lives in. */
const cluster = z.strictObject({
    /** `local`: Minikube, kind, k3d, Docker Desktop or the sandbox; `existing`: any other cluster. */
    kind: z.enum(["existing", "local"]),
    /** Path to a kubeconfig. */
    kubeconfig: z.string().optional(),
    /** The context in the kubeconfig. */
    context: z.string().optional(),
    /** The API server's version; without it the API server is asked. */
    kubernetesVersion: z.string().optional(),
    traits: traits.optional(),
});

/** All that a stack file may hold, below `kubernetes-faas:`. */
export const configurationSchema = z.strictObject({
    cluster,
    faas: platformSchema,
    functions: z.record(z.string(), functionSchema).default({}),
});

/** The configuration of a stack, checked. */
export type Configuration = z.output<typeof configurationSchema>;
