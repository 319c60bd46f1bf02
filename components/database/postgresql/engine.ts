import * as pulumi from "@pulumi/pulumi";
import { DatabaseEngine } from "../../core/contracts";
import { image } from "../../core/images";
import type { WorkloadContainer } from "../../core/workload";
import type { AccessFacts, AccessJob, Engine, ServerAddress, ServerPlace, ServerPods } from "../engine";
import { fileMounts, monitorFiles, serverMounts } from "../mounts";
import { prepareContainer } from "../prepare";
import { readScript } from "../scripts";
import { loginUrl } from "../url";
import { accessSql } from "./access";
import { backup, closedHbaConf, folders, monitor, ownSettings, pgHbaConf, postgresqlConf } from "./settings";
import { postgresqlAlerts, postgresqlDashboard } from "./telemetry";
import { scramVerifier } from "./verifier";

const port = 5432;
const metricsPort = 9187;

const images = { "18": "postgresql-18", "17": "postgresql-17", "16": "postgresql-16" } as const;

/** What readies a pod, the first of them by means of the others. */
export const prepareScripts = ["prepare.sh", "pods.sh", "data.sh", "handover.sh"] as const;

/**
 * PostgreSQL from the image that Docker publishes, whose own entry point is left out: it makes a database that a kill
 * leaves half-made, and trusts whoever reaches 127.0.0.1 (docker-library/postgres@6edb0a8 docker-entrypoint.sh).
 */
export const postgresql: Engine = {
    engine: DatabaseEngine.PostgreSql,
    title: "PostgreSQL",
    images,
    port,
    metricsPort,
    uid: 999,
    // A shutdown writes all that is in memory; the image's Dockerfile calls 90 seconds short.
    gracePeriodSeconds: 120,
    // A database has its user's name unless one is given, so both keep away from both.
    reserved: {
        databases: ["postgres", "template0", "template1", monitor, backup],
        users: ["postgres", monitor, backup, "public", "none"],
    },
    ownSettings,
    clients: { client: "postgres", monitor, backup },
    handsOver: true,
    files: ({ memory, settings, synchronousCopies }) => ({
        "postgresql.conf": pulumi
            .output(memory)
            .apply((known) => postgresqlConf({ port, memory: known, settings, synchronousCopies })),
        "pg_hba.conf": pgHbaConf,
        "closed_hba.conf": closedHbaConf,
        ...Object.fromEntries(prepareScripts.map((file) => [file, readScript(DatabaseEngine.PostgreSql, file)])),
    }),
    backup: {
        script: (file) => ["databases.sh", file].map((each) => readScript(DatabaseEngine.PostgreSql, each)).join("\n"),
    },
    pods: serverPods,
    access: accessJob,
    url: (login) => loginUrl("postgresql", login, "sslmode=verify-full"),
    alerts: postgresqlAlerts,
    dashboard: postgresqlDashboard,
};

/** Where the volume is mounted, and the data in it: what the image declares as its volume, which moved with version 18. */
function dataFolders(version: string): { mount: string; data: string } {
    return Number(version) >= 18
        ? { mount: "/var/lib/postgresql", data: `/var/lib/postgresql/${version}/docker` }
        : { mount: "/var/lib/postgresql/data", data: "/var/lib/postgresql/data/pgdata" };
}

function serverPods(place: ServerPlace): ServerPods {
    const { mount, data } = dataFolders(place.version);
    const server = image(images[place.version as keyof typeof images]);
    const mounts = serverMounts(place, mount, folders);
    return {
        initContainers: [
            prepareContainer(place, {
                image: server,
                folders,
                environment: {
                    PRIMARY: `${place.primary}`,
                    VOLUME: mount,
                    PGDATA: data,
                    ...(place.adopted ? { ADOPTED: "true" } : {}),
                    PGPORT: `${port}`,
                },
                mounts,
                // To hand over.
                startsServer: true,
            }),
        ],
        containers: [
            {
                name: "postgresql",
                image: server,
                command: ["postgres", "-D", data, "-c", `config_file=${folders.settings}/postgresql.conf`],
                ports: [{ name: "postgresql", port }],
                probes: probes(),
                // Parallel queries share more memory than the 64 MiB that containers get.
                mounts: [...mounts, { volume: "shared-memory", path: "/dev/shm" }],
            },
            exporter(),
        ],
        volumes: [
            { name: "run", emptyDir: { sizeLimit: "16Mi" } },
            { name: "shared-memory", emptyDir: { sizeLimit: "128Mi", inMemory: true } },
        ],
    };
}

/** None of them logs in. By TCP: the server that `prepare.sh` starts for itself listens on no address. */
function probes(): WorkloadContainer["probes"] {
    const command = ["pg_isready", "-q", "-h", "127.0.0.1", "-p", `${port}`];
    // 1 is a server that refuses: it listens and recovers, which takes as long as it takes after a crash.
    const listens = ["sh", "-c", `${command.join(" ")} || [ $? -eq 1 ]`];
    return {
        startup: { command: listens, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
        readiness: { command, timeoutSeconds: 5 },
        // A server that recovers answers no query and must not be restarted for it.
        liveness: { tcp: { port }, timeoutSeconds: 5, failureThreshold: 6 },
    };
}

/** What a copy receives is not told unless asked for (prometheus-community/postgres_exporter@v0.20.1 collector/pg_stat_walreceiver.go). */
export const exporterFlags = ["--collector.stat_wal_receiver"];

/** How the exporter logs in: by a certificate, without a password. */
export function exporterLogin(address: string): string {
    const tls = `sslmode=verify-full&sslrootcert=${folders.certificates}/ca.crt`;
    const login = `sslcert=${folders.certificates}/monitor.crt&sslkey=${folders.certificates}/monitor.key`;
    return `postgresql://${monitor}@${address}/postgres?${tls}&${login}`;
}

function exporter(): WorkloadContainer {
    return {
        name: "exporter",
        image: image("postgres-exporter"),
        args: exporterFlags,
        environment: { DATA_SOURCE_NAME: exporterLogin(`127.0.0.1:${port}`) },
        ports: [{ name: "metrics", port: metricsPort }],
        probes: { readiness: { http: { path: "/" } }, liveness: { tcp: {} } },
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
        mounts: fileMounts("certificates", folders.certificates, monitorFiles),
    };
}

/** The server keeps what can be told from the password, and so nothing else goes to it. */
function accessJob({ host }: ServerAddress, { replicas, primary, databases, users }: AccessFacts): AccessJob {
    const verifiers = pulumi.all(
        users.map(({ password, salt }) =>
            pulumi.all([password, salt]).apply(([text, random]) => scramVerifier(text, random)),
        ),
    );
    const sql = verifiers.apply((known) =>
        accessSql({
            replicas,
            primary,
            databases,
            users: users.map(({ name, reads, writes }, index) => ({ name, reads, writes, verifier: known[index]! })),
        }),
    );
    return {
        files: { "access.sql": sql },
        container: {
            command: [
                "sh",
                "-c",
                // Until it takes writes: while they move to another pod, the address leads to one that does not.
                `until [ "$(psql -X -A -t -q -d postgres -c 'SELECT pg_is_in_recovery()')" = f ]; do sleep 2; done; ` +
                    "exec psql -X -q -d postgres -f /access/access.sql",
            ],
            environment: {
                PGHOST: host,
                PGPORT: `${port}`,
                PGUSER: "postgres",
                PGSSLMODE: "verify-full",
                PGSSLROOTCERT: `${folders.certificates}/ca.crt`,
                PGSSLCERT: `${folders.certificates}/client.crt`,
                PGSSLKEY: `${folders.certificates}/client.key`,
            },
            mounts: [
                { volume: "access", path: "/access" },
                { volume: "certificates", path: folders.certificates },
            ],
        },
    };
}
