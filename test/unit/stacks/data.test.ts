import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { RecordedResource, Recording } from "../../../components/testing";
import { deploy, hello, refusal } from "./deployment";

/** Outputs of the stacks here. */
interface Outputs {
    connections: { orders: Record<"orders" | "report", Record<"password" | "url", pulumi.Output<string>>> };
    stores: { media: { key: { secret: pulumi.Output<string> } } };
}

const faas = { platform: "fission", functionNamespaces: ["functions"] };
const orders = { engine: "postgresql", storage: { size: "1Gi" }, users: { report: { reads: ["orders"] } } };
const storage = { kind: "minio", storage: { size: "1Gi" }, buckets: { media: {} } };

const secretType = "kubernetes:core/v1:Secret";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const packageType = "kubernetes:fission.io/v1:Package";

/** A function that is bound. */
const bound = (...bindings: object[]) => ({ hello: { ...hello, bindings } });

/** The texts of the Secret that a binding has made. */
function secretOf(recording: Recording<unknown>, name: string): Record<string, string> {
    const { stringData } = recording.only(secretType, name).inputs as { stringData: Record<string, string> };
    return stringData;
}

/** The volumes of data. */
const claims = ({ resources }: Recording<unknown>): RecordedResource[] =>
    resources.filter(
        ({ type, inputs }) =>
            type === "kubernetes:core/v1:PersistentVolumeClaim" && inputs.metadata.namespace === "data",
    );

describe("the databases and the storage of a stack", function () {
    this.timeout(60_000);

    it("live in a namespace of their own that stays, with volumes that are protected, unless the stack says otherwise", async () => {
        const kept = await deploy({ faas, databases: { orders }, storage });
        const namespace = kept.only("kubernetes:core/v1:Namespace", "data");
        assert.equal(namespace.options.retainOnDelete, true);
        assert.equal(claims(kept).length, 2);
        for (const { options } of claims(kept)) {
            assert.equal(options.protect, true);
        }
    });

    it("go with the stack, and their namespace too, where all of them say so", async () => {
        const deletion = "delete";
        const both = { databases: { orders: { ...orders, deletion } }, storage: { ...storage, deletion } };
        const gone = await deploy({ faas, ...both });
        assert.equal(gone.only("kubernetes:core/v1:Namespace", "data").options.retainOnDelete, false);
        for (const { options } of claims(gone)) {
            assert.deepEqual([options.protect, options.retainOnDelete], [false, false]);
        }
        const half = await deploy({ faas, ...both, storage });
        assert.equal(half.only("kubernetes:core/v1:Namespace", "data").options.retainOnDelete, true);
    });

    it("take retained volumes back, those of the store and of its pools too, and the namespace that they stayed in", async () => {
        const size = "1Gi";
        const distributed = { ...storage, servers: 4, pools: [{ servers: 4, storage: { size } }] };
        const annotation = "pulumi.com/patchForce";
        const taken = async (stack: Record<string, object>): Promise<string[]> =>
            (await deploy({ faas, ...stack })).resources
                .filter(({ inputs }) => inputs.metadata?.annotations?.[annotation] === "true")
                .map(({ name }) => name);
        const adopt = { size, adopt: true };
        assert.deepEqual(await taken({ storage: distributed }), []);
        assert.deepEqual(await taken({ storage: { ...storage, storage: adopt } }), ["data", "minio-data-0-0"]);
        assert.deepEqual(await taken({ storage: { ...distributed, pools: [{ servers: 4, storage: adopt }] } }), [
            "data",
            ...[0, 1, 2, 3].map((ordinal) => `minio-pool-1-data-0-${ordinal}`),
        ]);
    });

    it("share no namespace that goes with something else", async () => {
        assert.deepEqual(
            await refusal({
                faas,
                ingress: { controller: "traefik", certificates: { selfSigned: { hosts: ["example.com"] } } },
                databases: {
                    orders: { ...orders, namespace: "functions" },
                    other: { ...orders, users: {}, namespace: "traefik" },
                },
                storage: { ...storage, namespace: "fission" },
            }),
            [
                'databases.orders.namespace is "functions", which is that of functions and goes with it; give one that is for data only',
                'databases.other.namespace is "traefik", which is that of the ingress and goes with it; give one that is for data only',
                'storage.namespace is "fission", which is that of the platform and goes with it; give one that is for data only',
            ],
        );
    });

    it("share no namespace with an add-on or with the cluster's own", async () => {
        const inside = (namespace: string) => ({ ...orders, users: {}, namespace });
        const names = ["cert-manager", "metrics", "default", "kube-public", "cluster-autoscaler"];
        assert.deepEqual(
            await refusal({
                faas,
                addons: {
                    certManager: { issuers: { own: { selfSigned: true } } },
                    metricsServer: { namespace: "metrics" },
                    clusterAutoscaler: { mode: "existing" },
                },
                databases: Object.fromEntries(names.map((name, index) => [`d${index}`, inside(name)])),
                storage: { ...storage, namespace: "kube-system" },
            }),
            [
                'databases.d0.namespace is "cert-manager", which is that of cert-manager and goes with it; give one that is for data only',
                'databases.d1.namespace is "metrics", which is that of metrics-server and goes with it; give one that is for data only',
                'databases.d2.namespace is "default", which is the cluster\'s own; give one that is for data only',
                'databases.d3.namespace is "kube-public", which is the cluster\'s own; give one that is for data only',
                'storage.namespace is "kube-system", which is the cluster\'s own; give one that is for data only',
            ],
        );
    });

    it("are refused by the keys of the configuration, before anything is made", async () => {
        assert.deepEqual(
            await refusal({
                faas,
                databases: {
                    orders: { ...orders, replicas: 0 },
                    Shop: { ...orders, users: { r: { reads: ["shp"] } } },
                },
                storage: { ...storage, servers: 2 },
            }),
            [
                "databases.orders.replicas is 0; give a whole number from 1 to 9",
                'databases.Shop is "Shop", which has upper-case letters; use at most 52 lower-case letters, digits and "-", beginning with a letter and ending with a letter or digit; did you mean "shop"?',
                'databases.Shop.users.r.reads[0] is "shp", which is not known here; use "shop"; did you mean "shop"?',
                "storage.servers is 2, of which none could be lost without the store refusing writes; give 1, or 4 or more",
            ],
        );
    });

    it("are among the outputs: where they are, and how to log in by name, of which what opens them is secret", async () => {
        const { result } = await deploy({ faas, databases: { orders }, storage });
        const { connections, stores } = result as unknown as Outputs;
        for (const opens of [
            connections.orders.orders.password,
            connections.orders.report.url,
            stores.media.key.secret,
        ]) {
            assert.equal(await pulumi.isSecret(opens), true);
        }
        assert.deepEqual(Object.keys(result), [
            "platform",
            "gateway",
            "functions",
            "databases",
            "connections",
            "storage",
            "stores",
        ]);
    });

    it("are backed up into a bucket of the stack, by its name, with a password that the configuration keeps secret", async () => {
        const backup = { bucket: "media", encryptionPasswordFrom: "backupPassword" };
        const stack = { faas, databases: { orders: { ...orders, backup } }, storage };
        const recording = await deploy(stack, { backupPassword: "long enough to be one" });
        recording.only("kubernetes:batch/v1:CronJob", "orders-backup");
        const wrong = { ...stack, databases: { orders: { ...orders, backup: { ...backup, bucket: "medai" } } } };
        assert.deepEqual(await refusal(wrong, { backupPassword: "short" }), [
            'databases.orders.backup.bucket is "medai", which is not known here; use "media"; did you mean "media"?',
            "databases.orders.backup.encryptionPasswordFrom is a secret value, which has 5 characters; give a text of 12 or more characters",
        ]);
    });

    it("are in no output of a stack without them", async () => {
        assert.deepEqual(Object.keys((await deploy({ faas })).result), ["platform", "gateway", "functions"]);
    });
});

describe("a function that is bound by the configuration", function () {
    this.timeout(60_000);

    it("gets a Secret in its namespace for each database and bucket, and reads them as variables", async () => {
        const functions = bound(
            { database: "orders", prefix: "ORDERS" },
            { database: "orders", user: "report", prefix: "REPORT" },
            { bucket: "media", prefix: "MEDIA" },
        );
        const recording = await deploy({ faas, databases: { orders }, storage, functions });
        const { host, user, database, tlsMode } = secretOf(recording, "hello-orders-binding");
        assert.deepEqual([host, user, database, tlsMode], ["orders.data.svc", "orders", "orders", "verified"]);
        assert.equal(secretOf(recording, "hello-report-binding").user, "report");
        const media = secretOf(recording, "hello-media-binding");
        assert.deepEqual([media.bucket, media.endpoint?.slice(0, 8)], ["media", "https://"]);
        for (const name of ["orders", "report", "media"]) {
            const { namespace } = recording.only(secretType, `hello-${name}-binding`).inputs.metadata;
            assert.equal(namespace, "functions");
        }
    });

    for (const platform of ["fission", "funktion", "kubeless"]) {
        it(`is checked with the very variables that it gets on ${platform}`, async () => {
            const functions = bound({ database: "orders", prefix: "ORDERS" }, { bucket: "media", prefix: "MEDIA" });
            const recording = await deploy({ faas: { platform }, databases: { orders }, storage, functions });
            const keys = ["hello-orders-binding", "hello-media-binding"].map((name) =>
                Object.keys(secretOf(recording, name)),
            );
            const wanted = keys.map((names, index) =>
                names.map((key) => `${["ORDERS", "MEDIA"][index]}_${key.toUpperCase().replace(".", "_")}`),
            );
            // A variable of the same name as any of them is found before anything is made.
            const environment = Object.fromEntries(wanted.flat().map((variable) => [variable, "x"]));
            const taken = { hello: { ...functions.hello, environment } };
            const faults = await refusal({ faas: { platform }, databases: { orders }, storage, functions: taken });
            const found = faults.map((fault) => /give (\w+) more than once/.exec(fault)?.[1]);
            assert.deepEqual(found.sort(), wanted.flat().sort());
        });

        it(`reaches what it is bound to on ${platform}, and nobody else does`, async () => {
            const functions = {
                ...bound({ database: "orders", prefix: "ORDERS" }, { bucket: "media", prefix: "MEDIA" }),
                other: hello,
            };
            const recording = await deploy({ faas: { platform }, databases: { orders }, storage, functions });
            for (const [to, port] of [
                ["database-orders", 5432],
                ["storage", 9000],
            ] as const) {
                const { spec, metadata } = recording.only(policyType, `hello-to-${to}-ingress`).inputs;
                assert.equal(metadata.namespace, "data");
                assert.deepEqual(
                    spec.ingress.map((rule: { ports: { port: number }[] }) => rule.ports.map((each) => each.port)),
                    [[port]],
                );
                const [{ podSelector }] = spec.ingress[0].from;
                assert.match(JSON.stringify(podSelector), /"hello"/);
                const outward = JSON.stringify(recording.only(policyType, `hello-to-${to}-egress`).inputs.spec.egress);
                assert.match(outward, /"kubernetes.io\/metadata.name":"data"/);
            }
            assert.deepEqual(
                recording.resources.filter(({ name }) => name.startsWith("other-to-")),
                [],
            );
        });
    }

    it("names what there is when it is bound to something else", async () => {
        const functions = bound(
            { database: "ordrs", prefix: "A" },
            { database: "orders", user: "reprt", prefix: "B" },
            { bucket: "medai", prefix: "C" },
        );
        assert.deepEqual(await refusal({ faas, databases: { orders }, storage, functions }), [
            'functions.hello.bindings[0].database is "ordrs", which is not known here; use "orders"; did you mean "orders"?',
            'functions.hello.bindings[1].user is "reprt", which is not known here; use one of "orders", "report"; did you mean "report"?',
            'functions.hello.bindings[2].bucket is "medai", which is not known here; use "media"; did you mean "media"?',
        ]);
        assert.deepEqual(await refusal({ faas, functions: bound({ bucket: "media", prefix: "MEDIA" }) }), [
            'functions.hello.bindings[0].bucket is "media", and the stack has no bucket; add `storage: { buckets: { media: ... } }`',
        ]);
    });

    it("is nobody who has no rights on what it is bound to", async () => {
        const users = {
            backup: { adds: ["dumps"] },
            viewer: { reads: ["media"] },
            denied: { statements: [{ effect: "deny", actions: ["s3:*"], resources: ["media/*"] }] },
            partial: { statements: [{ actions: ["s3:GetObject"], resources: ["media/public/*"] }] },
        };
        const store = { ...storage, buckets: { media: {}, dumps: {} }, users };
        const shop = { ...orders, databases: { stock: { owner: "clerk" } }, users: { clerk: {}, idle: {} } };
        const bindings = [
            { bucket: "media", user: "backup", prefix: "A" },
            { bucket: "media", user: "dumps", prefix: "B" },
            { bucket: "media", user: "denied", prefix: "C" },
            { bucket: "media", user: "viewer", prefix: "D" },
            { bucket: "media", user: "partial", prefix: "E" },
            { bucket: "dumps", user: "backup", prefix: "F" },
            { database: "shop", user: "idle", prefix: "G" },
            { database: "shop", user: "clerk", prefix: "H" },
        ];
        const data = { databases: { shop }, storage: store };
        assert.deepEqual(await refusal({ faas, ...data, functions: bound(...bindings) }), [
            'functions.hello.bindings[0].user is "backup", who has no rights on the bucket "media"; use one of "media", "viewer", "partial", or give rights in storage.users.backup',
            'functions.hello.bindings[1].user is "dumps", which is not known here; use one of "media", "viewer", "partial"',
            'functions.hello.bindings[2].user is "denied", who has no rights on the bucket "media"; use one of "media", "viewer", "partial", or give rights in storage.users.denied',
            'functions.hello.bindings[6].user is "idle", who has no rights on the database "shop"; use one of "shop", "clerk", or give rights in databases.shop.users.idle',
        ]);
    });

    it("names one thing in each binding, and a user of what the stack has only", async () => {
        const rule = "give a database or a bucket, which may go with a user, or secretName and keys";
        for (const binding of [
            { prefix: "A" },
            { prefix: "A", database: "orders", bucket: "media" },
            { prefix: "A", secretName: "orders", keys: ["host"], user: "report" },
            { prefix: "A", secretName: "orders" },
            { prefix: "A", database: "orders", keys: ["host"] },
        ]) {
            const [fault] = await refusal({ faas, databases: { orders }, storage, functions: bound(binding) });
            assert.equal(fault, `functions.hello.bindings[0] is ${JSON.stringify(binding)}: ${rule}`);
        }
    });

    it("gives no two Secrets one name", async () => {
        const functions = {
            ...bound({ database: "orders", prefix: "A_B" }),
            "hello-a": { ...hello, bindings: [{ database: "orders", prefix: "B" }] },
        };
        assert.deepEqual(await refusal({ faas, databases: { orders }, functions }), [
            'functions.hello-a.bindings[0].prefix would give a Secret the name "hello-a-b-binding", as functions.hello does; choose another',
        ]);
    });
});

describe("a function that is bundled by the configuration", function () {
    this.timeout(60_000);

    it("brings the packages that its code imports, in one text that is the same each time", async () => {
        const functions = { hello: { ...hello, bundle: true } };
        const packed = async (): Promise<string> => {
            const { spec } = (await deploy({ faas, functions })).only(packageType, "hello-package").inputs;
            return spec.deployment.literal as string;
        };
        const first = await packed();
        assert.equal(await packed(), first);
        assert.ok(first.length > 20_000, "the packages are not in it");
    });

    it("is refused where bundling means nothing, and with the places of what can't be resolved", async () => {
        const bundle = true;
        const functions = {
            folder: { ...hello, bundle, code: "examples/hello" },
            python: { runtime: "python", handler: "hello.handler", code: "examples/hello/hello.py", bundle },
            image: { image: "docker.io/library/hello:1.0", bundle },
            wrong: {
                ...hello,
                bundle,
                handler: "unresolved.handler",
                code: "test/unit/stacks/fixtures/unresolved.mjs",
            },
        };
        assert.deepEqual(await refusal({ faas, functions }), [
            'functions.folder.bundle begins with a file, and code is the folder "examples/hello"; name the file of the handler',
            "functions.python.bundle is for Node alone; give `dependencies`, or the packages among the files of a folder",
            "functions.image.bundle is for code, and an image brings what it needs; leave it out",
            'functions.wrong.code can\'t be bundled: test/unit/stacks/fixtures/unresolved.mjs:2: Could not resolve "a-package-that-is-not-there"',
        ]);
    });
});
