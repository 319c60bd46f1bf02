import type { MinIoArgs, MinIoBucketArgs, MinIoPool, MinIoUserArgs } from "./args";

/** A pool without gaps. */
export interface PlannedPool extends MinIoPool {
    volumes: number;
    /** Name of its StatefulSet. */
    resourceName: string;
    /** The part of the application, for labels: `server`, `server-1`. */
    component: string;
    /** Its property path: nothing for the first one, else `pools[0].` and so on. */
    path: string;
}

/** A user of the store, before there is a key. */
export interface PlannedUser extends MinIoUserArgs {
    name: string;
}

/** The arguments of a {@link MinIo} without gaps. */
export interface MinIoPlan {
    resourceName: string;
    region: string;
    pools: PlannedPool[];
    buckets: Record<string, MinIoBucketArgs>;
    /** Those of the buckets first. */
    users: PlannedUser[];
}

/** Completes arguments that are right. */
export function planMinIo(name: string, args: MinIoArgs): MinIoPlan {
    const resourceName = args.resourceName ?? name;
    const buckets = args.buckets ?? {};
    return {
        resourceName,
        region: args.region ?? defaultRegion,
        pools: poolsOf(args).map((pool, index) => ({
            ...pool,
            volumes: pool.volumes ?? 1,
            resourceName: index === 0 ? resourceName : `${resourceName}-pool-${index}`,
            component: index === 0 ? "server" : `server-${index}`,
            path: index === 0 ? "" : `pools[${index - 1}].`,
        })),
        buckets,
        users: [
            ...Object.entries(buckets).map(([bucket, { rotation }]) => ({ name: bucket, writes: [bucket], rotation })),
            ...Object.entries(args.users ?? {}).map(([user, rights]) => ({ name: user, ...rights })),
        ],
    };
}

const defaultRegion = "us-east-1";

/** The servers that the store began with, and what came later. */
export function poolsOf({ servers = 1, volumes = 1, storage, pools = [] }: MinIoArgs): MinIoPool[] {
    return [{ servers, volumes, storage }, ...pools];
}
