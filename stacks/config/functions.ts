import { z } from "zod";
import { FunctionRuntime, HandlerContract, HttpMethod } from "../../components/faas/function";
import { labels, placement, registry, resources } from "./parts";

const route = z.strictObject({
    path: z.string(),
    methods: z.array(z.enum(HttpMethod)).optional(),
});

const schedule = z.strictObject({ cron: z.string(), name: z.string().optional() });

const scaling = z.strictObject({
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    targetCpuPercent: z.number().optional(),
});

/** A key of a Secret that is in the function's namespace. */
const secret = z.strictObject({ variable: z.string(), secretName: z.string(), key: z.string() });

/** All keys of a Secret that is in the function's namespace, as `PREFIX_KEY`. */
const binding = z.strictObject({ prefix: z.string(), secretName: z.string(), keys: z.array(z.string()).min(1) });

/** A function; the properties are those of `FaasFunction`, with paths in place of assets. */
export const functionSchema = z.strictObject({
    namespace: z.string().optional(),
    runtime: z.enum(FunctionRuntime).optional(),
    contract: z.enum(HandlerContract).optional(),
    handler: z.string().optional(),
    /** Path of a source file or folder, from the project's root. */
    code: z.string().optional(),
    image: z.string().optional(),
    environment: z.record(z.string(), z.string()).optional(),
    secrets: z.array(secret).optional(),
    bindings: z.array(binding).optional(),
    routes: z.array(route).optional(),
    schedules: z.array(schedule).optional(),
    scaling: scaling.optional(),
    resources: resources.optional(),
    timeoutSeconds: z.number().optional(),
    labels: labels.optional(),
    placement: placement.optional(),
    registry: registry.optional(),
});

/** The configuration of one function. */
export type FunctionConfiguration = z.output<typeof functionSchema>;
