import type * as pulumi from "@pulumi/pulumi";
import {
    type Cluster,
    type Fault,
    type ObjectStoreConnection,
    ObjectStoreKind,
    StatefulDatabase,
    type StatefulDatabaseArgs,
    validateStatefulDatabase,
} from "../../components";
import { Checks } from "../../components/core/validation";
import { firstNames } from "../../components/database/plan";
import { type ArgumentsFrom, secretInClear, type SecretReader, secretValue, withSecrets } from "../config/secrets";
import { namespaceOfData } from "../data-namespaces";
import { checkKnown } from "../known";
import { type DatabaseConfiguration, databaseSchema, type DatabasesConfiguration } from "./schema";

/** What is wrong with the databases of a stack, by the keys below `databases`. */
export function validateDatabases(
    databases: DatabasesConfiguration,
    cluster: Cluster,
    buckets: readonly string[],
): Fault[] {
    const checks = new Checks();
    for (const [name, configuration] of Object.entries(databases)) {
        const nested = checks.at(name);
        checkBackups(nested, configuration, buckets);
        const namespace = namespaceOfData(configuration);
        const setup = { cluster, namespace, secrets: secretInClear, storeOf: plannedStore };
        const { args, byKey } = databaseArgs(configuration, setup);
        nested.include(byKey(validateStatefulDatabase(name, args)).map(atItself));
    }
    return checks.faults;
}

function checkBackups(checks: Checks, { backup, restore }: DatabaseConfiguration, buckets: readonly string[]): void {
    checkKnown(checks, "backup.bucket", "bucket", backup?.bucket, buckets);
    checkKnown(checks, "restore.from.bucket", "bucket", restore?.from?.bucket, buckets);
}

/** The name is no key of a database's: it is where the database stands. */
function atItself({ propertyPath, reason }: Fault): Fault {
    return { propertyPath: propertyPath === "name" ? "" : propertyPath, reason };
}

/** A bucket of the stack before it is there. Which one makes no difference to what can be wrong. */
const plannedStore = (bucket: string): ObjectStoreConnection => ({
    kind: ObjectStoreKind.MinIo,
    endpoint: "https://store.invalid",
    region: "us-east-1",
    bucket,
    key: { id: "planned", secret: "planned" },
    network: {},
});

/** Where databases are made. */
export interface DatabasePlace {
    cluster: Cluster;
    /** The namespaces of data, by their names. */
    namespaces: Readonly<Record<string, pulumi.Input<string>>>;
    /** The stack's buckets, by their names. */
    buckets: Readonly<Record<string, ObjectStoreConnection>>;
}

/** Registers the databases of a stack, which come up side by side. */
export function createDatabases(
    databases: DatabasesConfiguration,
    { cluster, namespaces, buckets }: DatabasePlace,
): Record<string, StatefulDatabase> {
    const storeOf = (bucket: string): ObjectStoreConnection => buckets[bucket]!;
    return Object.fromEntries(
        Object.entries(databases).map(([name, configuration]) => {
            const namespace = namespaces[namespaceOfData(configuration)]!;
            const { args } = databaseArgs(configuration, { cluster, namespace, secrets: secretValue, storeOf });
            return [name, new StatefulDatabase(name, args)];
        }),
    );
}

/** What a database is told beside its configuration. */
interface DatabaseSetup {
    cluster: Cluster;
    namespace: pulumi.Input<string>;
    secrets: SecretReader;
    /** A bucket by its name. */
    storeOf: (bucket: string) => ObjectStoreConnection;
}

/** What the component is given; its faults are found by `byKey` in the configuration. */
function databaseArgs(
    configuration: DatabaseConfiguration,
    { cluster, namespace, secrets, storeOf }: DatabaseSetup,
): { args: StatefulDatabaseArgs; byKey: ArgumentsFrom<DatabaseConfiguration>["byKey"] } {
    const { args, byKey } = withSecrets(databaseSchema, configuration, secrets);
    const { backup, restore, ...rest } = args;
    return {
        args: {
            ...rest,
            cluster,
            namespace,
            backup: backup && inStore(backup, storeOf),
            restore: restore && { ...restore, from: restore.from && inStore(restore.from, storeOf) },
        },
        byKey,
    };
}

function inStore<Place extends { bucket: string }>(
    { bucket, ...place }: Place,
    storeOf: DatabaseSetup["storeOf"],
): Omit<Place, "bucket"> & { store: ObjectStoreConnection } {
    return { ...place, store: storeOf(bucket) };
}

/** The users of a database who have rights in it, the one to whom it belongs first. */
export function usersOf(name: string, configuration: DatabaseConfiguration): string[] {
    const { databases = {}, users = {} } = configuration;
    const owners = Object.values(databases).map(({ owner }) => owner);
    const others = Object.entries(users).filter(
        ([user, { reads = [], writes = [] }]) => owners.includes(user) || reads.length + writes.length > 0,
    );
    return [firstNames(name, configuration).user, ...others.map(([user]) => user)];
}
