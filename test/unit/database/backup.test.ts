import assert from "node:assert/strict";
import {
    type BackupPlace,
    type BackupRun,
    bind,
    DatabaseEngine,
    HardenedNamespace,
    type ObjectStoreConnection,
    ObjectStoreKind,
    StatefulDatabase,
    type StatefulDatabaseArgs,
} from "../../../components";
import { quantityValue } from "../../../components/core/validation";
import { rolledSecret } from "../../../components/core/config-objects";
import { fakeCluster, fakeObjectStore, type Manifest, manifests, record } from "../../../components/testing";
import { validateStatefulDatabase } from "../../../components/database";
import { engines } from "../../../components/database/engines";
import { backupTimes, longestPause } from "../../../components/database/backup/plan";

interface Container {
    name: string;
    image: string;
    env: { name: string; value?: string; valueFrom?: { secretKeyRef: { key: string } } }[];
    volumeMounts: { name: string; mountPath: string }[];
    resources: Record<"requests" | "limits", { cpu: string; memory: string }>;
}

interface PodSpec {
    initContainers: Container[];
    containers: Container[];
    volumes: { name: string; secret?: { items?: { key: string }[] }; ephemeral?: { volumeClaimTemplate: unknown } }[];
}

interface CronJob extends Manifest {
    spec: {
        schedule: string;
        timeZone: string;
        concurrencyPolicy: string;
        jobTemplate: { spec: { backoffLimit: number; activeDeadlineSeconds: number; template: { spec: PodSpec } } };
    };
}

interface Egress {
    to: { podSelector?: { matchLabels: Record<string, string> }; ipBlock?: { cidr: string } }[];
    ports: { port: number }[];
}

const store = fakeObjectStore();

async function databaseOf(changed: Partial<StatefulDatabaseArgs>, name = "orders") {
    const { resources, result } = await record(() => {
        const cluster = fakeCluster();
        const data = new HardenedNamespace("data", { cluster });
        return new StatefulDatabase(name, {
            cluster,
            namespace: data.name,
            engine: DatabaseEngine.PostgreSql,
            storage: { size: "10Gi", storageClass: "fast" },
            ...changed,
        });
    });
    const objects = manifests(resources);
    const get = <T = Manifest>(kind: string, wanted: string): T => {
        const found = objects.find((object) => object.kind === kind && object.metadata.name === wanted);
        assert.ok(found, `there is no ${kind} ${wanted}`);
        return found as T;
    };
    return { objects, get, resources, database: result };
}

type Database = Awaited<ReturnType<typeof databaseOf>>;

const podOf = (database: Database, name: string): PodSpec =>
    database.get<CronJob>("CronJob", name).spec.jobTemplate.spec.template.spec;

const egressOf = ({ get }: Database, name: string): Egress[] =>
    get<Manifest & { spec: { egress: Egress[] } }>("NetworkPolicy", name).spec.egress;

/** Containers of whatever has a template of pods; none of what has not. */
function containersOf({ spec }: Manifest): Container[] {
    const { jobTemplate, template = jobTemplate?.spec.template } = (spec ?? {}) as Partial<CronJob["spec"]> & {
        template?: { spec: PodSpec };
    };
    return [...(template?.spec.initContainers ?? []), ...(template?.spec.containers ?? [])];
}

const variables = ({ env }: Container): string[] => env.map(({ name }) => name);

/** Values of the Secret that a store's variables come from. */
async function settingsOf(connection: Partial<ObjectStoreConnection>): Promise<Record<string, string>> {
    const { resources } = await databaseOf({ backup: { store: fakeObjectStore(connection) } });
    const secret = resources.find(({ type, name }) => type.endsWith(":Secret") && name === "orders-backup-store");
    assert.ok(secret!.secretPaths.some((path) => path.startsWith("stringData")));
    return secret!.inputs.stringData as Record<string, string>;
}

describe("backups of a database", () => {
    it("dump in the engine's image and upload in rclone's, never two at once, on a volume that goes with the pod", async () => {
        const database = await databaseOf({ backup: { store, schedule: "5 3 * * *", timeZone: "Europe/Berlin" } });
        const { spec } = database.get<CronJob>("CronJob", "orders-backup");
        assert.equal(spec.schedule, "5 3 * * *");
        assert.equal(spec.timeZone, "Europe/Berlin");
        assert.equal(spec.concurrencyPolicy, "Forbid");
        const { backoffLimit, activeDeadlineSeconds } = spec.jobTemplate.spec;
        assert.deepEqual([backoffLimit, activeDeadlineSeconds], [2, 21_600]);
        const { initContainers, containers, volumes } = podOf(database, "orders-backup");
        assert.deepEqual(
            [...initContainers, ...containers].map(({ name, image }) => `${name} ${image.split(":")[0]}`),
            ["dump docker.io/library/postgres", "upload docker.io/rclone/rclone"],
        );
        assert.deepEqual(volumes.find(({ name }) => name === "work")?.ephemeral?.volumeClaimTemplate, {
            spec: {
                accessModes: ["ReadWriteOnce"],
                storageClassName: "fast",
                resources: { requests: { storage: "10Gi" } },
            },
        });
    });

    it("give the dump the certificate of the least rights, and the upload none", async () => {
        const { initContainers, containers, volumes } = podOf(await databaseOf({ backup: { store } }), "orders-backup");
        const certificates = volumes.find(({ name }) => name === "certificates")!.secret!;
        assert.deepEqual(
            certificates.items!.map(({ key }) => key),
            ["ca.crt", "backup.crt", "backup.key"],
        );
        const mounting = [...initContainers, ...containers].filter(({ volumeMounts }) =>
            volumeMounts.some(({ name }) => name === "certificates"),
        );
        assert.deepEqual(
            mounting.map(({ name }) => name),
            ["dump"],
        );
    });

    for (const { engine, title } of Object.values(engines)) {
        it(`mount certificates and keys that there are: ${title}`, async () => {
            const database = await databaseOf({ engine, backup: { store } });
            const wanted = podOf(database, "orders-backup").volumes.find(({ name }) => name === "certificates")!;
            const secret = database.resources.find(
                ({ type, name }) => type.endsWith(":Secret") && name === "orders-certificates",
            );
            const there = Object.keys(secret!.inputs.stringData as object);
            const keys = wanted.secret!.items!.map(({ key }) => key);
            assert.deepEqual(
                keys.filter((key) => !there.includes(key)),
                [],
            );
            assert.ok(keys.length > 1, "the dump has no login");
            assert.ok(!keys.some((key) => /^(client|admin|server)/.test(key)), keys.join());
        });
    }

    it("hold the store's key and the password in a Secret alone", async () => {
        const database = await databaseOf({ backup: { store, encryptionPassword: "correct horse battery" } });
        for (const pod of ["orders-backup", "orders-restore-test"].map((name) => podOf(database, name))) {
            for (const { env } of [...pod.initContainers, ...pod.containers]) {
                assert.deepEqual(
                    env.filter(({ name, value }) => /KEY|SECRET|PASSWORD/.test(name) && value !== undefined),
                    [],
                );
            }
        }
        const others = database.objects.filter(({ kind }) => kind !== "Secret");
        assert.doesNotMatch(JSON.stringify(others), /correct horse|fake-store-secret/);
    });

    it("reach the server, the store and DNS; the restore test reaches the store alone", async () => {
        const cidrs = { ...store, endpoint: "https://s3.example.com", network: { cidrs: ["192.0.2.0/24"] } };
        const database = await databaseOf({ backup: { store: cidrs } });
        const reached = (name: string): string[] =>
            egressOf(database, name).map(({ to, ports }) =>
                [
                    ...to.map(
                        ({ ipBlock, podSelector }) =>
                            ipBlock?.cidr ?? podSelector!.matchLabels["app.kubernetes.io/component"] ?? "dns",
                    ),
                    ...ports.map(({ port }) => port),
                ].join(" "),
            );
        assert.deepEqual(reached("orders-backup"), ["dns 53 53", "server 5432", "192.0.2.0/24 443"]);
        assert.deepEqual(reached("orders-restore-test"), ["dns 53 53", "192.0.2.0/24 443"]);
        const server = JSON.stringify(database.get("NetworkPolicy", "orders").spec);
        assert.match(server, /"app.kubernetes.io\/component":"backup"/);
        assert.doesNotMatch(server, /restore/);
    });

    it("open both sides of the network to a store in the cluster, and all public addresses where nothing is named", async () => {
        const inside = await databaseOf({ backup: { store } });
        for (const name of ["orders-backup-to-store", "orders-restore-test-to-store"]) {
            assert.equal(inside.get("NetworkPolicy", `${name}-ingress`).metadata.namespace, "data");
            assert.equal(egressOf(inside, `${name}-egress`)[1]!.ports[0]!.port, 9000);
        }
        const outside = await databaseOf({ backup: { store: { ...store, network: {} } } });
        const { to, ports } = egressOf(outside, "orders-backup")[2]!;
        assert.equal(to[0]!.ipBlock!.cidr, "0.0.0.0/0");
        assert.equal(ports[0]!.port, 9000);
    });

    it("speak to each kind of store in its own way, with a key or as a workload", async () => {
        const key = { id: "id", secret: "s" };
        const told = async (connection: Partial<ObjectStoreConnection>): Promise<string> =>
            Object.entries(await settingsOf(connection))
                .filter(([name]) => /TYPE|PROVIDER|AUTH|ACCOUNT|KEY/.test(name))
                .map(([name, value]) => `${name.replace("RCLONE_CONFIG_STORE_", "")}=${value}`)
                .sort()
                .join(" ");
        const endpoint = "https://media.blob.core.windows.net";
        const serviceAccountAnnotations = { role: "r" };
        const identity = { key: undefined, serviceAccountAnnotations };
        const { AzureBlob, Gcs, MinIo, S3 } = ObjectStoreKind;
        const keys = "ACCESS_KEY_ID=id";
        assert.equal(await told({ kind: MinIo, key }), `${keys} PROVIDER=Minio SECRET_ACCESS_KEY=s TYPE=s3`);
        assert.equal(await told({ kind: S3, key }), `${keys} PROVIDER=AWS SECRET_ACCESS_KEY=s TYPE=s3`);
        assert.equal(await told({ kind: Gcs, key }), `${keys} PROVIDER=GCS SECRET_ACCESS_KEY=s TYPE=s3`);
        assert.equal(await told({ kind: AzureBlob, key }), "ACCOUNT=id KEY=s TYPE=azureblob");
        assert.equal(await told({ kind: S3, ...identity }), "ENV_AUTH=true PROVIDER=AWS TYPE=s3");
        assert.equal(await told({ kind: Gcs, ...identity }), "ENV_AUTH=true TYPE=google cloud storage");
        assert.equal(
            await told({ kind: AzureBlob, endpoint, ...identity }),
            "ACCOUNT=media ENV_AUTH=true TYPE=azureblob",
        );
        const azure = fakeObjectStore({ kind: AzureBlob, endpoint, ...identity });
        const database = await databaseOf({ backup: { store: azure } });
        assert.equal(database.get("ServiceAccount", "orders-backup").metadata.annotations?.role, "r");
        assert.match(JSON.stringify(database.get("CronJob", "orders-backup")), /"azure.workload.identity\/use":"true"/);
    });

    it("lie in a folder of their own unless another is named", async () => {
        const settings = await settingsOf({});
        assert.equal(settings.PLACE, "media/data/orders");
    });

    it("are restored by a Job after the users were made, as the superuser, from the place that is named", async () => {
        const from = { store: fakeObjectStore({ bucket: "old" }), prefix: "shop/orders" };
        const { get, resources, objects } = await databaseOf({ restore: { backup: "latest", id: "move", from } });
        const job = get<Manifest & { spec: { template: { spec: PodSpec } } }>("Job", "orders-restore");
        const { initContainers, containers, volumes } = job.spec.template.spec;
        assert.deepEqual(
            [...initContainers, ...containers].map(({ name }) => name),
            ["ask", "download", "restore"],
        );
        assert.equal(containers[0]!.env.find(({ name }) => name === "RESTORE")?.value, "move");
        assert.equal(volumes.find(({ name }) => name === "certificates")!.secret!.items, undefined);
        const secret = resources.find(({ name }) => name === "orders-restore-store")!.inputs as {
            stringData: Record<string, string>;
        };
        assert.equal(secret.stringData.PLACE, "old/shop/orders");
        const restore = resources.find(({ name, type }) => name === "orders-restore" && type.endsWith(":HardenedJob"));
        assert.deepEqual([...new Set(restore!.options.dependencies)], ["orders-access"]);
        assert.ok(!objects.some(({ kind }) => kind === "CronJob"));
    });

    it("are waited for by whatever is made of a connection, as are the users, though it is not made of their Jobs", async () => {
        const program = (): void => {
            const cluster = fakeCluster();
            const { connection, connections, readConnection } = new StatefulDatabase("orders", {
                cluster,
                namespace: "data",
                engine: DatabaseEngine.PostgreSql,
                storage: { size: "10Gi" },
                users: { report: { reads: ["orders"] } },
                restore: { backup: "latest", from: { store } },
            });
            bind("shop-orders", { cluster, namespace: "shop", connection });
            bind("shop-report", { cluster, namespace: "shop", connection: connections.report! });
            bind("shop-reads", { cluster, namespace: "shop", connection: readConnection });
            rolledSecret("url", { cluster, namespace: "shop", data: { url: connection.url } });
        };
        const { resources } = await record(program);
        const dependenciesOf = (type: RegExp, name: string): string[] =>
            resources.find((each) => type.test(each.type) && each.name === name)!.options.dependencies;
        for (const name of ["shop-orders", "shop-report", "shop-reads", "url"]) {
            const secret = dependenciesOf(/:Secret$/, name);
            assert.ok(secret.includes("orders-ready"), `${name}: ${secret.join()}`);
            // Who depends on a Job by a property is deleted before the Job is made anew.
            assert.ok(!secret.some((each) => /-(access|restore)$/.test(each)), `${name}: ${secret.join()}`);
        }
        const ready = dependenciesOf(/RandomId$/, "orders-ready");
        assert.deepEqual([...new Set(ready)].sort(), ["orders-access", "orders-restore"]);
        const previewed = await record(program, { preview: true });
        const { inputs } = previewed.resources.find(
            ({ name, type }) => name === "shop-orders" && /Secret$/.test(type),
        )!;
        assert.equal((inputs.stringData as Record<string, string>).host, "orders.data.svc");
    });

    it("ask for no more than their limit where that alone is given, and so does each container of the server", async () => {
        const resources = { limits: { memory: "192Mi", cpu: "50m" } };
        for (const { engine, title } of Object.values(engines)) {
            if (engine === DatabaseEngine.MongoDb) {
                continue; // Takes no limit that small.
            }
            const { objects } = await databaseOf({ engine, resources, backup: { store, resources } });
            const containers = objects.flatMap((object) => containersOf(object));
            assert.ok(containers.length > 5, title);
            for (const { name, resources: of } of containers) {
                for (const kind of ["cpu", "memory"] as const) {
                    const [request, limit] = [of.requests[kind], of.limits[kind]];
                    const text = `${title}: ${name} asks for ${request} and has ${limit}`;
                    assert.ok(quantityValue(request)! <= quantityValue(limit)!, text);
                }
            }
        }
    });

    it("tell whose they are by more than a name, and go on after another database only when that is said or restored", async () => {
        const upload = async (changed: Partial<StatefulDatabaseArgs>): Promise<Record<string, string | undefined>> => {
            const [container] = podOf(await databaseOf(changed), "orders-backup").containers;
            return Object.fromEntries(container!.env.map(({ name, value }) => [name, value]));
        };
        const plain = await upload({ backup: { store } });
        assert.match(plain.ORIGIN!, /^postgresql data\/orders [0-9a-f]{16}$/);
        assert.equal(plain.TAKE_OVER, "");
        assert.equal((await upload({ backup: { store, takeOver: true } })).TAKE_OVER, "yes");
        const restored = async (from: BackupPlace | undefined, takeOver?: boolean): Promise<string | undefined> =>
            (await upload({ backup: { store, takeOver }, restore: { backup: "latest", from } })).TAKE_OVER;
        assert.equal(await restored(undefined), "yes");
        assert.equal(await restored({ store }), "yes");
        assert.equal(await restored({ store, prefix: "elsewhere" }), "");
        assert.equal(await restored({ store: fakeObjectStore({ bucket: "old" }) }), "");
        assert.equal(await restored(undefined, false), "");
    });

    it("are not made before the restore that comes first is done", async () => {
        const { resources } = await databaseOf({ backup: { store }, restore: { backup: "latest" } });
        const cronJob = resources.find(
            ({ name, type }) => name === "orders-backup" && type.endsWith(":HardenedCronJob"),
        );
        assert.deepEqual([...new Set(cronJob!.options.dependencies)], ["orders-restore"]);
    });

    it("are restored with room, memory and time of their own, else with those of backups", async () => {
        const run = { scratch: { size: "7Gi" }, resources: { limits: { memory: "3Gi" } }, timeoutSeconds: 900 };
        const restoreOf = async (backup: BackupRun, restore: BackupRun): Promise<unknown[]> => {
            const { resources } = await databaseOf({
                backup: { store, ...backup },
                restore: { backup: "latest", ...restore },
            });
            const job = resources.find(({ name, type }) => name === "orders-restore" && type.endsWith("v1:Job"))!
                .inputs as Manifest & { spec: CronJob["spec"]["jobTemplate"]["spec"] };
            const { activeDeadlineSeconds, template } = job.spec;
            const { initContainers, containers, volumes } = template.spec;
            return [
                JSON.stringify(volumes.find(({ name }) => name === "work")).match(/"storage":"(\w+)"/)![1],
                ...new Set([...initContainers, ...containers].map(({ resources }) => resources.limits.memory)),
                activeDeadlineSeconds,
                Number(job.metadata.annotations!["pulumi.com/timeoutSeconds"]),
            ];
        };
        assert.deepEqual(await restoreOf({}, {}), ["10Gi", "1Gi", 21_600, 21_600]);
        assert.deepEqual(await restoreOf({}, run), ["7Gi", "3Gi", 900, 900]);
        assert.deepEqual(await restoreOf(run, {}), ["7Gi", "3Gi", 900, 900]);
        assert.deepEqual(await restoreOf(run, { timeoutSeconds: 1200 }), ["7Gi", "3Gi", 1200, 1200]);
    });

    it("are no one's business without the arguments", async () => {
        const { objects, database } = await databaseOf({});
        const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
        assert.deepEqual(
            names.filter((name) => /backup|restore|CronJob/.test(name)),
            [],
        );
        assert.doesNotMatch(JSON.stringify(database.telemetry.alerts), /Backup/);
    });

    it("run at night at a time that depends on the name, and are tested on Sunday after it", () => {
        const times = ["orders", "users", "carts"].map((name) => backupTimes(name, { store }));
        assert.equal(new Set(times.map(({ backup }) => backup)).size, 3);
        for (const { backup, restoreTest } of times) {
            assert.match(backup, /^\d{1,2} [1-4] \* \* \*$/);
            assert.match(restoreTest, /^\d{1,2} [6-9] \* \* 0$/);
        }
        assert.deepEqual(backupTimes("orders", { store }), times[0]);
    });

    it("are missed two hours after the longest pause of their schedule", async () => {
        assert.equal(longestPause("0 3 * * *"), 86_400);
        assert.equal(longestPause("0 3 * * 1-5"), 3 * 86_400);
        const { database } = await databaseOf({ backup: { store }, namespace: "data" });
        const expressions = Object.fromEntries(
            database.telemetry.alerts.map(({ name, expression }) => [name, expression]),
        );
        const on = 'cronjob="orders-backup",namespace="data"';
        assert.equal(
            expressions.DatabaseBackupMissing,
            `time() - (kube_cronjob_status_last_successful_time{${on}} or kube_cronjob_created{${on}}) > 93600`,
        );
        assert.match(expressions.DatabaseRestoreTestMissing!, /cronjob="orders-restore-test".* > 612000$/);
        assert.match(
            expressions.DatabaseBackupFailed!,
            /last_schedule_time.* > \(.*last_successful_time.*status_active/,
        );
    });

    it("get names that Kubernetes takes, for the longest name of a database", async () => {
        const name = "o".repeat(39);
        const { objects } = await databaseOf({ backup: { store }, restore: { backup: "latest" } }, name);
        // Those two may have 253 characters.
        const others = objects.filter(({ kind }) => !["ConfigMap", "Secret"].includes(kind));
        const names = others.map(({ metadata }) => metadata.name);
        assert.deepEqual(
            names.filter((each) => each.length > 63),
            [],
        );
        assert.ok(names.includes(`${name}-restore-test`));
    });

    it("name every variable that the scripts read", async () => {
        const database = await databaseOf({ backup: { store }, restore: { backup: "latest" } });
        const { initContainers, containers } = podOf(database, "orders-backup");
        for (const variable of ["ADDRESS", "PORT", "CERTIFICATES", "DATABASES", "BACKUP", "TMPDIR"]) {
            assert.ok(variables(initContainers[0]!).includes(variable), variable);
        }
        for (const variable of ["STORE", "PLACE", "ORIGIN", "TAKE_OVER", "TIME", "KEEP_DAYS", "BACKUP", "TMPDIR"]) {
            assert.ok(variables(containers[0]!).includes(variable), variable);
        }
        const verify = podOf(database, "orders-restore-test").containers[0]!;
        assert.deepEqual(variables(verify).sort(), ["BACKUP", "SCRATCH", "TMPDIR"]);
    });
});

describe("what backups refuse", () => {
    const good = {
        cluster: fakeCluster(),
        namespace: "data",
        engine: DatabaseEngine.PostgreSql,
        storage: { size: "10Gi" },
    };
    const faultsOf = (changed: object): string[] =>
        validateStatefulDatabase("orders", { ...good, ...changed }).map(
            ({ propertyPath, reason }) => `${propertyPath}: ${reason}`,
        );
    const cases: [string, object, RegExp][] = [
        ["no store", { backup: {} }, /^backup.store: is missing/],
        [
            "a name too long for CronJobs",
            { backup: { store }, resourceName: "o".repeat(40) },
            /^resourceName: .*at most 39/,
        ],
        ["a schedule of four fields", { backup: { store, schedule: "0 3 * *" } }, /^backup.schedule: is "0 3 \* \*"/],
        ["a shortcut", { backup: { store, schedule: "@daily" } }, /^backup.schedule: is "@daily".*five fields/],
        [
            "a test that never runs",
            { backup: { store, restoreTest: { schedule: "0 0 30 2 *" } } },
            /^backup.restoreTest.schedule: .*never/,
        ],
        ["a time zone that there is not", { backup: { store, timeZone: "Berlin" } }, /^backup.timeZone: is "Berlin"/],
        [
            "no time for a restore",
            { restore: { backup: "latest", from: { store }, timeoutSeconds: 5 } },
            /^restore.timeoutSeconds: is 5/,
        ],
        [
            "no room for a restore",
            { restore: { backup: "latest", from: { store }, scratch: { size: "1Mi" } } },
            /^restore.scratch.size: is "1Mi"/,
        ],
        ["no day at all", { backup: { store, keepDays: 0 } }, /^backup.keepDays: is 0/],
        [
            "two that keep",
            { backup: { store, keepDays: 7, keptByBucket: true } },
            /^backup.keepDays: is 7, but keptByBucket/,
        ],
        ["a folder from the root", { backup: { store, prefix: "/orders" } }, /^backup.prefix: is "\/orders"/],
        ["a folder above", { backup: { store, prefix: "a/../b" } }, /^backup.prefix: is "a\/..\/b"/],
        [
            "a short password",
            { backup: { store, encryptionPassword: "short" } },
            /^backup.encryptionPassword: is a secret value, which has 5/,
        ],
        [
            "a password of two lines",
            { backup: { store, encryptionPassword: "correct horse\nbattery" } },
            /^backup.encryptionPassword: is a secret value.*one line/,
        ],
        [
            "MinIO without a key",
            { backup: { store: { ...store, key: undefined } } },
            /^backup.store.key: is missing; MinIO/,
        ],
        [
            "a store that nobody may enter",
            { backup: { store: { ...store, kind: "s3", key: undefined } } },
            /^backup.store.key: is missing, and so are/,
        ],
        [
            "an endpoint without a scheme",
            { backup: { store: { ...store, endpoint: "s3.example.com" } } },
            /^backup.store.endpoint: .*scheme/,
        ],
        [
            "a restore from nowhere",
            { restore: { backup: "latest" } },
            /^restore.from: is missing, and there is no `backup`/,
        ],
        ["a restore of no backup", { backup: { store }, restore: {} }, /^restore.backup: is missing/],
        [
            "a time of another form",
            { backup: { store }, restore: { backup: "2026-11-22" } },
            /^restore.backup: is "2026-11-22".*20261122T031700Z/,
        ],
        [
            "a restore's name with blanks",
            { backup: { store }, restore: { backup: "latest", id: "a b" } },
            /^restore.id: is "a b"/,
        ],
    ];
    for (const [what, changed, expected] of cases) {
        it(what, () => {
            const faults = faultsOf(changed);
            assert.equal(faults.length, 1, faults.join("\n"));
            assert.match(faults[0]!, expected);
        });
    }

    it("nothing that is right", () => {
        const backup = {
            store,
            keepDays: 30,
            prefix: "shop/orders-1",
            timeZone: "Europe/Berlin",
            encryptionPassword: "correct horse",
        };
        assert.deepEqual(faultsOf({ backup, restore: { backup: "20261122T031700Z", id: "move-1" } }), []);
    });
});
