import assert from "node:assert/strict";
import {
    DatabaseEngine,
    HardenedNamespace,
    StatefulDatabase,
    type StatefulDatabaseArgs,
    validateStatefulDatabase,
} from "../../../components";
import { accessCommands, passwordHash, RedisRights } from "../../../components/database/redis/access";
import { ownSettings, redisConf } from "../../../components/database/redis/settings";
import { redisAlerts } from "../../../components/database/redis/telemetry";
import { fakeCluster, fakeObjectStore, manifests, record, valueOf } from "../../../components/testing";

type Objects = Awaited<ReturnType<typeof objectsOf>>;

async function objectsOf(changed: Partial<StatefulDatabaseArgs> = {}) {
    const { resources, result } = await record(() => {
        const cluster = fakeCluster();
        const data = new HardenedNamespace("data", { cluster });
        return new StatefulDatabase("shop-cache", {
            cluster,
            namespace: data.name,
            engine: DatabaseEngine.Redis,
            storage: { size: "10Gi" },
            ...changed,
        });
    });
    const objects = new Map(manifests(resources).map((object) => [`${object.kind} ${object.metadata.name}`, object]));
    return { resources, objects, database: result };
}

/** A part of an object, wherever it lies. */
function at<T>({ objects }: Objects, key: string, ...path: (string | number)[]): T {
    assert.ok(objects.has(key), `there is no ${key}, but ${[...objects.keys()].join(", ")}`);
    return path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], objects.get(key)) as T;
}

/** The content of a Secret, by its logical name. */
function secretOf({ resources }: Objects, name: string): Record<string, string> {
    const { inputs } = resources.find((each) => each.type === "kubernetes:core/v1:Secret" && each.name === name)!;
    return (inputs.stringData ?? inputs.data) as Record<string, string>;
}

interface Container {
    name: string;
    image: string;
    command: string[];
    env: { name: string; value?: string }[];
    volumeMounts: { mountPath: string; name: string }[];
}

const podOf = (objects: Objects): { containers: Container[]; initContainers: Container[] } =>
    at(objects, "StatefulSet shop-cache", "spec", "template", "spec");

const jobOf = (objects: Objects): Container =>
    at(objects, "Job shop-cache-access", "spec", "template", "spec", "containers", 0);

const variable = ({ env }: Container, wanted: string) => env.find(({ name }) => name === wanted)?.value;

/** The faults of a Redis with these arguments. */
function faultsOf(changed: Partial<Record<keyof StatefulDatabaseArgs, unknown>>, name = "shop-cache"): string[] {
    const args = {
        cluster: fakeCluster(),
        namespace: "data",
        engine: DatabaseEngine.Redis,
        storage: { size: "10Gi" },
        ...changed,
    };
    return validateStatefulDatabase(name, args as StatefulDatabaseArgs).map(
        ({ propertyPath, reason }) => `${propertyPath}: ${reason}`,
    );
}

describe("a Redis database", () => {
    it("runs the newest version as the image's user, without the image's entry point", async () => {
        const objects = await objectsOf();
        const [server] = podOf(objects).containers;
        assert.match(server!.image, /library\/redis:8\.10\./);
        assert.deepEqual(server!.command, ["sh", "-c", "umask 077 && exec redis-server /run/redis/pod.conf"]);
        assert.equal(
            at(objects, "StatefulSet shop-cache", "spec", "template", "spec", "securityContext", "runAsUser"),
            999,
        );
        assert.match((podOf(await objectsOf({ version: "8.8" })).containers[0] as Container).image, /redis:8\.8\./);
    });

    it("tells what prepares a pod which version it runs, and whose data that takes over", async () => {
        const told = async (version: string) => {
            const [prepare] = podOf(await objectsOf({ version })).initContainers;
            return [variable(prepare!, "RELEASE"), variable(prepare!, "TAKES_OVER")];
        };
        assert.deepEqual(await told("8.6"), ["8.6", "8.2 8.4"]);
        // An API server drops a text that is empty.
        assert.deepEqual(await told("8.2"), ["8.2", undefined]);
    });

    it("tells clients of the one database, by TLS, each as its own user", async () => {
        const { database } = await objectsOf({ users: { report: { reads: ["0"] }, guest: {} } });
        const { connection, connections } = database;
        assert.deepEqual([connection.database, connection.user, connection.tlsMode], ["0", "shop_cache", "verified"]);
        assert.equal(connections["report"]!.database, "0");
        const [password, url] = [await valueOf(connection.password), await valueOf(connection.url)];
        assert.equal(url, `rediss://shop_cache:${password}@shop-cache.data.svc:6379/0`);
    });

    it("gives the Job hashes and no password, and each user its rights", async () => {
        const objects = await objectsOf({
            replicas: 2,
            users: { report: { reads: ["0"] }, import: { writes: ["0"], reads: ["0"] }, guest: {} },
        });
        const files = secretOf(objects, "shop-cache-access");
        const hash = passwordHash((await valueOf(objects.database.connections["report"]!.password))!);
        const lines = files["access.redis"]!.trim().split("\n");
        assert.equal(lines.length, 4);
        assert.match(lines[0]!, /^ACL SETUSER shop_cache reset on #[0-9a-f]{64} ~\* &\* \+@all -@admin -@dangerous /);
        assert.ok(lines[1]!.startsWith(`ACL SETUSER report reset on #${hash} %R~* &* -@all +@read `));
        assert.doesNotMatch(lines[1]!, /script\|load/);
        assert.match(lines[2]!, /^ACL SETUSER import .* ~\* .*\+@write .* -function .*-@dangerous/);
        assert.match(lines[3]!, /^ACL SETUSER guest .* -@all$/);
        for (const { password } of Object.values(objects.database.connections)) {
            assert.ok(!JSON.stringify(files).includes((await valueOf(password))!));
        }
        assert.equal(
            variable(jobOf(objects), "HOSTS"),
            "shop-cache-0.shop-cache-headless.data.svc shop-cache-1.shop-cache-headless.data.svc",
        );
        assert.equal(variable(jobOf(objects), "USERS"), "shop_cache report import guest");
    });

    it("shows what measures it its own password and no other", async () => {
        const objects = await objectsOf();
        const exporter = podOf(objects).containers.find(({ name }) => name === "exporter")!;
        assert.deepEqual(
            exporter.volumeMounts.filter(({ mountPath }) => mountPath !== "/tmp").map(({ name }) => name),
            ["exporter"],
        );
        const files = Object.keys(secretOf(objects, "shop-cache-certificates")).sort();
        assert.deepEqual(files, [
            "admin-password",
            "backup-password",
            "ca.crt",
            "copies-password",
            "monitoring-password",
            "server.crt",
            "server.key",
        ]);
    });

    it("dumps with the login that can do nothing else, and shows the dump no other password", async () => {
        const objects = await objectsOf({ backup: { store: fakeObjectStore() } });
        const volumes = at<{ name: string; secret?: { items?: { key: string }[] } }[]>(
            objects,
            "CronJob shop-cache-backup",
            ...["spec", "jobTemplate", "spec", "template", "spec", "volumes"],
        );
        const { secret } = volumes.find(({ name }) => name === "certificates")!;
        assert.deepEqual(
            secret!.items?.map(({ key }) => key),
            ["ca.crt", "backup-password"],
        );
    });

    it("has the same pods with another number of copies, so that none restarts", async () => {
        const template = async (replicas: number) =>
            at(await objectsOf({ replicas }), "StatefulSet shop-cache", "spec", "template");
        assert.deepEqual(await template(3), await template(2));
    });

    it("warns of copies only where there are some", () => {
        const names = (replicas: number) => redisAlerts("job", replicas).map(({ name }) => name);
        assert.ok(names(2).includes("RedisCopyCutOff"));
        assert.ok(!names(1).some((name) => name.includes("Copy")));
        assert.ok(names(1).includes("RedisDown"));
    });
});

describe("what a Redis database refuses", () => {
    const cases: [string, Partial<Record<keyof StatefulDatabaseArgs, unknown>>, RegExp][] = [
        ["a name for its one database", { database: "orders" }, /^database: is "orders", but Redis has no names/],
        [
            "further databases",
            { databases: { other: {} } },
            /^databases: .*Redis has one, "0".*another StatefulDatabase/,
        ],
        ["a right on another database", { users: { r: { reads: ["1"] } } }, /^users\.r\.reads\[0\]: is "1".*"0"/],
        ["the name of the component's own user", { user: "admin" }, /^user: is "admin", which Redis keeps to itself/],
        ["a user called default", { users: { default: {} } }, /^users\.default: .*keeps to itself/],
        ["another version", { version: "7.4" }, /^version: is "7\.4".*"8\.10"/],
        [
            "a server without a log",
            { settings: { appendonly: "no" } },
            /^settings\.appendonly: is set by the component/,
        ],
        ["a setting in another spelling", { settings: { APPENDONLY: "no" } }, /^settings\.APPENDONLY: /],
        ["a file of settings", { settings: { include: "/data/x" } }, /^settings\.include: is set by the component/],
    ];
    for (const [what, args, expected] of cases) {
        it(what, () => {
            const faults = faultsOf(args);
            assert.equal(faults.length, 1, faults.join("\n"));
            assert.match(faults[0]!, expected);
        });
    }

    it("nothing that is right, and a component's name that makes no user's", () => {
        assert.deepEqual(faultsOf({ database: "0", settings: { "maxmemory-policy": "allkeys-lru" } }), []);
        assert.match(faultsOf({}, "admin").join("\n"), /^user: is "admin", which Redis keeps to itself[^\n]*$/);
        assert.deepEqual(faultsOf({ user: "cache" }, "admin"), []);
    });
});

describe("the configuration of Redis", () => {
    const text = redisConf({
        port: 6379,
        memory: "1Gi",
        settings: { maxclients: "100", "maxmemory-policy": "allkeys-lru" },
    });
    const valuesOf = (name: string) => [...text.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map(([, value]) => value);

    it("listens by TLS alone, keeps a log of all writes, and takes 60 % of the limit for data", () => {
        assert.deepEqual(valuesOf("port"), ["0"]);
        assert.deepEqual(valuesOf("tls-port"), ["6379"]);
        assert.deepEqual(valuesOf("tls-replication"), ["yes"]);
        assert.deepEqual(valuesOf("appendonly"), ["yes"]);
        assert.deepEqual(valuesOf("maxmemory"), [`${Math.floor(0.6 * 2 ** 30)}`]);
    });

    it("takes the user's settings over its own choice, but for what it lives by", () => {
        assert.deepEqual(valuesOf("maxmemory-policy"), ["allkeys-lru"]);
        assert.deepEqual(valuesOf("maxclients"), ["100"]);
        const chosen = new Set(["appendfsync", "save", "maxmemory", "maxmemory-policy", "maxclients"]);
        for (const [, name] of text.matchAll(/^(\S+) /gm)) {
            assert.ok(chosen.has(name!) || ownSettings.includes(name!), name);
        }
    });

    it("never lets a user hold up or change the server, whatever the right", () => {
        for (const rights of [RedisRights.Read, RedisRights.Write, RedisRights.Own]) {
            const rules = accessCommands([{ name: "x", hash: passwordHash("x"), rights }]);
            const given = rules.slice(rules.indexOf("-@dangerous")).match(/\+\S+/g)!;
            const harmless = ["+info", "+keys", "+sort", "+sort_ro", "+flushdb", "+flushall", "+role"];
            assert.deepEqual(
                given.filter((each) => !harmless.includes(each)),
                [],
            );
        }
    });
});
