import { z } from "zod";
import { addonsSchema } from "../addons";
import { clusterSchema } from "../clusters";
import { databasesSchema } from "../databases/schema";
import { ingressSchema } from "../ingress/schema";
import { platformSchema } from "../platforms";
import { storageSchema } from "../storage/schema";
import { functionSchema } from "./functions";

/** All that a stack file may hold, below `kubernetes-faas:`. */
export const configurationSchema = z.strictObject({
    /** The cluster that the stack lives in. */
    cluster: clusterSchema,
    /** Programs of the cluster's own that what follows needs. */
    addons: addonsSchema.default({}),
    /** Databases in the cluster. */
    databases: databasesSchema.default({}),
    faas: platformSchema,
    ingress: ingressSchema.optional(),
    /** An object store in the cluster. */
    storage: storageSchema.optional(),
    functions: z.record(z.string(), functionSchema).default({}),
});

/** The configuration of a stack, checked. */
export type Configuration = z.output<typeof configurationSchema>;
