import assert from "node:assert/strict";
import { parse } from "yaml";
import {
    DatabaseEngine,
    HardenedNamespace,
    StatefulDatabase,
    type StatefulDatabaseArgs,
    validateStatefulDatabase,
} from "../../../components";
import type { SetPlan } from "../../../components/database/mongodb/access-script";
import { mongodb } from "../../../components/database/mongodb/engine";
import { mongodConf } from "../../../components/database/mongodb/settings";
import { fakeCluster, manifests, record, valueOf } from "../../../components/testing";

async function objectsOf(changed: Partial<StatefulDatabaseArgs> = {}) {
    const { resources, result } = await record(() => {
        const cluster = fakeCluster();
        const data = new HardenedNamespace("data", { cluster });
        return new StatefulDatabase("orders", {
            cluster,
            namespace: data.name,
            engine: DatabaseEngine.MongoDb,
            storage: { size: "10Gi" },
            replicas: 3,
            ...changed,
        });
    });
    const objects = new Map(manifests(resources).map((object) => [`${object.kind} ${object.metadata.name}`, object]));
    return { resources, objects, database: result };
}

type Objects = Awaited<ReturnType<typeof objectsOf>>;

/** A part of an object, wherever it lies. */
function at<T>({ objects }: Objects, key: string, ...path: (string | number)[]): T {
    assert.ok(objects.has(key), `there is no ${key}, but ${[...objects.keys()].join(", ")}`);
    return path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], objects.get(key)) as T;
}

/** The content of a ConfigMap or Secret, by its logical name. */
function contentOf({ resources }: Objects, kind: "ConfigMap" | "Secret", name: string): Record<string, string> {
    const { inputs } = resources.find((each) => each.type === `kubernetes:core/v1:${kind}` && each.name === name)!;
    return (inputs.stringData ?? inputs.data) as Record<string, string>;
}

interface ExecProbe {
    exec: { command: string[] };
    timeoutSeconds: number;
    periodSeconds: number;
    failureThreshold: number;
}

interface Pod {
    initContainers: { env: { name: string; value?: string }[] }[];
    containers: { image: string; command: string[]; readinessProbe: ExecProbe; livenessProbe: object }[];
    volumes: { name: string; emptyDir?: { medium?: string } }[];
}

const podOf = (objects: Objects): Pod => at(objects, "StatefulSet orders", "spec", "template", "spec");

describe("a MongoDB database", () => {
    it("asks for logins and TLS by its own configuration, with the newest long-lived version by default", async () => {
        const objects = await objectsOf();
        const conf = parse(contentOf(objects, "ConfigMap", "orders-config")["mongod.conf"]!);
        assert.equal(conf.security.authorization, "enabled");
        assert.equal(conf.security.keyFile, "/run/mongodb/keyfile");
        assert.equal(conf.net.tls.mode, "requireTLS");
        assert.equal(conf.net.unixDomainSocket.enabled, false);
        assert.equal(conf.setParameter.enableLocalhostAuthBypass, false);
        assert.equal(conf.setParameter.suppressNoTLSPeerCertificateWarning, true);
        const server = podOf(objects).containers[0]!;
        assert.deepEqual(server.command, ["mongod", "--config", "/etc/mongodb/mongod.conf"]);
        assert.match(server.image, /mongo:8\.0\./);
        assert.match(podOf(await objectsOf({ version: "7.0" })).containers[0]!.image, /mongo:7\.0\./);
    });

    it("tells what prepares a pod which version it runs, and whose data that takes over", async () => {
        const told = async (version: string): Promise<Record<string, string | undefined>> => {
            const { env } = podOf(await objectsOf({ version })).initContainers[0]!;
            return Object.fromEntries(env.map(({ name, value }) => [name, value]));
        };
        const [newer, older] = [await told("8.0"), await told("7.0")];
        assert.deepEqual([newer["RELEASE"], newer["TAKES_OVER"]], ["8.0", "7.0"]);
        assert.deepEqual([older["RELEASE"], "TAKES_OVER" in older], ["7.0", false]);
    });

    it("keeps keys in memory and off the node's disk", async () => {
        const { volumes } = podOf(await objectsOf());
        assert.equal(volumes.find(({ name }) => name === "run")?.emptyDir?.medium, "Memory");
    });

    it("rolls on when a member can serve, and takes a moment's look of it for nothing", async () => {
        const objects = await objectsOf();
        const { readinessProbe, livenessProbe } = podOf(objects).containers[0]!;
        assert.deepEqual(readinessProbe.exec.command, ["bash", "/etc/mongodb/ready.sh"]);
        const script = contentOf(objects, "ConfigMap", "orders-config")["ready.sh"]!;
        const [, longest] = /timeout (\d+) openssl/.exec(script)!;
        assert.ok(Number(longest) < readinessProbe.timeoutSeconds, "it ends by itself before the kubelet ends it");
        assert.ok("tcpSocket" in livenessProbe, "a member that is filled for hours must not be restarted");
        const { minReadySeconds, podManagementPolicy } = at<Record<string, unknown>>(
            objects,
            "StatefulSet orders",
            "spec",
        );
        const noticed = readinessProbe.periodSeconds * readinessProbe.failureThreshold;
        assert.ok((minReadySeconds as number) > noticed, `${minReadySeconds as number} > ${noticed}`);
        assert.equal(podManagementPolicy, "Parallel", "members that wait for a majority must not wait for each other");
    });

    it("is a replica set with one member, too, whose pod finds itself by its name", async () => {
        const objects = await objectsOf({ replicas: 1 });
        const conf = parse(contentOf(objects, "ConfigMap", "orders-config")["mongod.conf"]!);
        assert.equal(conf.replication.replSetName, "rs0");
        const egress = at<object[]>(objects, "NetworkPolicy orders", "spec", "egress");
        assert.match(JSON.stringify(egress), /"port":53/);
        assert.match(JSON.stringify(egress), /"port":27017/);
    });

    it("leads clients to all members, by name, and readers to copies", async () => {
        const objects = await objectsOf({ users: { report: { reads: ["orders"] } } });
        const selector = at<Record<string, string>>(objects, "Service orders", "spec", "selector");
        assert.equal(selector["statefulset.kubernetes.io/pod-name"], undefined);
        const { connection, connections, readConnection } = objects.database;
        const url = (await valueOf(connection.url))!;
        const hosts = [0, 1, 2].map((n) => `orders-${n}.orders-headless.data.svc:27017`).join(",");
        assert.match(url, /^mongodb:\/\/orders:[^@]+@/);
        assert.equal(url.replace(/.*@/, ""), `${hosts}/orders?replicaSet=rs0&tls=true&authSource=admin`);
        assert.equal(await valueOf(readConnection.url), `${url}&readPreference=secondaryPreferred`);
        assert.match((await valueOf(connections["report"]!.url))!, /^mongodb:\/\/report:.*\/orders\?/);
    });

    it("has the same pods with another number of members, so that none restarts", async () => {
        assert.deepEqual(podOf(await objectsOf({ replicas: 5 })), podOf(await objectsOf({ replicas: 3 })));
    });

    it("tells the Job of every member, the databases' users and their roles, in a Secret alone", async () => {
        const objects = await objectsOf({ replicas: 5, users: { report: { reads: ["orders"] } } });
        const plan = JSON.parse(contentOf(objects, "Secret", "orders-access")["plan.json"]!) as SetPlan;
        assert.equal(plan.hosts.length, 5);
        assert.deepEqual(
            plan.users.map(({ name, roles }) => [name, roles]),
            [
                [
                    "orders",
                    [
                        { role: "readWrite", db: "orders" },
                        { role: "dbAdmin", db: "orders" },
                    ],
                ],
                ["report", [{ role: "read", db: "orders" }]],
            ],
        );
        const others = JSON.stringify([...objects.objects.values()].filter(({ kind }) => kind !== "Secret"));
        for (const { password } of plan.users) {
            assert.ok(password.length > 0 && !others.includes(password));
        }
    });

    it("takes data of the release before over, and tells the Job which release the members run", async () => {
        for (const version of ["7.0", "8.0"]) {
            const secret = contentOf(await objectsOf({ version }), "Secret", "orders-access");
            assert.equal((JSON.parse(secret["plan.json"]!) as SetPlan).version, version);
        }
        assert.deepEqual(mongodb.upgradesFrom, { "8.0": ["7.0"] });
    });

    it("gives the server no more cache than its memory allows", () => {
        const cache = (memory: string, settings = {}) =>
            parse(mongodConf({ port: 27017, memory, settings })).storage.wiredTiger.engineConfig.cacheSizeGB;
        assert.equal(cache("512Mi"), 0.25);
        assert.equal(cache("4Gi"), 1.5);
        assert.equal(cache("4Gi", { "storage.wiredTiger.engineConfig.cacheSizeGB": "2" }), 2);
    });

    it("writes settings as the kinds of values that they are", () => {
        const settings = {
            "operationProfiling.mode": "slowOp",
            "operationProfiling.slowOpThresholdMs": "50",
            "setParameter.ttlMonitorEnabled": "false",
            "net.compression.compressors": "zstd: snappy # all",
        };
        const conf = parse(mongodConf({ port: 27017, memory: "1Gi", settings }));
        assert.deepEqual(conf.operationProfiling, { mode: "slowOp", slowOpThresholdMs: 50 });
        assert.equal(conf.setParameter.ttlMonitorEnabled, false);
        assert.equal(conf.net.compression.compressors, "zstd: snappy # all");
    });
});

describe("what a MongoDB database refuses", () => {
    const good: StatefulDatabaseArgs = {
        cluster: fakeCluster(),
        namespace: "data",
        engine: DatabaseEngine.MongoDb,
        storage: { size: "10Gi" },
    };
    const cases: [string, Partial<StatefulDatabaseArgs>, RegExp][] = [
        ["an even number of members", { replicas: 2 }, /^replicas: is 2, but an even number.*use 1 or 3/],
        ["more members than vote", { replicas: 9 }, /^replicas: is 9, but a replica set has at most 7/],
        ["the server's own database", { database: "admin", user: "orders" }, /^database: is "admin", which MongoDB/],
        ["databases of the server's own", { databases: { local: {} } }, /^databases\.local: .*keeps to itself/],
        ["the name of the administrator", { user: "admin" }, /^user: is "admin", which MongoDB keeps to itself/],
        ["a short-lived version", { version: "8.3" }, /^version: is "8.3"/],
        [
            "a server that lets everybody in",
            { settings: { "security.authorization": "disabled" } },
            /^settings.*authorization.*is set by the component/,
        ],
        [
            "TLS that is not asked for",
            { settings: { "net.tls.mode": "allowTLS" } },
            /^settings.*tls\.mode.*is set by the component/,
        ],
        ["a setting of no section", { settings: { cacheSizeGB: "1" } }, /^settings\.cacheSizeGB: .*MongoDB's own name/],
        [
            "a section as a setting",
            { settings: { "storage.wiredTiger": "x" } },
            /^settings.*storage\.wiredTiger.*is a section, which holds "storage\.wiredTiger\.engineConfig/,
        ],
        [
            "less memory than its cache and itself need",
            { resources: { limits: { memory: "256Mi" } } },
            /^resources\.limits\.memory: is "256Mi".*512Mi/,
        ],
    ];

    for (const [what, args, expected] of cases) {
        it(what, () => {
            const faults = validateStatefulDatabase("orders", { ...good, ...args }).map(
                ({ propertyPath, reason }) => `${propertyPath}: ${reason}`,
            );
            assert.equal(faults.length, 1, faults.join("\n"));
            assert.match(faults[0]!, expected);
        });
    }

    it("nothing that is right", () => {
        for (const replicas of [1, 3, 5, 7]) {
            assert.deepEqual(validateStatefulDatabase("orders", { ...good, replicas }), []);
        }
    });
});
