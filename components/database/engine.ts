import type * as pulumi from "@pulumi/pulumi";
import type { AlertRule, Connection, Dashboard, DatabaseEngine } from "../core/contracts";
import type { ImageKey } from "../core/images";
import type { Checks } from "../core/validation";
import type { WorkloadContainer, WorkloadVolume } from "../core/workload";
import type { StatefulDatabaseArgs } from "./args";

/** A database and the user to whom it belongs. */
export interface OwnedDatabase {
    name: string;
    owner: string;
}

/** A user with a password that was generated. */
export interface ServerUser {
    name: string;
    /** Secret. */
    password: pulumi.Output<string>;
    /** 16 random bytes in base64 for whatever is made of the password; secret. */
    salt: pulumi.Output<string>;
    reads: readonly string[];
    writes: readonly string[];
}

/** A user's way in. */
export type Login = Omit<Connection, "url" | "engine" | "endpoint">;

/** Where a server lives in the cluster. */
export interface ServerPlace {
    /** Name of the StatefulSet; its pods are NAME-0 and so on. */
    name: string;
    namespace: pulumi.Input<string>;
    version: string;
    replicas: number;
    /** Ordinal of the pod that is to take writes, where the pods don't elect it. */
    primary: number;
    /** How many copies must have a commit before it is one. */
    synchronousCopies: number;
    /** Hosts of the pods, by their ordinals. */
    podHosts: pulumi.Output<string>[];
    /** The memory limit. */
    memory: pulumi.Input<string>;
    settings: Record<string, string>;
    /** Name of the volume's claim template. */
    claim: string;
    /** The volumes were there before, with their data. @default false */
    adopted?: boolean;
}

/** Where clients of a server find it. */
export interface ServerAddress {
    /** The client only reads, and so may be led to a copy. */
    forReads?: boolean;
    version: string;
    /** Host behind which the pod is that takes writes; all pods, where these elect it. */
    host: pulumi.Output<string>;
    /** Hosts of the pods, by their ordinals. */
    podHosts: pulumi.Output<string>[];
}

/** What a server's databases and users should be. */
export interface AccessFacts {
    replicas: number;
    /** Ordinal of the pod that is to take writes, where the pods don't elect it. */
    primary: number;
    databases: readonly OwnedDatabase[];
    users: readonly ServerUser[];
}

/** What brings a server's databases and users to what they should be: a Job that may run any number of times. */
export interface AccessJob {
    /** Files of the Job, which may hold secrets. */
    files: Record<string, pulumi.Input<string>>;
    /** The container, whose mounts name the volumes `access` (the files) and `certificates`. */
    container: Omit<WorkloadContainer, "name" | "image">;
}

/** What the pods of a server are made of. */
export interface ServerPods {
    initContainers: WorkloadContainer[];
    /** The server first, then what measures it. */
    containers: WorkloadContainer[];
    /**
     * Beside `config` (the engine's `files`) and `certificates` (`ca.crt`, `KEY.crt` and `KEY.key` of `server` and of each of
     * `clients`, and the `keys`), which are there.
     */
    volumes: WorkloadVolume[];
}

/**
 * How the data is carried off and back: by three scripts for `sh` beside the engine's description, which run in its image as
 * its user, with a read-only root file system. They find in their environment BACKUP (the folder with the dumps, where nothing
 * else is), TMPDIR (an empty folder), and, but for `verify.sh`, ADDRESS and PORT of the server, CERTIFICATES (a folder) and
 * DATABASES (names with blanks between). They print no secret and none is in their command lines.
 *
 * - `dump.sh` writes one or more files for each database into BACKUP (no folders), and as the last one `manifest`: what was
 *   dumped and how much it is, one line a database. CERTIFICATES holds `ca.crt`, `backup.crt` and `backup.key` where `clients` has
 *   `backup`, and those of the `keys` whose names begin with `backup`: a login of the least rights that dump.
 * - `restore.sh` loads BACKUP into a server whose databases and users are there; CERTIFICATES holds all that `certificates`
 *   has. RESTORE names this restore: the script leaves the name on the server, and asks for it before it looks at BACKUP. Where
 *   it finds it, it does nothing and succeeds, even if BACKUP is empty; else it fails if BACKUP has no `manifest` or the server
 *   holds other data. After a kill it can be run again.
 * - `verify.sh` starts a server of its own in the empty folder SCRATCH, which only the pod reaches, loads BACKUP and compares
 *   it with `manifest`. It reaches no other server, and so ADDRESS, PORT, CERTIFICATES and DATABASES are not there.
 */
export interface EngineBackup {
    /** What the scripts need besides, none of it secret. For `verify.sh` it stays out. @default nothing */
    environment?(address: ServerAddress): Record<string, pulumi.Input<string>>;
    /** The text of one of the scripts, for engines that share them. @default the file beside the engine's description */
    script?(file: string): string;
}

/** All that the shared component needs to know about a server. */
export interface Engine {
    readonly engine: DatabaseEngine;
    /** How people call it: `PostgreSQL`. */
    readonly title: string;
    /** Images by version: as far as one server reads what another has written. One that leaves stays in `upgradesFrom`. */
    readonly images: Readonly<Record<string, ImageKey>>;
    /**
     * The versions whose data each version of `images` takes over in place, as its makers promise: its pods roll to it, one by
     * one, and `prepare.sh` refuses the data of any other version (RELEASE says which one the pod runs, TAKES_OVER whose data
     * that takes over). Also versions that have no image any more: their data is still about.
     *
     * @default none; a dump that is restored into another database is the way
     */
    readonly upgradesFrom?: Readonly<Record<string, readonly string[]>>;
    readonly port: number;
    readonly metricsPort: number;
    /** User and group of the image. */
    readonly uid: number;
    readonly gracePeriodSeconds: number;
    /** Seconds for which a pod has to stay ready before a roll goes on to the next one. @default 0 */
    readonly minReadySeconds?: number;
    /** The name of a server's one database, where it has no others. @default databases are made by their names */
    readonly onlyDatabase?: string;
    /** Names that the server keeps to itself. */
    readonly reserved: { databases: readonly string[]; users: readonly string[] };
    /** What names of settings look like. @default lower-case words */
    readonly settingName?: RegExp;
    /** Settings that the component lives by; a name with a `.` at its end stands for all below it. */
    readonly ownSettings: readonly string[];
    /** Common names of certificates for clients, by the key of their files. */
    readonly clients: Readonly<Record<string, string>>;
    /** Secrets that the pods share, by the name of their file: so many random bytes, in base64. */
    readonly keys?: Readonly<Record<string, number>>;
    /** The pods elect the one that takes writes, and clients find it: what leads to "the primary" leads to all pods. */
    readonly electsPrimary?: boolean;
    /** Another pod than the first can take the writes, and commits can wait for copies. */
    readonly handsOver?: boolean;
    /** A new copy is made of a primary of its own version alone. @default one of an older primary can be made, too */
    readonly copiesOwnVersionAlone?: boolean;
    readonly backup: EngineBackup;
    /** What only this engine refuses. */
    check?(checks: Checks, args: StatefulDatabaseArgs, firstUser: string): void;
    /** Files of the configuration, none of them secret. */
    files(place: ServerPlace): Record<string, pulumi.Input<string>>;
    pods(place: ServerPlace): ServerPods;
    access(address: ServerAddress, facts: AccessFacts): AccessJob;
    url(login: Login, address: ServerAddress): pulumi.Output<string>;
    /** @param job the scrape job, which tells this server from others */
    alerts(job: string, replicas: number, synchronousCopies: number): AlertRule[];
    dashboard(instance: string, job: string): Dashboard;
}
