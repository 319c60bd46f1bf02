import * as pulumi from "@pulumi/pulumi";
import { type Connection, type Telemetry, TlsMode } from "../core/contracts";
import { generatedKey, generatedPassword } from "../core/credentials";
import { dataInputs, guardData, guardUpdate } from "../core/data-guard";
import { assertValid } from "../core/errors";
import { inCluster } from "../core/provider";
import { whenReady, type WhenReady } from "../core/ready";
import { createAccess } from "./access-job";
import type { StatefulDatabaseArgs } from "./args";
import { backupAlerts, createBackups } from "./backup";
import { createCertificates } from "./certificates";
import type { ServerAddress, ServerUser } from "./engine";
import { type DatabasePlan, planDatabase } from "./plan";
import { primaryInputs, primaryLosses } from "./primary-guard";
import { claim, createServer, type Server, siteOf, type Site } from "./server";
import { versionInputs, versionLosses } from "./upgrade-guard";
import { validateStatefulDatabase } from "./validate";
import { volumeAlerts } from "./volume-alerts";

const saltBytes = 16;

/**
 * A database server in the cluster: one pod, or a primary with copies that follow it, each with a volume of its own;
 * TLS everywhere, generated passwords, and a network that admits only who is named. The hosts and URLs of its connections
 * are there when databases and users are, and all that `restore` brings: what is made of them waits for it.
 *
 * @example
 * ```ts
 * const data = new HardenedNamespace("data", { cluster, deletion: Deletion.Retain });
 * const orders = new StatefulDatabase("orders", {
 *     cluster,
 *     namespace: data.name,
 *     engine: DatabaseEngine.PostgreSql,
 *     replicas: 2,
 *     storage: { size: "20Gi" },
 *     users: { report: { reads: ["orders"] } },
 * });
 * const binding = bind("shop-orders", { cluster, namespace: "shop", connection: orders.connection });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class StatefulDatabase extends pulumi.ComponentResource {
    /** The first database, as the user to whom it belongs; always at the primary. */
    readonly connection: Connection;
    /** Every user by name, at the primary: in the database that the user owns, else in the first that it may read. */
    readonly connections: Record<string, Connection>;
    /** The first database on any of the servers, the primary among them. What it reads may be a little old. */
    readonly readConnection: Connection;
    readonly telemetry: Telemetry;

    constructor(name: string, args: StatefulDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`StatefulDatabase ${name}`, validateStatefulDatabase(name, args));
        const plan = planDatabase(name, args);
        super(
            "kubernetes-faas:index:StatefulDatabase",
            name,
            {
                ...dataInputs({ fixed: { engine: plan.engine.engine }, sizes: {} }),
                ...versionInputs(plan, args),
                ...primaryInputs(plan),
            },
            guarded(inCluster(args.cluster, opts)),
        );

        const site = siteOf(this, name, args, plan);
        const certificates = createCertificates(site);
        const server = createServer(site, certificates.secretName);
        const users = createUsers(this, name, plan);
        const access = createAccess(site, { server, users, certificatesName: certificates.secretName });
        const restore = createBackups(site, { server, certificatesName: certificates.secretName, access });

        const ready = whenReady(this, name, restore ? [access, restore] : [access]);
        const connect = (user: ServerUser, address: ServerAddress): Connection =>
            connectionOf(site, user, address, { caCertificate: certificates.caCertificate, ready });
        this.connections = Object.fromEntries(users.map((user) => [user.name, connect(user, server.address)]));
        this.connection = this.connections[users[0]!.name]!;
        this.readConnection = connect(users[0]!, { ...server.address, host: server.anyHost, forReads: true });
        this.telemetry = telemetryOf(site, server);
        this.registerOutputs({
            connection: this.connection,
            connections: this.connections,
            readConnection: this.readConnection,
            telemetry: this.telemetry,
        });
    }
}

/** Refuses updates that would lose data, or the server that has it. */
function guarded(opts: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
    const versionKept = guardUpdate(guardData(opts), "kubernetes-faas:keep-version", versionLosses);
    return guardUpdate(versionKept, "kubernetes-faas:keep-primary", primaryLosses);
}

function createUsers(parent: pulumi.Resource, name: string, { users }: DatabasePlan): ServerUser[] {
    return users.map(({ name: user, reads, writes, rotation }) => ({
        name: user,
        password: generatedPassword(`${name}-${user}`, { rotation }, { parent }).password,
        salt: generatedKey(`${name}-${user}-salt`, { bytes: saltBytes, rotation }, { parent }).base64,
        reads,
        writes,
    }));
}

/** A user's way in: to the database that the user owns, else to the first one that it may use. */
function connectionOf(
    { plan, pods }: Site,
    { name: user, password, reads, writes }: ServerUser,
    address: ServerAddress,
    { caCertificate, ready }: { caCertificate: pulumi.Output<string>; ready: WhenReady },
): Connection {
    const { engine, databases } = plan;
    const owned = databases.find(({ owner }) => owner === user)?.name;
    const login = {
        host: ready(address.host),
        port: engine.port,
        database: owned ?? writes[0] ?? reads[0] ?? databases[0]!.name,
        user,
        password,
        tlsMode: TlsMode.Verified,
        caCertificate,
    };
    return {
        engine: engine.engine,
        ...login,
        url: pulumi.secret(ready(engine.url(login, address))),
        endpoint: { pods },
    };
}

function telemetryOf({ args, name, plan, pods }: Site, { job }: Server): Telemetry {
    const { engine, replicas, synchronousCopies, resourceName } = plan;
    const namespace = typeof args.namespace === "string" ? args.namespace : undefined;
    const volumes = volumeAlerts({ resourceName, claim, namespace });
    const backups = args.backup ? backupAlerts({ name, resourceName, namespace }, args.backup) : [];
    return {
        targets: [{ name: job, ...pods, port: engine.metricsPort }],
        alerts: [...engine.alerts(job, replicas, synchronousCopies), ...volumes, ...backups],
        dashboards: [engine.dashboard(name, job)],
    };
}
