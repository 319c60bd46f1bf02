import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { DatabaseEngine, HardenedNamespace, StatefulDatabase, type StatefulDatabaseArgs } from "../../../components";
import { postgresqlConf } from "../../../components/database/postgresql/settings";
import { primaryLosses } from "../../../components/database/primary-guard";
import { scramVerifier } from "../../../components/database/postgresql/verifier";
import { fakeCluster, manifests, record } from "../../../components/testing";

type Objects = Awaited<ReturnType<typeof objectsOf>>;

/** The objects of a database, by kind and name in the cluster, and the component itself. */
async function objectsOf(changed: Partial<StatefulDatabaseArgs> = {}) {
    const { resources, result } = await record(() => {
        const cluster = fakeCluster();
        const data = new HardenedNamespace("data", { cluster });
        return new StatefulDatabase("orders", {
            cluster,
            namespace: data.name,
            engine: DatabaseEngine.PostgreSql,
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

interface Container {
    name: string;
    command?: string[];
    env?: { name: string; value?: string; valueFrom?: unknown }[];
    volumeMounts: { mountPath: string; name: string; subPath?: string }[];
    resources: { limits: { memory: string } };
}

const environment = ({ env }: Container, variable: string): string | undefined =>
    env?.find(({ name }) => name === variable)?.value;

const containersOf = (objects: Objects): Container[] => [
    ...at<Container[]>(objects, "StatefulSet orders", "spec", "template", "spec", "initContainers"),
    ...at<Container[]>(objects, "StatefulSet orders", "spec", "template", "spec", "containers"),
];

describe("StatefulDatabase", () => {
    it("makes one server with a volume of its own, and no Service for reads, unless there are copies", async () => {
        const one = await objectsOf();
        assert.equal(at(one, "StatefulSet orders", "spec", "replicas"), 1);
        assert.ok(!one.objects.has("Service orders-read"));
        assert.ok(!one.objects.has("PodDisruptionBudget orders"));
        const three = await objectsOf({ replicas: 3 });
        assert.ok(three.objects.has("Service orders-read"));
        assert.equal(at(three, "PodDisruptionBudget orders", "spec", "maxUnavailable"), 1);
        assert.ok(three.objects.has("PersistentVolumeClaim data-orders-2"));
    });

    it("waits for a roll as long as its pods may take one after the other, and never less than is usual", async () => {
        const waits = async (engine: DatabaseEngine, replicas: number): Promise<string | undefined> => {
            const { resources } = await objectsOf({ engine, replicas });
            const { inputs } = resources.find(({ type }) => type === "kubernetes:apps/v1:StatefulSet")!;
            return inputs.metadata.annotations?.["pulumi.com/timeoutSeconds"] as string | undefined;
        };
        const { PostgreSql, MongoDb } = DatabaseEngine;
        // 120 s to end and 120 s to start; 90, 120, and 15 s to stay ready.
        assert.deepEqual([await waits(PostgreSql, 2), await waits(PostgreSql, 3)], [undefined, "720"]);
        assert.deepEqual([await waits(MongoDb, 1), await waits(MongoDb, 7)], [undefined, "1575"]);
    });

    it("leads writes to the first pod alone", async () => {
        const selector = at<Record<string, string>>(
            await objectsOf({ replicas: 3 }),
            "Service orders",
            "spec",
            "selector",
        );
        assert.equal(selector["statefulset.kubernetes.io/pod-name"], "orders-0");
    });

    it("leads writes to the primary that is asked for, once the pods are told", async () => {
        const objects = await objectsOf({ replicas: 3, primary: 1 });
        const selector = at<Record<string, string>>(objects, "Service orders", "spec", "selector");
        assert.equal(selector["statefulset.kubernetes.io/pod-name"], "orders-1");
        const [prepare] = containersOf(objects);
        assert.equal(environment(prepare!, "PRIMARY"), "1");
    });

    it("warns of commits that wait only where they may", async () => {
        const alertsOf = async (args: Partial<StatefulDatabaseArgs>) =>
            (await objectsOf(args)).database.telemetry.alerts.map(({ name }) => name);
        assert.ok((await alertsOf({ replicas: 2, synchronousCopies: 1 })).includes("PostgreSqlCommitsWait"));
        assert.ok(!(await alertsOf({ replicas: 2 })).includes("PostgreSqlCommitsWait"));
    });

    it("lets a single server ask for names, by which it looks for pods that hold its data", async () => {
        for (const engine of Object.values(DatabaseEngine)) {
            const egress = at<object[]>(await objectsOf({ engine }), "NetworkPolicy orders", "spec", "egress");
            assert.match(JSON.stringify(egress), /"port":53/, engine);
        }
    });

    it("has the same pods with another number of copies, so that none restarts", async () => {
        const template = async (replicas: number) =>
            at(await objectsOf({ replicas }), "StatefulSet orders", "spec", "template");
        assert.deepEqual(await template(3), await template(2));
    });

    it("mounts the volume where the version's image keeps its data", async () => {
        for (const [version, mount, data] of [
            ["18", "/var/lib/postgresql", "/var/lib/postgresql/18/docker"],
            ["17", "/var/lib/postgresql/data", "/var/lib/postgresql/data/pgdata"],
        ] as const) {
            const [prepare, server] = containersOf(await objectsOf({ version }));
            for (const container of [prepare!, server!]) {
                assert.equal(container.volumeMounts.find(({ name }) => name === "data")?.mountPath, mount);
            }
            assert.equal(environment(prepare!, "PGDATA"), data);
            assert.equal(environment(prepare!, "VOLUME"), mount);
            assert.ok(server!.command?.includes(data));
        }
    });

    it("tells a pod that its volume is to have data already, where that is taken over", async () => {
        const adopted = await objectsOf({ storage: { size: "10Gi", adopt: true } });
        assert.equal(environment(containersOf(adopted)[0]!, "ADOPTED"), "true");
        assert.equal(environment(containersOf(await objectsOf())[0]!, "ADOPTED"), undefined);
    });

    it("lets a pod prepare its data, and hand over, with the memory that its server has", async () => {
        const [prepare] = containersOf(await objectsOf({ resources: { limits: { memory: "2Gi" } } }));
        assert.equal(prepare!.resources.limits.memory, "2Gi");
    });

    it("gives no container a password, in its environment or its command line", async () => {
        const objects = await objectsOf({ replicas: 2, users: { report: { reads: ["orders"] } } });
        const job = at<Container[]>(objects, "Job orders-access", "spec", "template", "spec", "containers");
        for (const { env, name } of [...containersOf(objects), ...job]) {
            assert.deepEqual(
                (env ?? []).filter((variable) => /password|PGPASS/i.test(variable.name)),
                [],
                name,
            );
        }
    });

    it("starts no probe that logs in, takes a server that recovers for started, and leads nobody to it", async () => {
        const objects = await objectsOf();
        const [, server] = containersOf(objects) as (Container & Record<string, { exec: { command: string[] } }>)[];
        /** What a probe makes of what pg_isready says: 1 is a server that refuses, as in a recovery; 2 is none. */
        const outcome = (probe: string, says: number): boolean => {
            const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-probe-"));
            fs.writeFileSync(path.join(folder, "pg_isready"), `#!/bin/sh\nexit ${says}\n`, { mode: 0o755 });
            const [program, ...args] = server![probe]!.exec.command;
            const { status } = spawnSync(program!, args, { env: { PATH: `${folder}:${process.env.PATH}` } });
            fs.rmSync(folder, { recursive: true });
            return status === 0;
        };
        const outcomes = (probe: string) => [0, 1, 2, 3].map((says) => outcome(probe, says));
        assert.deepEqual(outcomes("startupProbe"), [true, true, false, false]);
        assert.deepEqual(outcomes("readinessProbe"), [true, false, false, false]);
    });

    it("shows what measures a server no key but its own", async () => {
        for (const [engine, run] of [
            [DatabaseEngine.PostgreSql, []],
            [DatabaseEngine.MariaDb, []],
            [DatabaseEngine.MySql, []],
            [DatabaseEngine.MongoDb, ["monitor.pem"]],
        ] as const) {
            const exporter = containersOf(await objectsOf({ engine })).find(({ name }) => name === "exporter")!;
            const files = (volume: string) =>
                exporter.volumeMounts.filter(({ name }) => name === volume).map(({ subPath }) => subPath);
            const pair = run.length > 0 ? [] : ["monitor.crt", "monitor.key"];
            assert.deepEqual(files("certificates"), ["ca.crt", ...pair], engine);
            assert.deepEqual(files("run"), run, engine);
        }
    });

    it("tells a client all it needs, secrets as secrets, and opens no network by itself", async () => {
        const { database, objects } = await objectsOf({ users: { report: { reads: ["orders"] } } });
        const { connection, connections } = database;
        assert.equal(connection.database, "orders");
        assert.equal(connection.tlsMode, "verified");
        assert.deepEqual(Object.keys(connections), ["orders", "report"]);
        assert.equal(connections["report"]!.database, "orders");
        const ingress = [...objects.values()].filter(
            ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === "orders",
        );
        const peers = JSON.stringify(ingress);
        assert.match(peers, /"app.kubernetes.io\/component":"access"/);
        assert.doesNotMatch(peers, /"namespaceSelector":\{\}/);
    });
});

describe("the primary of a database", () => {
    const faults = (before: [number, number], after: [number, number]): string[] =>
        primaryLosses(
            { pods: { replicas: before[0], primary: before[1] } },
            { pods: { replicas: after[0], primary: after[1] } },
        ).map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);

    it("is not taken away before another one has its data", () => {
        assert.match(faults([3, 2], [2, 0]).join(), /^replicas is 2, which takes pod 2 away, the primary.*keep 3/);
        assert.deepEqual(faults([3, 2], [3, 0]), []);
        assert.deepEqual(faults([3, 0], [2, 0]), []);
    });

    it("is no pod that is made in the same go", () => {
        assert.match(faults([1, 0], [2, 1]).join(), /^primary is 1, a pod that is not there yet; keep 0/);
        assert.deepEqual(faults([2, 0], [3, 1]), []);
        assert.deepEqual(primaryLosses({}, { pods: { replicas: 2, primary: 1 } }), []);
    });
});

describe("the members of a set that elects its primary", () => {
    const faults = (before: number, after: number): string[] => {
        const inputs = (replicas: number) => ({ pods: { replicas, primary: 0, elects: true } });
        return primaryLosses(inputs(before), inputs(after)).map(
            ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
        );
    };

    it("are not taken away in such a number that those left may lack what a majority confirmed", () => {
        assert.match(faults(7, 3).join(), /^replicas is 3, no majority of the 7 members.*go to 5 first$/);
        assert.match(faults(5, 1).join(), /^replicas is 1, no majority of the 5 members.*go to 3 first$/);
        assert.match(faults(3, 1).join(), /^replicas is 1, no majority of the 3 members.*new database.*dump/);
        for (const [before, after] of [
            [7, 5],
            [5, 3],
            [3, 3],
            [1, 3],
            [3, 7],
        ] as const) {
            assert.deepEqual(faults(before, after), [], `${before} to ${after}`);
        }
    });

    it("are guarded from the component's own inputs on, also over a state that does not say that they elect", async () => {
        const inputsOf = async (engine: DatabaseEngine, replicas: number) =>
            (await objectsOf({ engine, replicas })).resources.find(({ type }) => type.endsWith(":StatefulDatabase"))!
                .inputs as Record<string, unknown>;
        const before = { pods: { replicas: 3, primary: 0 } };
        assert.equal(primaryLosses(before, await inputsOf(DatabaseEngine.MongoDb, 1)).length, 1);
        assert.deepEqual(primaryLosses({}, await inputsOf(DatabaseEngine.MongoDb, 1)), []);
        assert.deepEqual(primaryLosses(before, await inputsOf(DatabaseEngine.Redis, 1)), []);
    });
});

describe("the configuration of PostgreSQL", () => {
    it("lets commits wait for as many copies as asked for, whichever they are", () => {
        const conf = (synchronousCopies?: number) =>
            postgresqlConf({ port: 5432, memory: "1Gi", settings: {}, synchronousCopies });
        assert.match(conf(2), /^synchronous_standby_names = 'ANY 2 \(pod_0, pod_1, .*pod_8\)'$/m);
        assert.doesNotMatch(conf(), /synchronous_standby_names/);
    });

    it("takes its memory from the limit, and the user's settings over its own choice", () => {
        const text = postgresqlConf({ port: 5432, memory: "1Gi", settings: { shared_buffers: "64MB", "a.b": "it's" } });
        assert.match(text, /^effective_cache_size = '716MB'$/m);
        assert.match(text, /^shared_buffers = '64MB'$/m);
        assert.match(text, /^a\.b = 'it''s'$/m);
        assert.match(postgresqlConf({ port: 5432, memory: "1Gi", settings: {} }), /^shared_buffers = '256MB'$/m);
    });

    it("keeps of a password what RFC 7677 says", () => {
        // The example of RFC 7677, section 3: user, pencil, and the salt of its server.
        const verifier = scramVerifier("pencil", "W22ZaJ0SNY7soEsUEjb6gQ==");
        assert.equal(
            verifier,
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        );
    });
});
