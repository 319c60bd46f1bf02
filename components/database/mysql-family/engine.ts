import * as pulumi from "@pulumi/pulumi";
import { DatabaseEngine } from "../../core/contracts";
import { image, type ImageKey } from "../../core/images";
import { type Checks, QuantityKind } from "../../core/validation";
import type { WorkloadContainer } from "../../core/workload";
import type { StatefulDatabaseArgs } from "../args";
import type { AccessFacts, AccessJob, Engine, ServerAddress, ServerPlace, ServerPods } from "../engine";
import { fileMounts, monitorFiles, serverMounts } from "../mounts";
import { prepareContainer } from "../prepare";
import { loginUrl } from "../url";
import { versionVariables } from "../versions";
import { accessSql, surplusSql } from "./access";
import { accountsSql, clients, ownDatabase, type ServiceRights } from "./accounts";
import { familyScript } from "./scripts";
import { checkSettings, dataFolder, exporterCnf, folders, ownSettings, port, serverCnf } from "./settings";
import { type FamilyMetrics, familyAlerts, familyDashboard } from "./telemetry";

const metricsPort = 9104;

/** Where the Job has its files. */
const accessFolder = "/access";

/** What one engine of the family does its own way, beside its `engine.sh`. */
export interface FamilyMember {
    engine: DatabaseEngine;
    title: string;
    images: Readonly<Record<string, ImageKey>>;
    /** Versions whose data each version takes over in place. */
    upgradesFrom: Readonly<Record<string, readonly string[]>>;
    /** See {@link Engine}. */
    copiesOwnVersionAlone?: boolean;
    /** The server's program. */
    program: string;
    /** The program that asks a server whether it is there. */
    pinger: string;
    /** Options of that program which check the server's certificate. */
    pingerOptions: readonly string[];
    /** Settings of its own for a memory limit, as a Kubernetes quantity. */
    settings(memory: string): Record<string, string>;
    /** Plugins that it needs, beside those that a user loads. @default none */
    plugins?: readonly string[];
    rights: ServiceRights;
    /** How a user with a password logs in, without the password: `IDENTIFIED ...`. */
    identified(password: string, salt: string): string;
    /** The longest name of a user. */
    longestUser: number;
    reservedUsers: readonly string[];
    metrics: FamilyMetrics;
}

/**
 * A server that speaks MySQL's protocol, from the image that Docker publishes, whose own entry point is left out: one that is
 * ended in its first start leaves half a database that it takes for a whole one (docker-library/mysql#439).
 */
export function familyEngine(member: FamilyMember): Engine {
    const { engine, title, images, upgradesFrom, copiesOwnVersionAlone, reservedUsers, metrics } = member;
    const kept = [...Object.values(clients), ownDatabase];
    return {
        engine,
        title,
        images,
        upgradesFrom,
        copiesOwnVersionAlone,
        port,
        metricsPort,
        uid: 999,
        // A shutdown writes what is in memory.
        gracePeriodSeconds: 120,
        // A database has its user's name unless one is given, so both keep away from both.
        reserved: {
            databases: ["mysql", "sys", "information_schema", "performance_schema", ...kept],
            users: ["root", "mysql", "public", ...reservedUsers, ...kept],
        },
        ownSettings,
        clients,
        backup: { script: (file) => familyScript(engine, file) },
        check(checks, args, firstUser) {
            checkSettings(checks, args.settings);
            checks.quantity("storage.size", args.storage?.size, QuantityKind.Storage, { minimum: "1Gi" });
            checkUsers(checks, args, firstUser, member);
        },
        files: ({ memory, settings }) => ({
            "server.cnf": pulumi
                .output(memory)
                .apply((known) =>
                    serverCnf({ memory: known, engine: member.settings(known), plugins: member.plugins, settings }),
                ),
            "exporter.conf": exporterCnf,
            "accounts.sql": accountsSql(member.rights),
            "prepare.sh": familyScript(engine, "prepare.sh"),
        }),
        pods: (place) => serverPods(member, place),
        access: (address, facts) => accessJob(member, address, facts),
        // `mysql` for MariaDB, too: that is the one which clients of either know.
        url: (login) => loginUrl("mysql", login, "ssl-mode=VERIFY_IDENTITY"),
        alerts: (job, replicas) => familyAlerts(title, metrics, job, replicas),
        dashboard: (instance, job) => familyDashboard(engine, title, metrics, instance, job),
    };
}

function checkUsers(
    checks: Checks,
    { users = {} }: StatefulDatabaseArgs,
    first: string,
    { title, longestUser }: FamilyMember,
): void {
    const check = (path: string, name: string): void => {
        if (name.length > longestUser) {
            checks.fault(path, `is "${name}" of ${name.length} characters, and ${title} takes at most ${longestUser}`);
        }
    };
    check("user", first);
    Object.keys(users).forEach((name) => {
        check(`users.${name}`, name);
    });
}

function serverPods(member: FamilyMember, place: ServerPlace): ServerPods {
    const server = image(member.images[place.version]!);
    const mounts = serverMounts(place, folders.volume, folders);
    return {
        initContainers: [
            prepareContainer(place, {
                image: server,
                folders,
                environment: {
                    PORT: `${port}`,
                    ...versionVariables(place.version, member.upgradesFrom),
                    DATA: dataFolder,
                },
                mounts,
                // A copy is loaded by it.
                startsServer: true,
            }),
        ],
        containers: [
            {
                name: member.engine,
                image: server,
                command: [member.program, `--defaults-file=${folders.settings}/server.cnf`],
                ports: [{ name: member.engine, port }],
                probes: probes(member),
                mounts,
            },
            exporter(),
        ],
        volumes: [{ name: "run", emptyDir: { sizeLimit: "64Mi" } }],
    };
}

function probes(member: FamilyMember): WorkloadContainer["probes"] {
    const command = pingCommand(member);
    return {
        // Ten minutes for the recovery after a crash.
        startup: { command, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
        readiness: { command, timeoutSeconds: 5 },
        // Not by a connection alone: the server counts each that does not log in as an attack.
        liveness: { command, timeoutSeconds: 5, failureThreshold: 6 },
    };
}

/**
 * Asks a pod's server whether it is there. By TCP: the one that `prepare.sh` starts for itself listens on no address. A full
 * server answers, too.
 */
export function pingCommand({ pinger, pingerOptions }: FamilyMember): string[] {
    const certificate = ["ca", "cert", "key"].map((kind) => {
        const file = kind === "ca" ? "ca.crt" : `monitor.${kind === "cert" ? "crt" : "key"}`;
        return `--ssl-${kind}=${folders.certificates}/${file}`;
    });
    return [
        pinger,
        "--no-defaults",
        "--host=127.0.0.1",
        `--port=${port}`,
        "--protocol=TCP",
        `--user=${clients.monitor}`,
        ...certificate,
        ...pingerOptions,
        "--connect-timeout=4",
        "--silent",
        "ping",
    ];
}

function exporter(): WorkloadContainer {
    return {
        name: "exporter",
        image: image("mysqld-exporter"),
        args: [`--config.my-cnf=${folders.settings}/exporter.conf`],
        ports: [{ name: "metrics", port: metricsPort }],
        probes: { readiness: { http: { path: "/" } }, liveness: { tcp: {} } },
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
        mounts: [
            { volume: "config", path: folders.settings },
            ...fileMounts("certificates", folders.certificates, monitorFiles),
        ],
    };
}

/** The server gets what it keeps of a password, and not the password. */
function accessJob(member: FamilyMember, { host }: ServerAddress, { databases, users }: AccessFacts): AccessJob {
    const identified = pulumi.all(
        users.map(({ password, salt }) =>
            pulumi.all([password, salt]).apply(([text, random]) => member.identified(text, random)),
        ),
    );
    const plan = identified.apply((known) => ({
        databases,
        users: users.map(({ name, reads, writes }, index) => ({ name, reads, writes, identified: known[index]! })),
    }));
    return {
        files: {
            "accounts.sql": accountsSql(member.rights),
            "access.sql": plan.apply(accessSql),
            "surplus.sql": plan.apply(surplusSql),
            "access.sh": familyScript(member.engine, "access.sh"),
        },
        container: {
            command: ["sh", `${accessFolder}/access.sh`],
            environment: {
                ADDRESS: host,
                PORT: `${port}`,
                ACCESS: accessFolder,
                CERTIFICATES: folders.certificates,
            },
            mounts: [
                { volume: "access", path: accessFolder },
                { volume: "certificates", path: folders.certificates },
            ],
        },
    };
}
