import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { allowFrom, type AllowFromArgs, bind, bindObjectStore } from "../../../components/core/connections";
import type { Connection, ObjectStoreConnection } from "../../../components/core/contracts";
import { type NetworkEndpoint, reachable, type RenderedPolicySpec } from "../../../components/core/network";
import { testCluster } from "../support/cluster";
import { record, type RecordedResource, rejects, valueOf } from "../support/mocks";

const secretType = "kubernetes:core/v1:Secret";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

const connection: Connection = {
    engine: "postgresql",
    host: "orders.data.svc",
    port: 5432,
    database: "orders",
    user: "orders",
    password: "pa55word",
    tlsMode: "verified",
    caCertificate: "PEM",
    url: "postgresql://orders:pa55word@orders.data.svc:5432/orders",
    endpoint: { pods: { namespace: "data", podSelector: { app: "orders" } } },
};
const store: ObjectStoreConnection = {
    kind: "minio",
    endpoint: "https://media.data.svc:9000",
    region: "us-east-1",
    bucket: "media",
    key: { id: "key-id", secret: "key-secret" },
    network: { pods: { namespace: "data", podSelector: { app: "media" } } },
};
const peer = { namespace: "shop", podSelector: { app: "hello" } };

describe("a binding to a database", () => {
    it("is an immutable, auto-named, secret Secret with every key, and data that says where it is", async () => {
        const recording = await record(async () => {
            const binding = bind("shop-orders", {
                cluster: testCluster(),
                namespace: "shop",
                connection,
                labels: { team: "blue" },
            });
            return {
                ...binding,
                secretName: await valueOf(binding.secretName),
                namespace: await valueOf(binding.namespace),
            };
        });

        assert.deepEqual(recording.summary(), [`${secretType} shop-orders`]);
        const secret = recording.only(secretType);
        assert.deepEqual(secret.inputs, {
            apiVersion: "v1",
            kind: "Secret",
            metadata: {
                namespace: "shop",
                labels: {
                    team: "blue",
                    "app.kubernetes.io/name": "binding",
                    "app.kubernetes.io/instance": "shop-orders",
                    "app.kubernetes.io/managed-by": "kubernetes-faas",
                },
            },
            type: "Opaque",
            immutable: true,
            stringData: {
                host: "orders.data.svc",
                port: "5432",
                database: "orders",
                user: "orders",
                password: "pa55word",
                url: "postgresql://orders:pa55word@orders.data.svc:5432/orders",
                tlsMode: "verified",
                "ca.crt": "PEM",
            },
        });
        assert.deepEqual(secret.secretPaths, ["stringData"]);
        assert.equal(secret.provider, "test-cluster");
        assert.equal(secret.options.protect, false);
        assert.equal(secret.options.retainOnDelete, false);
        assert.deepEqual(recording.result, {
            namespace: "shop",
            secretName: "shop-orders-0a1b2c3d",
            keys: ["host", "port", "database", "user", "password", "url", "tlsMode", "ca.crt"],
        });
    });

    it("takes values that are known later, has no certificate when there is none, and obeys the options", async () => {
        const recording = await record(() => {
            const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
            const later = { ...connection, port: pulumi.output(6432), caCertificate: undefined };
            return bind("orders", { cluster: testCluster(), namespace: "shop", connection: later }, { parent }).keys;
        });

        const secret = recording.only(secretType);
        assert.equal((secret.inputs.stringData as Record<string, string>).port, "6432");
        assert.ok(!("ca.crt" in (secret.inputs.stringData as object)));
        assert.ok(!recording.result.includes("ca.crt"));
        assert.equal(secret.parent, "parent");
    });

    it("refuses a wrong namespace and wrong labels before it makes anything", async () => {
        await rejects(
            () => bind("orders", { cluster: testCluster(), namespace: "Shop", connection, labels: { "a b": "c" } }),
            /^Binding orders: 2 arguments are wrong:\n {2}- namespace is "Shop", .*\n {2}- labels\["a b"\] is "a b", /,
        );
    });
});

describe("a binding to an object store", () => {
    const keysOf = async (over: Partial<ObjectStoreConnection>): Promise<RecordedResource & { keys: string[] }> => {
        const recording = await record(
            () =>
                bindObjectStore("media", { cluster: testCluster(), namespace: "shop", store: { ...store, ...over } })
                    .keys,
        );
        return { ...recording.only(secretType), keys: recording.result };
    };

    it("holds the store's key, secret", async () => {
        const { inputs, secretPaths, keys } = await keysOf({});

        assert.deepEqual(inputs.stringData, {
            endpoint: "https://media.data.svc:9000",
            region: "us-east-1",
            bucket: "media",
            accessKeyId: "key-id",
            secretAccessKey: "key-secret",
        });
        assert.equal(inputs.immutable, true);
        assert.deepEqual(secretPaths, ["stringData"]);
        assert.deepEqual(keys, ["endpoint", "region", "bucket", "accessKeyId", "secretAccessKey"]);
    });

    it("holds no key where the pods' identity counts, and a certificate where there is one", async () => {
        const { keys } = await keysOf({ key: undefined, caCertificate: "PEM" });

        assert.deepEqual(keys, ["endpoint", "region", "bucket", "ca.crt"]);
    });
});

describe("access to a server", () => {
    async function policiesOf(args: Partial<AllowFromArgs>): Promise<Record<string, RecordedResource>> {
        const recording = await record(() => {
            allowFrom("orders", { cluster: testCluster(), endpoint: connection.endpoint, port: 5432, peer, ...args });
        });
        return Object.fromEntries(recording.ofType(policyType).map((policy) => [policy.name, policy]));
    }

    const dnsRule = {
        to: [
            {
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
            },
        ],
        ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
        ],
    };

    it("opens both sides when the server is pods", async () => {
        const policies = await policiesOf({ labels: { team: "blue" } });

        assert.deepEqual(Object.keys(policies).sort(), ["orders-egress", "orders-ingress"]);
        const [egress, ingress] = [policies["orders-egress"]!, policies["orders-ingress"]!];
        assert.deepEqual(egress.inputs.metadata, {
            name: "orders-egress",
            namespace: "shop",
            labels: {
                team: "blue",
                "app.kubernetes.io/name": "network-policy",
                "app.kubernetes.io/instance": "orders-egress",
                "app.kubernetes.io/managed-by": "kubernetes-faas",
            },
        });
        assert.deepEqual(egress.inputs.spec, {
            podSelector: { matchLabels: { app: "hello" } },
            policyTypes: ["Egress"],
            egress: [
                dnsRule,
                {
                    to: [
                        {
                            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "data" } },
                            podSelector: { matchLabels: { app: "orders" } },
                        },
                    ],
                    ports: [{ protocol: "TCP", port: 5432 }],
                },
            ],
        });
        assert.equal((ingress.inputs.metadata as { namespace: string }).namespace, "data");
        assert.deepEqual(ingress.inputs.spec, {
            podSelector: { matchLabels: { app: "orders" } },
            policyTypes: ["Ingress"],
            ingress: [
                {
                    from: [
                        {
                            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } },
                            podSelector: { matchLabels: { app: "hello" } },
                        },
                    ],
                    ports: [{ protocol: "TCP", port: 5432 }],
                },
            ],
        });
        for (const policy of [egress, ingress]) {
            assert.equal(policy.provider, "test-cluster");
            assert.equal(policy.options.protect, false);
        }
    });

    it("lets the peer and nobody else reach the server, in namespaces that deny all", async () => {
        const policies = Object.values(await policiesOf({})).map(({ name, inputs }) => ({
            name,
            namespace: (inputs.metadata as { namespace: string }).namespace,
            spec: inputs.spec as RenderedPolicySpec,
        }));
        const denied = ["shop", "data"].map((namespace) => ({
            name: "deny-all",
            namespace,
            spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        }));
        const network = { namespaces: {}, policies: [...denied, ...policies] };
        const pod = (namespace: string, app: string, last: number): NetworkEndpoint => ({
            name: app,
            namespace,
            address: `10.244.0.${last}`,
            labels: { app },
        });
        const [hello, other, orders] = [pod("shop", "hello", 1), pod("shop", "other", 2), pod("data", "orders", 3)];

        assert.equal(reachable(network, hello, orders, { port: 5432 }).allowed, true);
        assert.equal(reachable(network, hello, orders, { port: 22 }).allowed, false);
        assert.equal(reachable(network, other, orders, { port: 5432 }).allowed, false);
        assert.equal(reachable(network, orders, hello, { port: 5432 }).allowed, false);
    });

    it("opens the peer's side only when the server is elsewhere, whose addresses may be known later", async () => {
        const endpoint = { cidrs: pulumi.output(["198.51.100.7/32"]) };
        const policies = await policiesOf({ endpoint, port: pulumi.output(5432) });

        assert.deepEqual(Object.keys(policies), ["orders-egress"]);
        assert.deepEqual((policies["orders-egress"]!.inputs.spec as RenderedPolicySpec).egress, [
            dnsRule,
            { to: [{ ipBlock: { cidr: "198.51.100.7/32" } }], ports: [{ protocol: "TCP", port: 5432 }] },
        ]);
    });

    it("is refused, with all faults, when nothing could be opened", async () => {
        await rejects(
            () => allowFrom("orders", { cluster: testCluster(), endpoint: {}, port: 0, peer }),
            "Access orders: 2 arguments are wrong:\n" +
                "  - port is 0; give a whole number from 1 to 65535\n" +
                "  - endpoint names neither pods nor cidrs, so nothing could be opened; give one of them",
        );
    });
});
