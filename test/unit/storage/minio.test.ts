import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { bindObjectStore, HardenedNamespace, MinIo, type MinIoArgs } from "../../../components";
import { accessFiles } from "../../../components/storage/minio/access";
import { planMinIo } from "../../../components/storage/minio/plan";
import { policyOf } from "../../../components/storage/minio/policies";
import { metricsToken } from "../../../components/storage/minio/telemetry";
import { fakeCluster, manifests, record } from "../../../components/testing";

type Objects = Awaited<ReturnType<typeof objectsOf>>;

/** The objects of a store, by kind and name in the cluster, and the component itself. */
async function objectsOf(changed: Partial<MinIoArgs> = {}) {
    const { resources, result } = await record(() => {
        const cluster = fakeCluster();
        const data = new HardenedNamespace("data", { cluster });
        return new MinIo("store", {
            cluster,
            namespace: data.name,
            storage: { size: "10Gi" },
            buckets: { media: {} },
            users: { report: { reads: ["media"] } },
            ...changed,
        });
    });
    const objects = new Map(manifests(resources).map((object) => [`${object.kind} ${object.metadata.name}`, object]));
    return { resources, objects, store: result };
}

/** A part of an object, wherever it lies. */
function at<T>({ objects }: Objects, key: string, ...path: (string | number)[]): T {
    assert.ok(objects.has(key), `there is no ${key}, but ${[...objects.keys()].join(", ")}`);
    return path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], objects.get(key)) as T;
}

interface Container {
    image: string;
    args?: string[];
    command?: string[];
    env: { name: string; value?: string; valueFrom?: { secretKeyRef: { key: string; optional?: boolean } } }[];
    ports: { containerPort: number }[];
    readinessProbe: { httpGet: { path: string; scheme: string }; initialDelaySeconds?: number };
    volumeMounts: { mountPath: string; name: string }[];
}

const containerOf = (objects: Objects, key = "StatefulSet store"): Container =>
    at<Container[]>(objects, key, "spec", "template", "spec", "containers")[0]!;

const secretsOf = (objects: Objects): string[] =>
    [...objects.objects.keys()].filter((key) => key.startsWith("Secret ")).map((key) => key.replace(/-[^-]+$/, ""));

describe("MinIo", () => {
    it("makes one server with a volume of its own, or several that find each other", async () => {
        const one = await objectsOf();
        assert.equal(at(one, "StatefulSet store", "spec", "replicas"), 1);
        assert.equal(containerOf(one).args!.at(-1), "/data/0");
        assert.ok(!one.objects.has("PodDisruptionBudget store"));
        const four = await objectsOf({ servers: 4, volumes: 2 });
        assert.equal(at(four, "StatefulSet store", "spec", "replicas"), 4);
        assert.equal(at(four, "StatefulSet store", "spec", "podManagementPolicy"), "Parallel");
        assert.equal(containerOf(four).args!.at(-1), "https://store-{0...3}.store-headless.data.svc:9000/data/{0...1}");
        assert.equal(at(four, "PodDisruptionBudget store", "spec", "maxUnavailable"), 1);
        assert.ok(four.objects.has("PersistentVolumeClaim data-1-store-3"));
        assert.deepEqual(
            containerOf(four)
                .volumeMounts.map(({ mountPath }) => mountPath)
                .sort(),
            ["/certificates", "/data/0", "/data/1", "/tmp"],
        );
    });

    it("tells the servers of every pool of all of them, and lets them reach each other", async () => {
        const objects = await objectsOf({ servers: 4, pools: [{ servers: 8, storage: { size: "20Gi" } }] });
        const pools = [
            "https://store-{0...3}.store-headless.data.svc:9000/data/0",
            "https://store-pool-1-{0...7}.store-pool-1-headless.data.svc:9000/data/0",
        ];
        for (const name of ["store", "store-pool-1"]) {
            assert.deepEqual(containerOf(objects, `StatefulSet ${name}`).args!.slice(-2), pools);
            const policy = JSON.stringify(at(objects, `NetworkPolicy ${name}`, "spec"));
            assert.match(policy, /"app.kubernetes.io\/component":"server"/);
            assert.match(policy, /"app.kubernetes.io\/component":"server-1"/);
        }
        assert.equal(
            at(objects, "PersistentVolumeClaim data-0-store-pool-1-7", "spec", "resources", "requests", "storage"),
            "20Gi",
        );
        assert.ok(!objects.objects.has("Service store-pool-1"));
    });

    it("gives the servers the administrator's key by Secrets that have to be there, never by a file", async () => {
        const { env } = containerOf(await objectsOf());
        for (const name of ["MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"]) {
            const { valueFrom } = env.find((each) => each.name === name)!;
            assert.ok(valueFrom?.secretKeyRef.key);
            assert.notEqual(valueFrom.secretKeyRef.optional, true);
        }
        assert.deepEqual(
            env.filter(({ name }) => name.endsWith("_FILE")),
            [],
        );
    });

    it("closes the console, calls nobody, asks for a token for metrics, and opens one port", async () => {
        const { env, ports, args } = containerOf(await objectsOf({ region: "eu-central-1", incompleteUploadHours: 6 }));
        const values = Object.fromEntries(env.map(({ name, value }) => [name, value]));
        assert.equal(values["MINIO_BROWSER"], "off");
        assert.equal(values["MINIO_UPDATE"], "off");
        assert.equal(values["MINIO_CALLHOME_ENABLE"], "off");
        assert.equal(values["MINIO_PROMETHEUS_AUTH_TYPE"], "jwt");
        assert.equal(values["MINIO_SITE_REGION"], "eu-central-1");
        assert.equal(values["MINIO_API_STALE_UPLOADS_EXPIRY"], "6h");
        assert.deepEqual(
            ports.map(({ containerPort }) => containerPort),
            [9000],
        );
        assert.ok(!args!.includes("--console-address"));
    });

    it("runs SILO, without a shell for the server, or the images that are given", async () => {
        const standard = await objectsOf();
        assert.match(containerOf(standard).image, /^docker\.io\/pgsty\/silo:RELEASE\.[^:]+-distroless$/);
        assert.match(containerOf(standard, "Job store-access").image, /^docker\.io\/pgsty\/silo:RELEASE\.[^:]+Z$/);
        const own = await objectsOf({ image: "example.com/minio:1", clientImage: "example.com/mc:1" });
        assert.equal(containerOf(own).image, "example.com/minio:1");
        assert.equal(containerOf(own, "Job store-access").image, "example.com/mc:1");
    });

    it("asks by https whether a server answers, and lets several settle one after the other", async () => {
        const one = containerOf(await objectsOf()).readinessProbe;
        assert.deepEqual(one.httpGet, { path: "/minio/health/ready", port: 9000, scheme: "HTTPS" });
        assert.equal(one.initialDelaySeconds, undefined);
        assert.equal(containerOf(await objectsOf({ servers: 4 })).readinessProbe.initialDelaySeconds, 15);
    });

    it("puts no key into a command line or a plain variable", async () => {
        const objects = await objectsOf();
        const job = containerOf(objects, "Job store-access");
        assert.deepEqual(job.command, ["sh", "/access/access.sh"]);
        assert.ok(job.env.find(({ name }) => name === "MC_HOST_store")?.valueFrom?.secretKeyRef);
        assert.deepEqual(secretsOf(objects), ["Secret store-access", "Secret store-certificates", "Secret store-root"]);
    });

    it("tells a client of a bucket all it needs, secrets as secrets, and opens no network by itself", async () => {
        const { store, objects } = await objectsOf();
        const { media } = store.connections;
        assert.deepEqual(Object.keys(store.connections), ["media"]);
        assert.deepEqual(Object.keys(store.keys), ["media", "report"]);
        assert.equal(media!.kind, "minio");
        assert.equal(media!.bucket, "media");
        assert.equal(media!.region, "us-east-1");
        assert.equal(media!.key!.id, "media");
        assert.equal(await valueOf(media!.endpoint), "https://store.data.svc:9000");
        for (const secret of [media!.key!.secret, store.keys["report"]!.secret, store.rootKey.secret]) {
            assert.equal(await pulumi.isSecret(pulumi.output(secret)), true);
        }
        const policy = JSON.stringify(objects.get("NetworkPolicy store"));
        assert.match(policy, /"app.kubernetes.io\/component":"access"/);
        assert.doesNotMatch(policy, /"namespaceSelector":\{\}/);
        const server = await objectsOf({ servers: 1 });
        const { policyTypes, egress } = at<{ policyTypes: string[]; egress?: unknown[] }>(
            server,
            "NetworkPolicy store",
            "spec",
        );
        assert.ok(policyTypes.includes("Egress"));
        assert.deepEqual(egress ?? [], [], "one server has nobody to call");
    });

    it("is waited for, buckets and users too, by whatever is made of a connection", async () => {
        const { resources } = await record(() => {
            const cluster = fakeCluster();
            const store = new MinIo("store", {
                cluster,
                namespace: "data",
                storage: { size: "1Gi" },
                buckets: { media: {} },
            });
            bindObjectStore("shop-media", { cluster, namespace: "shop", store: store.connections["media"]! });
        });
        const dependenciesOf = (wanted: string): string[] =>
            resources.find(({ name }) => name === wanted)!.options.dependencies;
        assert.ok(dependenciesOf("shop-media").includes("store-ready"));
        assert.ok(dependenciesOf("store-ready").includes("store-access"));
    });

    it("is watched over TLS with a token of its own", async () => {
        const { store } = await objectsOf({ servers: 4, pools: [{ servers: 4, storage: { size: "10Gi" } }] });
        const { targets, alerts } = store.telemetry;
        assert.deepEqual(
            targets.map(({ name, path }) => `${name} ${path as string}`),
            [
                "minio-store /minio/v2/metrics/cluster",
                "minio-store-node /minio/v2/metrics/node",
                "minio-store-node-1 /minio/v2/metrics/node",
            ],
        );
        for (const { scheme, bearerToken, caCertificate } of targets) {
            assert.equal(scheme, "https");
            assert.ok(caCertificate);
            assert.equal(await pulumi.isSecret(pulumi.output(bearerToken)), true);
        }
        assert.ok(alerts.every(({ expression }) => expression.includes('job="minio-store"')));
    });

    it("makes a token that another implementation of RFC 7515 made of the same", () => {
        // By Python: hmac.new(b"secret", header + b"." + claims, "sha512"), base64url without padding.
        const [header, claims, signature] = metricsToken("metrics", "secret").split(".");
        assert.deepEqual(JSON.parse(Buffer.from(header!, "base64url").toString()), { alg: "HS512", typ: "JWT" });
        assert.deepEqual(JSON.parse(Buffer.from(claims!, "base64url").toString()), {
            exp: 4_102_444_800,
            sub: "metrics",
            iss: "prometheus",
        });
        assert.equal(
            signature,
            "qZgZVM6z1gjPjoVztECAfLLAouElROO5ISt6adF3LVCcpgDum3boN7lcZ6UpwUkC4fa2INYs6PPi82tuBpcInQ",
        );
    });
});

describe("the files of a store's Job", () => {
    const files = (args: Partial<MinIoArgs>) => {
        const plan = planMinIo("store", { storage: { size: "1Gi" }, ...args } as MinIoArgs);
        return accessFiles(plan, Object.fromEntries(plan.users.map(({ name }) => [name, "secret"])));
    };

    it("say of each bucket its versions, lock and quota", () => {
        const { buckets } = files({
            buckets: {
                media: {},
                logs: { versioning: false, quota: "1.5Gi" },
                dumps: { objectLock: { days: 7, mode: "compliance" } },
                safe: { objectLock: { days: 3 } },
            },
        });
        assert.equal(
            buckets,
            "media versioned - -\nlogs plain - 1610612736\ndumps versioned compliance:7d -\nsafe versioned governance:3d -\n",
        );
    });

    it("keep old versions for 30 days, for as long as a lock, or for as long as is said", () => {
        const days = (bucket: object) => {
            const text = files({ buckets: { media: bucket } })["media.lifecycle.json"]!;
            return /"NoncurrentDays":(\d+)/.exec(text)?.[1];
        };
        assert.equal(days({}), "30");
        assert.equal(days({ objectLock: { days: 90 } }), "90");
        assert.equal(days({ lifecycle: { expireNoncurrentDays: 7 } }), "7");
        assert.equal(days({ versioning: false }), "30", "of what there was before");
        assert.equal(days({ versioning: false, lifecycle: { expireNoncurrentDays: 7 } }), "7");
    });

    it("keep sessions and the deletion of versions from every user, whatever its statements say", () => {
        const statements = [{ actions: ["s3:DeleteObject"], resources: ["media/*"] }];
        for (const rights of [{ reads: ["media"] }, { adds: ["media"] }, { writes: ["media"] }, { statements }]) {
            const { Statement } = JSON.parse(policyOf({ name: "user", ...rights })) as { Statement: object[] };
            const deny = (Action: string, rest = {}) => ({
                Effect: "Deny",
                Action: [Action],
                Resource: ["arn:aws:s3:::*"],
                ...rest,
            });
            const denied = Statement.map((each) => JSON.stringify(each));
            for (const expected of [
                deny("s3:DeleteObjectVersion"),
                deny("s3:*", { Condition: { StringEquals: { "aws:principaltype": ["AssumedRole"] } } }),
                deny("s3:*", { Condition: { StringNotEquals: { "aws:principaltype": ["${aws:principaltype}"] } } }),
            ]) {
                assert.ok(denied.includes(JSON.stringify(expected)), JSON.stringify(expected));
            }
        }
    });

    it("give a user no right beyond the buckets that are named", () => {
        const policy = JSON.parse(policyOf({ name: "report", reads: ["media"], adds: ["dumps"] })) as {
            Statement: { Effect: string; Action: string[]; Resource?: string[] }[];
        };
        const allowed = policy.Statement.filter(({ Effect }) => Effect === "Allow");
        assert.deepEqual([...new Set(allowed.flatMap(({ Resource }) => Resource!))].sort(), [
            "arn:aws:s3:::dumps",
            "arn:aws:s3:::dumps/*",
            "arn:aws:s3:::media",
            "arn:aws:s3:::media/*",
        ]);
        assert.ok(!allowed.flatMap(({ Action }) => Action).some((action) => /Delete|\*|Policy|Bypass/.test(action)));
        assert.ok(policy.Statement.some(({ Effect, Action }) => Effect === "Deny" && Action.includes("admin:*")));
    });
});

/** What an input comes to. */
function valueOf<T>(input: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> {
    return new Promise((resolve) => pulumi.output(input).apply(resolve));
}
