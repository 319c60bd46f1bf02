import { z } from "zod";
import {
    type BackupPlace,
    type BackupRun,
    type DatabaseBackupArgs,
    DatabaseEngine,
    type DatabaseStorage,
    type DatabaseUserArgs,
    type StatefulDatabaseArgs,
} from "../../components";
import { Deletion } from "../../components/core/deletion";
import type { SchemaOf } from "../clusters/managed";
import { containerResources, labels, placement, podPeer, registry, secretKey } from "../config/parts";

const texts = z.array(z.string());

/** Where backups lie; the properties are those of `BackupPlace`. */
const backupPlace = {
    /** Name of a bucket below `storage.buckets`. */
    bucket: z.string(),
    prefix: z.string().optional(),
    encryptionPasswordFrom: secretKey.optional(),
};

const run = {
    scratch: z.strictObject({ size: z.string().optional(), storageClass: z.string().optional() }).optional(),
    resources: containerResources.optional(),
    timeoutSeconds: z.number().optional(),
} satisfies SchemaOf<BackupRun>;

const backup = z.strictObject({
    ...backupPlace,
    ...({
        schedule: z.string().optional(),
        timeZone: z.string().optional(),
        keepDays: z.number().optional(),
        keptByBucket: z.boolean().optional(),
        restoreTest: z.strictObject({ schedule: z.string().optional() }).optional(),
        takeOver: z.boolean().optional(),
        ...run,
    } satisfies SchemaOf<Omit<DatabaseBackupArgs, keyof BackupPlace>>),
});

const restore = z.strictObject({
    backup: z.string(),
    id: z.string().optional(),
    from: z.strictObject(backupPlace).optional(),
    ...run,
});

const user = z.strictObject({
    reads: texts.optional(),
    writes: texts.optional(),
    rotation: z.string().optional(),
} satisfies SchemaOf<DatabaseUserArgs>);

/** A database; the properties are those of `StatefulDatabase`. */
export const databaseSchema = z.strictObject({
    /** Where its data lives. @default `data` */
    namespace: z.string().optional(),
    ...({
        engine: z.enum(DatabaseEngine),
        version: z.string().optional(),
        replicas: z.number().optional(),
        primary: z.number().optional(),
        synchronousCopies: z.number().optional(),
        storage: z.strictObject({
            size: z.string(),
            storageClass: z.string().optional(),
            adopt: z.boolean().optional(),
        } satisfies SchemaOf<DatabaseStorage>),
        deletion: z.enum(Deletion).optional(),
        database: z.string().optional(),
        user: z.string().optional(),
        rotation: z.string().optional(),
        databases: z.record(z.string(), z.strictObject({ owner: z.string().optional() })).optional(),
        users: z.record(z.string(), user).optional(),
        settings: z.record(z.string(), z.string()).optional(),
        resources: containerResources.optional(),
        callers: z.array(podPeer).optional(),
        placement: placement.optional(),
        registry: registry.optional(),
        labels: labels.optional(),
        resourceName: z.string().optional(),
    } satisfies SchemaOf<Omit<StatefulDatabaseArgs, "cluster" | "namespace" | "backup" | "restore">>),
    backup: backup.optional(),
    restore: restore.optional(),
});

/** What may stand below `databases`, by the names of databases. */
export const databasesSchema = z.record(z.string(), databaseSchema);

/** The configuration of one database. */
export type DatabaseConfiguration = z.output<typeof databaseSchema>;

/** The configuration of a stack's databases. */
export type DatabasesConfiguration = z.output<typeof databasesSchema>;
