import * as pulumi from "@pulumi/pulumi";
import { DatabaseEngine } from "../../core/contracts";
import { image } from "../../core/images";
import type { WorkloadContainer } from "../../core/workload";
import type { AccessFacts, AccessJob, Engine, ServerAddress, ServerPlace, ServerPods, ServerUser } from "../engine";
import { serverMounts } from "../mounts";
import { prepareContainer } from "../prepare";
import { notingPrepare, readScript } from "../scripts";
import { loginUrl } from "../url";
import { everyOlder, versionVariables } from "../versions";
import { accessCommands, passwordHash, RedisRights } from "./access";
import { folders, ownSettings, redisConf, serverCommand } from "./settings";
import { redisAlerts, redisDashboard } from "./telemetry";

const port = 6379;
const metricsPort = 9121;
const monitor = "monitoring";
/** Where the containers of a pod find its server. */
const loopback = "127.0.0.1";
const data = "/data/redis";

const images = {
    "8.10": "redis-8.10",
    "8.8": "redis-8.8",
    "8.6": "redis-8.6",
    "8.4": "redis-8.4",
    "8.2": "redis-8.2",
} as const;

/**
 * A server loads files of every format up to its own (`RDB_VERSION`, redis/redis@8.0.0 src/rdb.c), also as a copy of an older
 * primary. The makers exchange the server and keep its files:
 * https://redis.io/docs/latest/operate/oss_and_stack/install/upgrade/standalone
 */
const upgradesFrom = everyOlder(images);

const keyBytes = 32;

/**
 * Redis from the image that Docker publishes, whose own entry point is left out: it loads every module of the image
 * (redis/docker-library-redis@0d55be9 debian/docker-entrypoint.sh), whose data only a server with the same modules reads.
 */
export const redis: Engine = {
    engine: DatabaseEngine.Redis,
    title: "Redis",
    images,
    upgradesFrom,
    port,
    metricsPort,
    // redis/docker-library-redis@0076c90 debian/Dockerfile
    uid: 999,
    // A shutdown waits ten seconds for its copies (shutdown-timeout) and writes the rest of its log.
    gracePeriodSeconds: 60,
    onlyDatabase: "0",
    reserved: { databases: [], users: ["admin", "backup", "default", monitor] },
    settingName: /^[a-z][a-z0-9-]*$/,
    ownSettings,
    clients: {},
    keys: {
        "admin-password": keyBytes,
        "backup-password": keyBytes,
        "copies-password": keyBytes,
        "monitoring-password": keyBytes,
    },
    backup: {},
    files: ({ memory, settings }) => ({
        "redis.conf": pulumi.output(memory).apply((known) => redisConf({ port, memory: known, settings })),
        "prepare.sh": notingPrepare(DatabaseEngine.Redis),
        "probe.sh": readScript(DatabaseEngine.Redis, "probe.sh"),
    }),
    pods: serverPods,
    access: accessJob,
    url: (login) => loginUrl("rediss", login),
    alerts: redisAlerts,
    dashboard: redisDashboard,
};

function serverPods(place: ServerPlace): ServerPods {
    const server = image(images[place.version as keyof typeof images]);
    const environment = { ADDRESS: loopback, PORT: `${port}`, CERTIFICATES: folders.certificates };
    const mounts = serverMounts(place, "/data", folders);
    return {
        initContainers: [
            prepareContainer(place, {
                image: server,
                folders,
                environment: {
                    ...environment,
                    DATA: data,
                    EXPORTER: folders.exporter,
                    ...versionVariables(place.version, upgradesFrom),
                },
                mounts: [...mounts, { volume: "exporter", path: folders.exporter }],
                startsServer: false,
            }),
        ],
        containers: [
            {
                name: "redis",
                image: server,
                command: serverCommand(folders.run),
                environment: { ...environment, DATA: data },
                ports: [{ name: "redis", port }],
                probes: probes(),
                mounts,
            },
            exporter(),
        ],
        volumes: [
            // Both hold passwords, which no disk of the node needs to see.
            { name: "run", emptyDir: { sizeLimit: "1Mi", inMemory: true } },
            { name: "exporter", emptyDir: { sizeLimit: "1Mi", inMemory: true } },
        ],
    };
}

/** No open port as a sign of life: one that is opened and closed again is a line in the server's log each time. */
function probes(): WorkloadContainer["probes"] {
    const ask = (question: string): string[] => ["sh", `${folders.settings}/probe.sh`, question];
    return {
        // It answers while it loads its data, which takes as long as it takes.
        startup: { command: ask("lives"), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
        readiness: { command: ask("ready"), timeoutSeconds: 5 },
        liveness: { command: ask("lives"), timeoutSeconds: 5, failureThreshold: 6 },
    };
}

function exporter(): WorkloadContainer {
    return {
        name: "exporter",
        image: image("redis-exporter"),
        environment: {
            REDIS_ADDR: `rediss://${loopback}:${port}`,
            REDIS_USER: monitor,
            REDIS_PASSWORD_FILE: `${folders.exporter}/passwords.json`,
            REDIS_EXPORTER_TLS_CA_CERT_FILE: `${folders.exporter}/ca.crt`,
            // Settings hold the password of the copies, and its user may not read them.
            REDIS_EXPORTER_CONFIG_COMMAND: "-",
            // Else whoever reaches it could send it to any server.
            REDIS_EXPORTER_DISABLE_SCRAPE_ENDPOINT: "true",
        },
        ports: [{ name: "metrics", port: metricsPort }],
        probes: { readiness: { http: { path: "/health" } }, liveness: { tcp: {} } },
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
        mounts: [{ volume: "exporter", path: folders.exporter, readOnly: true }],
    };
}

/** The Job gets hashes and no user's password, since the server needs no more. */
function accessJob({ podHosts }: ServerAddress, { databases, users }: AccessFacts): AccessJob {
    const hashes = pulumi.all(users.map(({ password }) => pulumi.output(password).apply(passwordHash)));
    const owner = databases[0]!.owner;
    return {
        files: {
            "access.sh": readScript(DatabaseEngine.Redis, "access.sh"),
            "access.redis": hashes.apply((known) =>
                accessCommands(
                    users.map((user, index) => ({
                        name: user.name,
                        hash: known[index]!,
                        rights: rightsOf(user, owner),
                    })),
                ),
            ),
        },
        container: {
            command: ["sh", "/access/access.sh"],
            environment: {
                HOSTS: pulumi.all(podHosts).apply((hosts) => hosts.join(" ")),
                PORT: `${port}`,
                CERTIFICATES: folders.certificates,
                COMMANDS: "/access/access.redis",
                USERS: users.map(({ name }) => name).join(" "),
            },
            mounts: [
                { volume: "access", path: "/access" },
                { volume: "certificates", path: folders.certificates },
            ],
        },
    };
}

function rightsOf({ name, reads, writes }: ServerUser, owner: string): RedisRights {
    if (name === owner) {
        return RedisRights.Own;
    }
    if (writes.length > 0) {
        return RedisRights.Write;
    }
    return reads.length > 0 ? RedisRights.Read : RedisRights.None;
}
