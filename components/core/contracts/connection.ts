import type * as pulumi from "@pulumi/pulumi";
import type { PodPeer } from "./service";

/** The database engines. */
export const DatabaseEngine = {
    MariaDb: "mariadb",
    MongoDb: "mongodb",
    MySql: "mysql",
    PostgreSql: "postgresql",
    Redis: "redis",
} as const;
export type DatabaseEngine = (typeof DatabaseEngine)[keyof typeof DatabaseEngine];

/** How much a client checks of the server's certificate. */
export const TlsMode = { Off: "off", Required: "required", Verified: "verified" } as const;
export type TlsMode = (typeof TlsMode)[keyof typeof TlsMode];

/** Where a server is, for network rules: pods of this cluster, or addresses outside of it. */
export interface Endpoint {
    /** The server's pods, when it runs in this cluster. */
    pods?: PodPeer;
    /** CIDRs of the server, when it runs elsewhere. */
    cidrs?: pulumi.Input<pulumi.Input<string>[]>;
}

/** How to reach and log in to a database. Made by the components in `components/database`. */
export interface Connection {
    engine: DatabaseEngine;
    host: pulumi.Input<string>;
    port: pulumi.Input<number>;
    database: pulumi.Input<string>;
    user: pulumi.Input<string>;
    /** Secret. */
    password: pulumi.Input<string>;
    tlsMode: pulumi.Input<TlsMode>;
    /** PEM certificate of the authority that signed the server's certificate. */
    caCertificate?: pulumi.Input<string>;
    /** All of the above in one URL. Secret. */
    url: pulumi.Input<string>;
    endpoint: Endpoint;
}
