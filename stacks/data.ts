import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, FaasPlatform, Fault, StatefulDatabase } from "../components";
import { Checks } from "../components/core/validation";
import type { Configuration } from "./config/schema";
import { validateDataNames } from "./data-names";
import { createDataNamespaces, validateDataNamespaces } from "./data-namespaces";
import { createDatabases, validateDatabases } from "./databases";
import { bucketsOf, createStorage, type Store, validateStorage } from "./storage";

/** What of a stack holds data. */
export interface Data {
    databases: Readonly<Record<string, StatefulDatabase>>;
    storage?: Store;
}

/**
 * What is wrong with what holds data, by the keys of the configuration.
 *
 * @param platform without it nothing is looked at that depends on it
 */
export function validateData(
    configuration: Configuration,
    cluster: Cluster,
    platform: FaasPlatform | undefined,
): Fault[] {
    const checks = new Checks();
    const { databases, storage } = configuration;
    checks.at("databases").include(validateDatabases(databases, cluster, bucketsOf(storage)));
    if (storage) {
        checks.at("storage").include(validateStorage(storage, cluster));
    }
    checks.include(validateDataNames(configuration));
    if (platform) {
        checks.include(validateDataNamespaces(configuration, platform));
    }
    return checks.faults;
}

/**
 * Registers what holds data.
 *
 * @param dependsOn what has to be there before
 */
export function createData(configuration: Configuration, cluster: Cluster, dependsOn: pulumi.Resource[]): Data {
    const { databases, storage } = configuration;
    const namespaces = createDataNamespaces(configuration, cluster, dependsOn);
    const store = storage && createStorage(storage, cluster, namespaces);
    const buckets = store?.component.connections ?? {};
    return { databases: createDatabases(databases, { cluster, namespaces, buckets }), storage: store };
}

/** The outputs of what holds data: where it is, and how to log in, of which passwords, keys and URLs are secret. */
export function dataOutputs({ databases, storage }: Data): Record<string, unknown> {
    return { ...databaseOutputs(databases), ...(storage ? storageOutputs(storage) : {}) };
}

function databaseOutputs(databases: Data["databases"]): Record<string, unknown> {
    const entries = Object.entries(databases);
    if (entries.length === 0) {
        return {};
    }
    return {
        databases: Object.fromEntries(
            entries.map(
                ([
                    name,
                    {
                        connection: { engine, host, port },
                    },
                ]) => [name, { engine, host, port }],
            ),
        ),
        connections: Object.fromEntries(entries.map(([name, { connections }]) => [name, connections])),
    };
}

function storageOutputs({ kind, component: { endpoint, connections } }: Store): Record<string, unknown> {
    return { storage: { kind, endpoint, buckets: Object.keys(connections) }, stores: connections };
}
