import { z } from "zod";
import { FunctionRuntime, HandlerContract, HttpMethod } from "../../components/faas/function";
import { egressRule, labels, placement, publication, registry, resources, secretKey } from "./parts";

/** With one of the keys of `publication`, the stack's ingress publishes it. */
const route = z.strictObject({
    path: z.string(),
    methods: z.array(z.enum(HttpMethod)).optional(),
    ...publication,
});

const schedule = z.strictObject({ cron: z.string(), name: z.string().optional() });

const scaling = z.strictObject({
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    targetCpuPercent: z.number().optional(),
});

/** A variable: a key of a Secret in the function's namespace, or a secret value of the configuration. */
const secret = z
    .strictObject({
        variable: z.string(),
        secretName: z.string().optional(),
        key: z.string().optional(),
        valueFrom: secretKey.optional(),
    })
    .refine(
        ({ secretName, key, valueFrom }) =>
            valueFrom === undefined
                ? secretName !== undefined && key !== undefined
                : secretName === undefined && key === undefined,
        { message: "give secretName and key, or valueFrom alone" },
    );

/** How to reach something, as variables `PREFIX_KEY`: a database or a bucket of the stack, or all keys of a Secret. */
const binding = z
    .strictObject({
        prefix: z.string(),
        /** Name of a database below `databases`. */
        database: z.string().optional(),
        /** A user of the database or of the store. @default the one to whom it belongs */
        user: z.string().optional(),
        /** Name of a bucket below `storage.buckets`. */
        bucket: z.string().optional(),
        /** Name of a Secret in the function's namespace. */
        secretName: z.string().optional(),
        keys: z.array(z.string()).min(1).optional(),
        asFiles: z.boolean().optional(),
    })
    .refine(
        ({ database, user, bucket, secretName, keys }) =>
            [database, bucket, secretName].filter((each) => each !== undefined).length === 1 &&
            (secretName === undefined) === (keys === undefined) &&
            (user === undefined || secretName === undefined),
        { message: "give a database or a bucket, which may go with a user, or secretName and keys" },
    );

/** Packages that are installed when a pod starts; see `FunctionDependencies`. */
const dependencies = z.strictObject({
    registryUrl: z.string().optional(),
    configuration: z.strictObject({ secretName: z.string(), key: z.string() }).optional(),
    egress: z.array(egressRule),
    size: z.string().optional(),
});

/** A function; the properties are those of `FaasFunction`, with paths in place of assets. */
export const functionSchema = z.strictObject({
    namespace: z.string().optional(),
    runtime: z.enum(FunctionRuntime).optional(),
    contract: z.enum(HandlerContract).optional(),
    handler: z.string().optional(),
    /** Path of a source file or folder, from the project's root. */
    code: z.string().optional(),
    /** Packs everything that the source file imports into one file. */
    bundle: z.boolean().optional(),
    image: z.string().optional(),
    port: z.number().optional(),
    environment: z.record(z.string(), z.string()).optional(),
    secrets: z.array(secret).optional(),
    secretFiles: z.array(z.strictObject({ secretName: z.string() })).optional(),
    bindings: z.array(binding).optional(),
    dependencies: dependencies.optional(),
    routes: z.array(route).optional(),
    schedules: z.array(schedule).optional(),
    scaling: scaling.optional(),
    resources: resources.optional(),
    timeoutSeconds: z.number().optional(),
    labels: labels.optional(),
    placement: placement.optional(),
    registry: registry.optional(),
});

/** The configuration of a route of a function. */
export type RouteConfiguration = z.output<typeof route>;

/** The configuration of a binding of a function. */
export type BindingConfiguration = z.output<typeof binding>;

/** The configuration of one function. */
export type FunctionConfiguration = z.output<typeof functionSchema>;
