import type * as pulumi from "@pulumi/pulumi";
import type { AlertRule, Connection, Dashboard, DatabaseEngine } from "../core/contracts";
import type { ImageKey } from "../core/images";
import type { WorkloadContainer, WorkloadVolume } from "../core/workload";

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

/** Where a server lives in the cluster. */
export interface ServerPlace {
    /** Name of the StatefulSet; its pods are NAME-0 and so on. */
    name: string;
    namespace: pulumi.Input<string>;
    version: string;
    /** The memory limit. */
    memory: pulumi.Input<string>;
    settings: Record<string, string>;
    /** Name of the volume's claim template. */
    claim: string;
}

/** What a server's databases and users should be. */
export interface AccessFacts {
    replicas: number;
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
     * Beside `config` (the engine's `files`) and `certificates` (`ca.crt`, and `KEY.crt` and `KEY.key` of `server` and of each
     * of `clients`), which are there.
     */
    volumes: WorkloadVolume[];
}

/** All that the shared component needs to know about a server. */
export interface Engine {
    readonly engine: DatabaseEngine;
    /** How people call it: `PostgreSQL`. */
    readonly title: string;
    /** Images by major version, the newest first. */
    readonly images: Readonly<Record<string, ImageKey>>;
    readonly port: number;
    readonly metricsPort: number;
    /** User and group of the image. */
    readonly uid: number;
    readonly gracePeriodSeconds: number;
    /** Names that the server keeps to itself. */
    readonly reserved: { databases: readonly string[]; users: readonly string[] };
    /** Settings that the component lives by. */
    readonly ownSettings: readonly string[];
    /** Common names of certificates for clients, by the key of their files. */
    readonly clients: Readonly<Record<string, string>>;
    /** Files of the configuration, none of them secret. */
    files(place: ServerPlace): Record<string, pulumi.Input<string>>;
    pods(place: ServerPlace): ServerPods;
    access(host: pulumi.Input<string>, facts: AccessFacts): AccessJob;
    url(connection: Omit<Connection, "url" | "engine" | "endpoint">): pulumi.Output<string>;
    /** @param job the scrape job, which tells this server from others */
    alerts(job: string, replicas: number): AlertRule[];
    dashboard(instance: string, job: string): Dashboard;
}
