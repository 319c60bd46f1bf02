import { z } from "zod";
import {
    type MinIoArgs,
    type MinIoBucketArgs,
    type MinIoLifecycle,
    type MinIoObjectLock,
    type MinIoPool,
    type MinIoStatement,
    type MinIoStorage,
    type MinIoUserArgs,
    ObjectLockMode,
    PolicyEffect,
} from "../../components";
import { Deletion } from "../../components/core/deletion";
import type { SchemaOf } from "../clusters/managed";
import { containerResources, labels, placement, podPeer, registry } from "../config/parts";

const texts = z.array(z.string());

const volumes = z.strictObject({
    size: z.string(),
    storageClass: z.string().optional(),
    adopt: z.boolean().optional(),
} satisfies SchemaOf<MinIoStorage>);

const pool = z.strictObject({
    servers: z.number(),
    volumes: z.number().optional(),
    storage: volumes,
} satisfies SchemaOf<MinIoPool>);

const lifecycle = z.strictObject({
    expireDays: z.number().optional(),
    prefix: z.string().optional(),
    expireNoncurrentDays: z.number().optional(),
} satisfies SchemaOf<MinIoLifecycle>);

const objectLock = z.strictObject({
    days: z.number(),
    mode: z.enum(ObjectLockMode).optional(),
} satisfies SchemaOf<MinIoObjectLock>);

/** The properties are those of `MinIoBucketArgs`. */
const bucket = z.strictObject({
    versioning: z.boolean().optional(),
    lifecycle: lifecycle.optional(),
    objectLock: objectLock.optional(),
    quota: z.string().optional(),
    rotation: z.string().optional(),
} satisfies SchemaOf<MinIoBucketArgs>);

const statement = z.strictObject({
    effect: z.enum(PolicyEffect).optional(),
    actions: texts,
    resources: texts,
    conditions: z.record(z.string(), z.record(z.string(), texts)).optional(),
} satisfies SchemaOf<MinIoStatement>);

const user = z.strictObject({
    reads: texts.optional(),
    adds: texts.optional(),
    writes: texts.optional(),
    statements: z.array(statement).optional(),
    rotation: z.string().optional(),
} satisfies SchemaOf<MinIoUserArgs>);

/** The configuration of a store in the cluster; the properties are those of `MinIo`. */
export const minIoSchema = z.strictObject({
    kind: z.literal("minio"),
    /** Where its data lives. @default `data` */
    namespace: z.string().optional(),
    ...({
        servers: z.number().optional(),
        volumes: z.number().optional(),
        storage: volumes,
        pools: z.array(pool).optional(),
        deletion: z.enum(Deletion).optional(),
        users: z.record(z.string(), user).optional(),
        region: z.string().optional(),
        incompleteUploadHours: z.number().optional(),
        rotation: z.string().optional(),
        image: z.string().optional(),
        clientImage: z.string().optional(),
        resources: containerResources.optional(),
        callers: z.array(podPeer).optional(),
        placement: placement.optional(),
        registry: registry.optional(),
        labels: labels.optional(),
        resourceName: z.string().optional(),
    } satisfies SchemaOf<Omit<MinIoArgs, "cluster" | "namespace" | "buckets">>),
    buckets: z.record(z.string(), bucket).default({}),
});

/** What may stand below `storage`: the schema of the store that `kind` names. */
export const storageSchema = z.discriminatedUnion("kind", [minIoSchema]);

/** The configuration of an object store. */
export type StorageConfiguration = z.output<typeof storageSchema>;
