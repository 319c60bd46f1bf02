import type * as pulumi from "@pulumi/pulumi";
import {
    type Cluster,
    type Fault,
    MinIo,
    type MinIoArgs,
    type ObjectStoreConnection,
    PolicyEffect,
    validateMinIo,
} from "../../components";
import { namespaceOfData } from "../data-namespaces";
import type { StorageConfiguration } from "./schema";

/** The object store of a stack. */
export interface Store {
    kind: StorageConfiguration["kind"];
    component: MinIo;
}

/** What is wrong with the storage of a stack, by the keys below `storage`. */
export function validateStorage(configuration: StorageConfiguration, cluster: Cluster): Fault[] {
    const { kind } = configuration;
    return validateMinIo(kind, storageArgs(configuration, cluster, namespaceOfData(configuration)));
}

/**
 * Registers the storage of a stack.
 *
 * @param namespaces those of data, by their names
 */
export function createStorage(
    configuration: StorageConfiguration,
    cluster: Cluster,
    namespaces: Readonly<Record<string, pulumi.Input<string>>>,
): Store {
    const { kind } = configuration;
    const namespace = namespaces[namespaceOfData(configuration)]!;
    return { kind, component: new MinIo(kind, storageArgs(configuration, cluster, namespace)) };
}

function storageArgs(
    { kind: _kind, ...args }: StorageConfiguration,
    cluster: Cluster,
    namespace: pulumi.Input<string>,
): MinIoArgs {
    return { ...args, cluster, namespace };
}

/** A bucket as one of its users, by default its own. */
export function bucketAs({ component }: Store, bucket: string, user: string = bucket): ObjectStoreConnection {
    return { ...component.connections[bucket]!, key: component.keys[user]! };
}

/** The users of a store who have rights on a bucket, its own first. */
export const usersOfBucket = (bucket: string, { users = {} }: StorageConfiguration): string[] => [
    bucket,
    ...Object.keys(users).filter((name) => hasRights(users[name]!, bucket)),
];

type UserConfiguration = NonNullable<StorageConfiguration["users"]>[string];

function hasRights(
    { reads = [], adds = [], writes = [], statements = [] }: UserConfiguration,
    bucket: string,
): boolean {
    const granted = statements
        .filter(({ effect }) => effect !== PolicyEffect.Deny)
        .flatMap(({ resources }) => resources.map((resource) => resource.split("/")[0]));
    return [...reads, ...adds, ...writes, ...granted].includes(bucket);
}

/** The names of the buckets that a stack is going to have. */
export const bucketsOf = (configuration: StorageConfiguration | undefined): string[] =>
    Object.keys(configuration?.buckets ?? {});
