import { z } from "zod";
import { clusterSchema } from "../clusters";
import { ingressSchema } from "../ingress/schema";
import { platformSchema } from "../platforms";
import { functionSchema } from "./functions";

/** All that a stack file may hold, below `kubernetes-faas:`. */
export const configurationSchema = z.strictObject({
    /** The cluster that the stack lives in. */
    cluster: clusterSchema,
    faas: platformSchema,
    ingress: ingressSchema.optional(),
    functions: z.record(z.string(), functionSchema).default({}),
});

/** The configuration of a stack, checked. */
export type Configuration = z.output<typeof configurationSchema>;
