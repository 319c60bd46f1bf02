import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, DatabaseEngine, PodPeer } from "../core/contracts";
import type { Deletion } from "../core/deletion";
import type { Labels } from "../core/labels";
import type { Placement } from "../core/placement";
import type { Registry } from "../core/registry";
import type { Resources } from "../core/workload";
import type { DatabaseBackupArgs, DatabaseRestoreArgs } from "./backup/args";

/** The volume of each pod of a database. */
export interface DatabaseStorage {
    /** Only grows, in place, where the storage class allows that. For example `10Gi`. */
    size: pulumi.Input<string>;
    /** Can't change later. @default the cluster's `traits.storageClass`, else its default class */
    storageClass?: pulumi.Input<string>;
    /**
     * The volumes are in the cluster already, left by a database that retained them: they are taken over with their data,
     * which gets new passwords. A volume that is missing fails the preview. May stay once it is done, until `replicas` grows.
     * `version` has to be given with it, where the engine would take older data over.
     *
     * @default false
     */
    adopt?: boolean;
}

/** A database of a server beside the first one. */
export interface ServerDatabaseArgs {
    /** The user to whom its tables belong. @default the user of the first database */
    owner?: string;
}

/** A user of a server beside the first one. The password is generated. */
export interface DatabaseUserArgs {
    /** Databases of which the user may read every table. @default none */
    reads?: string[];
    /** Databases of which the user may read and change every table, but make none. @default none */
    writes?: string[];
    /** Another text gives the user another password. @default never rotated */
    rotation?: pulumi.Input<string>;
}

/** Arguments of a {@link StatefulDatabase}. */
export interface StatefulDatabaseArgs {
    cluster: Cluster;
    /** The namespace, which must be there: for data, one that stays. */
    namespace: pulumi.Input<string>;
    /** Which server. Can't change later: the data would be lost. */
    engine: DatabaseEngine;
    /**
     * The version as far as it says how data is written: `18`, or `8.10` for Redis. A newer one, when it is given here, takes the
     * data over in place where the engine's makers promise that, pod by pod and for good. Any other change is refused:
     * make a second database, dump and restore. Give it for data that is to stay, since the default moves with the library, and
     * data never moves with it.
     * @default the newest that the engine's description knows
     */
    version?: string;
    /**
     * How many servers: 1, or one primary that takes writes and copies that follow it. Copies are a warm reserve and
     * take reads, and they are no backup. None of them becomes the primary by itself, but with MongoDB, whose members
     * elect one as long as most of them are up.
     * @default 1
     */
    replicas?: number;
    /**
     * Ordinal of the pod that takes writes. Another one rolls the pods: the old primary stops, hands over when the new one has
     * everything, and follows it. PostgreSQL only.
     * @default 0
     */
    primary?: number;
    /**
     * How many copies must have a commit before it is one: less than `replicas`. While fewer are there, commits wait.
     * PostgreSQL only.
     * @default 0
     */
    synchronousCopies?: number;
    storage: DatabaseStorage;
    /** What becomes of the volumes when they leave the program. @default `protect` */
    deletion?: Deletion;
    /**
     * Name of the first database. Redis has one, `0`, and no others.
     * @default the component's name, with `_` for other characters than letters and digits
     */
    database?: string;
    /** The user to whom the first database belongs. @default like the database; for Redis the component's name, as above */
    user?: string;
    /** Another text gives the first user another password. @default never rotated */
    rotation?: pulumi.Input<string>;
    /** Further databases, by name. One that is left out later stays on the server. */
    databases?: Record<string, ServerDatabaseArgs>;
    /** Further users, by name. One that is left out later can't log in any more. */
    users?: Record<string, DatabaseUserArgs>;
    /** Settings of the server, by the engine's own names. @default what suits the memory, and TLS everywhere */
    settings?: Record<string, string>;
    /** @default requests of 100m and 256Mi, a limit of 512Mi of memory */
    resources?: Resources;
    /** Regular backups into an object store, and the regular proof that they can be restored. @default none */
    backup?: DatabaseBackupArgs;
    /** Fills the databases from a backup, once, while they are empty. @default they begin empty */
    restore?: DatabaseRestoreArgs;
    /** Pods that may connect; see also `allowFrom`. @default none */
    callers?: PodPeer[];
    placement?: Placement;
    registry?: Registry;
    labels?: Labels;
    /** Name of the objects in the cluster. @default the logical name */
    resourceName?: string;
}
