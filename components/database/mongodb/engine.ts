import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { DatabaseEngine } from "../../core/contracts";
import { image } from "../../core/images";
import { type Checks, QuantityKind } from "../../core/validation";
import type { WorkloadContainer } from "../../core/workload";
import type { StatefulDatabaseArgs } from "../args";
import type { AccessFacts, AccessJob, Engine, Login, ServerAddress, ServerPlace, ServerPods } from "../engine";
import { fileMounts, serverMounts } from "../mounts";
import { prepareContainer } from "../prepare";
import { notingPrepare, readScript } from "../scripts";
import { versionVariables } from "../versions";
import { certificateUsers, clients, rolesOf } from "./access";
import type { SetPlan } from "./access-script";
import { folders, mongodConf, ownSettings, setName, settingBelow, settingName } from "./settings";
import { mongodbAlerts, mongodbDashboard } from "./telemetry";

const port = 27017;
const metricsPort = 9216;

/** Releases between these, such as 8.3, lose support soon after the next one comes: https://endoflife.date/mongodb */
const images = { "8.0": "mongodb-8.0", "7.0": "mongodb-7.0" } as const;

/**
 * A member reads what the release before it has written, and the set's features stay those of that release until the Job
 * raises them: https://www.mongodb.com/docs/manual/release-notes/8.0-upgrade-replica-set/. By them the server itself
 * refuses data of any other release: https://www.mongodb.com/docs/manual/reference/exit-codes/ (62). Before they are raised it
 * would start on files that a newer release has written, which the makers support for nobody of the Community edition
 * (https://www.mongodb.com/docs/manual/release-notes/8.0-downgrade/): `prepare.sh` refuses that.
 */
const upgradesFrom: NonNullable<Engine["upgradesFrom"]> = { "8.0": ["7.0"] };

/** As many as vote: https://www.mongodb.com/docs/manual/reference/limits/#replica-sets */
const mostMembers = 7;

/** 1,008 of the 1,024 characters that a key file may have. */
const keyBytes = 756;

/**
 * MongoDB Community from the image that Docker publishes, always as a replica set, whose own entry point is left out: it
 * asks for logins only while two variables are set (docker-library/mongo@2c69a57 docker-entrypoint.sh).
 */
export const mongodb: Engine = {
    engine: DatabaseEngine.MongoDb,
    title: "MongoDB",
    images,
    upgradesFrom,
    port,
    metricsPort,
    uid: 999,
    // The primary hands over first, and waits up to 15 seconds for a member that has everything; then all is written.
    gracePeriodSeconds: 90,
    // A member that starts seems to have no configuration until it has read it, and counts as ready meanwhile.
    minReadySeconds: 15,
    // The last one holds the names of restores.
    reserved: { databases: ["admin", "config", "local", "kubernetes_faas"], users: ["admin"] },
    settingName,
    ownSettings,
    clients,
    keys: { keyfile: keyBytes },
    electsPrimary: true,
    backup: {
        script: (file) => ["tools.sh", file].map((each) => readScript(DatabaseEngine.MongoDb, each)).join("\n"),
    },
    check,
    files: ({ memory, settings }) => ({
        "mongod.conf": pulumi.output(memory).apply((known) => mongodConf({ port, memory: known, settings })),
        "prepare.sh": notingPrepare(DatabaseEngine.MongoDb),
        "ask-members.js": shellModule("ask-members"),
        "ready.sh": readScript(DatabaseEngine.MongoDb, "ready.sh"),
    }),
    pods: serverPods,
    access: accessJob,
    url: connectionUrl,
    alerts: mongodbAlerts,
    dashboard: mongodbDashboard,
};

/** A compiled module for mongosh. The map itself is not there, so the line that names it goes. */
function shellModule(name: string): string {
    return fs.readFileSync(path.join(__dirname, `${name}.js`), "utf8").replace(/^\/\/# sourceMappingURL=.*\n?/m, "");
}

function check(checks: Checks, { replicas = 1, resources, settings }: StatefulDatabaseArgs): void {
    if (Number.isInteger(replicas) && replicas > 0) {
        checkMembers(checks, replicas);
    }
    // WiredTiger's smallest cache is half of it.
    checks.quantity("resources.limits.memory", resources?.limits?.memory, QuantityKind.Memory, { minimum: "512Mi" });
    checks.map("settings", settings, (key, _value, nested) => {
        const below = settingBelow(key, settings!);
        if (below !== undefined && !ownSettings.includes(key)) {
            nested.fault("", `is a section, which holds "${below}"; name a setting in it`);
        }
    });
}

function checkMembers(checks: Checks, replicas: number): void {
    if (replicas > mostMembers) {
        checks.fault("replicas", `is ${replicas}, but a replica set has at most ${mostMembers} members that vote`);
    } else if (replicas % 2 === 0) {
        checks.fault(
            "replicas",
            `is ${replicas}, but an even number of members survives no more failures than ${replicas - 1} do, since a ` +
                `majority elects the primary; use ${replicas - 1} or ${replicas + 1}`,
        );
    }
}

function serverPods(place: ServerPlace): ServerPods {
    const server = image(images[place.version as keyof typeof images]);
    const mounts = serverMounts(place, folders.volume, folders);
    return {
        initContainers: [
            prepareContainer(place, {
                image: server,
                folders,
                environment: {
                    HOME: "/tmp",
                    DATA: folders.data,
                    PORT: `${port}`,
                    ADMINISTRATOR: `CN=${clients.client}`,
                    ...versionVariables(place.version, upgradesFrom),
                },
                mounts,
                startsServer: true,
            }),
        ],
        containers: [
            {
                name: "mongodb",
                image: server,
                command: ["mongod", "--config", `${folders.settings}/mongod.conf`],
                environment: { HOME: "/tmp", PORT: `${port}`, CERTIFICATES: folders.certificates },
                ports: [{ name: "mongodb", port }],
                probes: probes(),
                // The image declares it as a volume.
                mounts: [...mounts, { volume: "configdb", path: "/data/configdb" }],
            },
            exporter(),
        ],
        volumes: [
            // It holds the server's key and the set's, which no disk of the node needs to see.
            { name: "run", emptyDir: { sizeLimit: "16Mi", inMemory: true } },
            { name: "configdb", emptyDir: { sizeLimit: "16Mi" } },
        ],
    };
}

/**
 * A member is ready when it can serve or be taken into a set (`ready.sh`). A restart is for a server that does not even take
 * connections: one that is filled, recovers or has no more connections to give would be no better for it.
 */
function probes(): WorkloadContainer["probes"] {
    return {
        // An hour for the recovery after a crash, before which the server does not listen: a restart would begin it anew.
        startup: { tcp: { port }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 720 },
        readiness: {
            command: ["bash", `${folders.settings}/ready.sh`],
            periodSeconds: 5,
            timeoutSeconds: 5,
            failureThreshold: 2,
        },
        liveness: { tcp: { port }, timeoutSeconds: 5, failureThreshold: 6 },
    };
}

function exporter(): WorkloadContainer {
    const tls = `tls=true&tlsCAFile=${folders.certificates}/ca.crt&tlsCertificateKeyFile=${folders.run}/monitor.pem`;
    return {
        name: "exporter",
        image: image("mongodb-exporter"),
        args: [
            "--compatible-mode",
            "--collector.diagnosticdata",
            "--collector.replicasetstatus",
            "--collector.dbstats",
        ],
        environment: { MONGODB_URI: `mongodb://127.0.0.1:${port}/?${tls}&authMechanism=MONGODB-X509` },
        ports: [{ name: "metrics", port: metricsPort }],
        probes: { readiness: { http: { path: "/" } }, liveness: { tcp: {} } },
        resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
        mounts: [
            ...fileMounts("certificates", folders.certificates, ["ca.crt"]),
            // Beside it lies the key file of the set, which opens all.
            ...fileMounts("run", folders.run, ["monitor.pem"]),
        ],
    };
}

function accessJob({ podHosts, version }: ServerAddress, { databases, users }: AccessFacts): AccessJob {
    const certificateFile = "/tmp/administrator.pem";
    const plan = pulumi.all([podHosts, users.map(({ password }) => password)]).apply(([hosts, passwords]): SetPlan => ({
        setName,
        version,
        hosts: hosts.map((host) => `${host}:${port}`),
        caFile: `${folders.certificates}/ca.crt`,
        certificateFile,
        certificates: certificateUsers,
        users: users.map((user, index) => ({
            name: user.name,
            password: passwords[index]!,
            roles: rolesOf(user, databases),
        })),
    }));
    const certificate = `${folders.certificates}/client.crt ${folders.certificates}/client.key`;
    return {
        files: {
            "plan.json": plan.apply((known) => JSON.stringify(known)),
            "access-script.js": shellModule("access-script"),
        },
        container: {
            command: [
                "sh",
                "-c",
                `umask 077; cat ${certificate} >${certificateFile}; exec mongosh --nodb --norc --quiet ` +
                    `--eval 'require("/access/access-script.js").main(connect, require("/access/plan.json"))'`,
            ],
            environment: { HOME: "/tmp" },
            resources: { requests: { memory: "128Mi" }, limits: { memory: "512Mi" } },
            mounts: [
                { volume: "access", path: "/access" },
                { volume: "certificates", path: folders.certificates },
            ],
        },
    };
}

/** Names every member, so that the client finds the primary whichever of them is away. */
function connectionUrl(
    { user, password, database }: Login,
    { podHosts, forReads }: ServerAddress,
): pulumi.Output<string> {
    return pulumi.all([user, password, database, podHosts]).apply(([name, secret, known, hosts]) => {
        const members = hosts.map((host) => `${host}:${port}`).join(",");
        const login = `${encodeURIComponent(name)}:${encodeURIComponent(secret)}`;
        const reads = forReads ? "&readPreference=secondaryPreferred" : "";
        return `mongodb://${login}@${members}/${encodeURIComponent(known)}?replicaSet=${setName}&tls=true&authSource=admin${reads}`;
    });
}
