import * as pulumi from "@pulumi/pulumi";
import { type ObjectStoreConnection, type ObjectStoreKey, ObjectStoreKind, type Telemetry } from "../../core/contracts";
import { generatedPassword } from "../../core/credentials";
import { type DataFacts, dataInputs, guardData } from "../../core/data-guard";
import { assertValid } from "../../core/errors";
import { inCluster } from "../../core/provider";
import { whenReady } from "../../core/ready";
import { createAccess } from "./access";
import type { MinIoArgs } from "./args";
import { createCertificates } from "./certificates";
import { type MinIoPlan, planMinIo } from "./plan";
import { createServer, port, type Site, siteOf } from "./server";
import { telemetryOf } from "./telemetry";
import { metricsUser, validateMinIo } from "./validate";

/** Characters of a user's secret. */
const secretLength = 40;

/**
 * A MinIO-compatible object store in the cluster: one server with a volume, or several of which some may be lost; TLS
 * everywhere, generated keys, no console, nothing public, and a network that admits only who is named. Each bucket has a
 * user whose key reaches that bucket and nothing else.
 *
 * It runs SILO, the fork of MinIO that is maintained: MinIO itself was archived in April 2026 with no image of its last
 * security release.
 *
 * @example
 * ```ts
 * const data = new HardenedNamespace("data", { cluster, deletion: Deletion.Retain });
 * const store = new MinIo("store", {
 *     cluster,
 *     namespace: data.name,
 *     servers: 4,
 *     storage: { size: "100Gi" },
 *     buckets: { media: {}, logs: { versioning: false, lifecycle: { expireDays: 30 } } },
 *     users: { report: { reads: ["logs"] } },
 * });
 * const binding = bindObjectStore("shop-media", { cluster, namespace: "shop", store: store.connections.media! });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class MinIo extends pulumi.ComponentResource {
    /** Each bucket, as its own user: reads, writes and deletes objects of it, and leaves their old versions alone. */
    readonly connections: Record<string, ObjectStoreConnection>;
    /** Keys of all users by their names; each bucket's own user has the bucket's name. */
    readonly keys: Record<string, ObjectStoreKey>;
    /** The administrator's key, for a person in need: it may do everything. */
    readonly rootKey: ObjectStoreKey;
    /** URL of the API, for clients in the cluster. */
    readonly endpoint: pulumi.Output<string>;
    /** The port that the pods listen on: what `allowFrom` takes beside a connection's `network`. */
    readonly port: pulumi.Output<number>;
    /** PEM certificate of the authority that signed the servers' certificate. */
    readonly caCertificate: pulumi.Output<string>;
    readonly telemetry: Telemetry;

    constructor(name: string, args: MinIoArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`MinIo ${name}`, validateMinIo(name, args));
        const plan = planMinIo(name, args);
        super("kubernetes-faas:index:MinIo", name, dataInputs(factsOf(plan)), guardData(inCluster(args.cluster, opts)));

        const site = siteOf(this, name, args, plan);
        const certificates = createCertificates(site);
        const server = createServer(site, certificates);
        const secrets = createSecrets(site);
        const ready = whenReady(this, name, [createAccess(site, server, secrets)]);

        this.endpoint = ready(pulumi.interpolate`https://${server.host}:${port}`);
        this.port = pulumi.output(port);
        this.caCertificate = certificates.caCertificate;
        this.rootKey = server.rootKey;
        this.keys = Object.fromEntries(
            plan.users.map((user) => [user.name, { id: user.name, secret: secrets[user.name]! }]),
        );
        this.connections = Object.fromEntries(
            Object.keys(plan.buckets).map((bucket) => [
                bucket,
                {
                    kind: ObjectStoreKind.MinIo,
                    endpoint: this.endpoint,
                    region: plan.region,
                    bucket,
                    key: this.keys[bucket]!,
                    caCertificate: this.caCertificate,
                    network: { pods: server.pods },
                },
            ]),
        );
        this.telemetry = telemetryOf(site, server, certificates, secrets[metricsUser]!);
        this.registerOutputs({
            connections: this.connections,
            keys: this.keys,
            rootKey: this.rootKey,
            endpoint: this.endpoint,
            port: this.port,
            caCertificate: this.caCertificate,
            telemetry: this.telemetry,
        });
    }
}

/** Secrets of all users, and of who reads the metrics. */
function createSecrets({ args, name, parent, plan: { users } }: Site): Record<string, pulumi.Output<string>> {
    const secret = (user: string, rotation?: pulumi.Input<string>) =>
        generatedPassword(`${name}-user-${user}`, { length: secretLength, rotation }, { parent }).password;
    return {
        ...Object.fromEntries(users.map((user) => [user.name, secret(user.name, user.rotation)])),
        [metricsUser]: secret(metricsUser, args.rotation),
    };
}

/** What a store's data depend on: they are spread over the drives there were, and a lock is for a bucket's whole life. */
function factsOf({ pools, buckets }: MinIoPlan): DataFacts {
    const drives = pools.flatMap(({ path, servers, volumes }) => [
        [`${path}servers`, servers],
        [`${path}volumes`, volumes],
    ]);
    const locks = Object.entries(buckets).map(([bucket, { objectLock }]) => [
        `buckets.${bucket}.objectLock`,
        objectLock ? "given" : "left out",
    ]);
    return {
        fixed: Object.fromEntries([...drives, ...locks]) as DataFacts["fixed"],
        sizes: { "pools.length": pools.length - 1 },
    };
}
