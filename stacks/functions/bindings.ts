import type * as pulumi from "@pulumi/pulumi";
import {
    allowFrom,
    bind,
    bindObjectStore,
    type Cluster,
    type Connection,
    type FaasFunction,
    type Fault,
    type FunctionBinding,
    type ObjectStoreConnection,
} from "../../components";
import { Checks } from "../../components/core/validation";
import type { BindingConfiguration, FunctionConfiguration } from "../config/functions";
import type { Configuration } from "../config/schema";
import type { Data } from "../data";
import { usersOf } from "../databases";
import { checkKnown } from "../known";
import { bucketAs, bucketsOf, usersOfBucket } from "../storage";

/** What Secrets of databases and of buckets in the cluster hold; see `bind` and `bindObjectStore`. */
const databaseKeys = ["host", "port", "database", "user", "password", "url", "tlsMode", "ca.crt"];
const bucketKeys = ["endpoint", "region", "bucket", "accessKeyId", "secretAccessKey", "ca.crt"];

/** The logical name of the Secret that a binding of a function gets. */
const bindingName = (functionName: string, { prefix }: BindingConfiguration): string =>
    `${functionName}-${prefix.toLowerCase().replaceAll("_", "-")}-binding`;

/** What is wrong with what functions are bound to, by the keys of the configuration. */
export function validateBindings(configuration: Configuration): Fault[] {
    const checks = new Checks();
    const names = new Map<string, string>();
    for (const [functionName, { bindings }] of Object.entries(configuration.functions)) {
        checks.at(`functions.${functionName}`).list("bindings", bindings, (binding, nested) => {
            checkTarget(nested, binding, configuration);
            const name = bindingName(functionName, binding);
            const earlier = names.get(name);
            if (earlier !== undefined) {
                nested.fault("prefix", `would give a Secret the name "${name}", as ${earlier} does; choose another`);
            }
            names.set(name, `functions.${functionName}`);
        });
    }
    return checks.faults;
}

function checkTarget(checks: Checks, { database, user, bucket }: BindingConfiguration, all: Configuration): void {
    const { databases, storage } = all;
    checkKnown(checks, "database", "database", database, Object.keys(databases));
    checkKnown(checks, "bucket", "bucket", bucket, bucketsOf(storage));
    const target = targetInConfiguration({ database, bucket }, all);
    if (!target || user === undefined) {
        return;
    }
    const { users, known, what, key } = target;
    if (known.includes(user) && !users.includes(user)) {
        const usable = users.map((each) => `"${each}"`).join(", ");
        checks.fault(
            "user",
            `is "${user}", who has no rights on ${what}; use ${users.length > 1 ? "one of " : ""}${usable}, ` +
                `or give rights in ${key}.${user}`,
        );
    } else {
        checks.oneOf("user", user, users);
    }
}

/** What a binding leads to, as the configuration has it. */
interface ConfiguredTarget {
    /** In words. */
    what: string;
    /** Who may be named: those with rights on it. */
    users: string[];
    /** The users that the configuration gives beside it, with rights and without. */
    known: string[];
    /** Where they stand. */
    key: string;
}

/** Nothing where a binding leads to nothing. */
function targetInConfiguration(
    { database, bucket }: Pick<BindingConfiguration, "database" | "bucket">,
    { databases, storage }: Configuration,
): ConfiguredTarget | undefined {
    const given = database === undefined ? undefined : databases[database];
    if (database !== undefined && given) {
        return {
            what: `the database "${database}"`,
            users: usersOf(database, given),
            known: Object.keys(given.users ?? {}),
            key: `databases.${database}.users`,
        };
    }
    if (bucket !== undefined && storage?.buckets[bucket]) {
        return {
            what: `the bucket "${bucket}"`,
            users: usersOfBucket(bucket, storage),
            known: Object.keys(storage.users ?? {}),
            key: "storage.users",
        };
    }
    return undefined;
}

/** The bindings of a function before there is anything that they lead to. */
export function planBindings(name: string, { bindings }: FunctionConfiguration, namespace: string): FunctionBinding[] {
    return (bindings ?? []).map((binding) => {
        const { prefix, asFiles, database, secretName, keys } = binding;
        const known = database === undefined ? bucketKeys : databaseKeys;
        return {
            prefix,
            asFiles,
            binding: { namespace, secretName: secretName ?? bindingName(name, binding), keys: keys ?? known },
        };
    });
}

/** Where a function is that is bound. */
export interface BindingPlace {
    cluster: Cluster;
    namespace: string;
    /** What there is to be bound. */
    data: Data;
    /** What has to be there before. */
    dependsOn: pulumi.Resource;
}

/** Makes the Secrets by which a function reaches what it is bound to. */
export function createBindings(
    name: string,
    { bindings, labels }: FunctionConfiguration,
    { cluster, namespace, data, dependsOn }: BindingPlace,
): FunctionBinding[] {
    return (bindings ?? []).map((binding) => {
        const { prefix, asFiles, secretName, keys } = binding;
        const target = targetOf(binding, data);
        const place = { cluster, namespace, labels };
        const secret = bindingName(name, binding);
        if (target.connection) {
            const args = { ...place, connection: target.connection };
            return { prefix, asFiles, binding: bind(secret, args, { dependsOn }) };
        }
        if (target.store) {
            const args = { ...place, store: target.store };
            return { prefix, asFiles, binding: bindObjectStore(secret, args, { dependsOn }) };
        }
        return { prefix, asFiles, binding: { namespace, secretName: secretName!, keys: keys! } };
    });
}

/** What a binding leads to; nothing where it is a Secret that somebody else has made. */
function targetOf(
    { database, user, bucket }: BindingConfiguration,
    { databases, storage }: Data,
): { connection?: Connection; store?: ObjectStoreConnection } {
    if (database !== undefined) {
        const { connection, connections } = databases[database]!;
        return { connection: user === undefined ? connection : connections[user]! };
    }
    return bucket === undefined ? {} : { store: bucketAs(storage!, bucket, user) };
}

/** Opens the network from a function's pods, and from no others, to each server that it is bound to. */
export function openNetwork(
    name: string,
    { pods: peer }: FaasFunction,
    { bindings = [], labels }: FunctionConfiguration,
    { cluster, data: { databases, storage }, dependsOn }: Omit<BindingPlace, "namespace">,
): void {
    const bound = new Set(bindings.flatMap(({ database }) => database ?? []));
    for (const database of bound) {
        const { endpoint, port } = databases[database]!.connection;
        allowFrom(`${name}-to-database-${database}`, { cluster, endpoint, port, peer, labels }, { dependsOn });
    }
    const [bucket] = bindings.flatMap((binding) => binding.bucket ?? []);
    if (bucket !== undefined) {
        const { network } = bucketAs(storage!, bucket);
        const access = { cluster, endpoint: network, port: storage!.component.port, peer, labels };
        allowFrom(`${name}-to-storage`, access, { dependsOn });
    }
}
