import type { StatefulDatabaseArgs } from "./args";
import type { OwnedDatabase, Engine } from "./engine";
import { engines } from "./engines";
import { newestVersion } from "./versions";

/** A user of the plan, before there is a password. */
export interface PlannedAccess {
    name: string;
    reads: readonly string[];
    writes: readonly string[];
    rotation: StatefulDatabaseArgs["rotation"];
}

/** The arguments of a {@link StatefulDatabase} without gaps. */
export interface DatabasePlan {
    engine: Engine;
    version: string;
    replicas: number;
    /** Ordinal of the pod that is to take writes, where the pods don't elect it. */
    primary: number;
    synchronousCopies: number;
    resourceName: string;
    /** The first one is the component's own. */
    databases: OwnedDatabase[];
    /** The first one is the component's own. */
    users: PlannedAccess[];
}

/** Completes arguments that are right. */
export function planDatabase(name: string, args: StatefulDatabaseArgs): DatabasePlan {
    const engine = engines[args.engine]!;
    const { database, user } = firstNames(name, args);
    return {
        engine,
        version: args.version ?? newestVersion(engine),
        replicas: args.replicas ?? 1,
        primary: args.primary ?? 0,
        synchronousCopies: args.synchronousCopies ?? 0,
        resourceName: args.resourceName ?? name,
        databases: [
            { name: database, owner: user },
            ...Object.entries(args.databases ?? {}).map(([each, { owner }]) => ({ name: each, owner: owner ?? user })),
        ],
        users: [
            { name: user, reads: [], writes: [], rotation: args.rotation },
            ...Object.entries(args.users ?? {}).map(([each, { reads, writes, rotation }]) => ({
                name: each,
                reads: reads ?? [],
                writes: writes ?? [],
                rotation,
            })),
        ],
    };
}

/** The first database, and the user to whom it belongs: both carry the component's name unless others are given. */
export function firstNames(
    name: string,
    { engine, database, user }: Pick<StatefulDatabaseArgs, "engine" | "database" | "user">,
): { database: string; user: string } {
    const only = engines[engine]?.onlyDatabase;
    const first = database ?? only ?? defaultDatabase(name);
    return { database: first, user: user ?? (only === undefined ? first : defaultDatabase(name)) };
}

/** The database that carries a component's name. */
export function defaultDatabase(name: string): string {
    return name.toLowerCase().replace(/[^a-z0-9]/g, "_");
}
