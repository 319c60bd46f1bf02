import { z } from "zod";
import { Weekday } from "../../components/cluster/managed";
import { TaintEffect } from "../../components/core/placement";

/** What all clouds' clusters are told alike; see `components/cluster/managed`. */

/** Addresses, as CIDRs. */
export const cidrs = z.array(z.string());

/** Who reaches the API server; see `ApiServerAccessArgs`. */
export const apiServerAccess = {
    allowFrom: cidrs.optional(),
    privateFrom: cidrs.optional(),
    allowFromAnywhere: z.boolean().optional(),
};

/** A node pool; see `NodePoolArgs`. */
export const nodePool = {
    machineType: z.string(),
    minNodes: z.number(),
    maxNodes: z.number(),
    zones: z.array(z.string()).optional(),
    spot: z.boolean().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    taints: z
        .array(z.strictObject({ key: z.string(), value: z.string().optional(), effect: z.enum(TaintEffect) }))
        .optional(),
    diskSizeGib: z.number().optional(),
};

/** When the cloud upgrades by itself; see `MaintenanceWindowArgs`. */
export const maintenanceWindow = z.strictObject({
    days: z.array(z.enum(Weekday)).optional(),
    startTime: z.string().optional(),
    hours: z.number().optional(),
});

/** Labels or tags of a cloud's resources. */
export const tags = z.record(z.string(), z.string());

/** A schema for each argument of a component: one that is forgotten does not compile. */
export type SchemaOf<Args> = { [Key in keyof Required<Args>]: z.ZodType<Args[Key]> };
