import assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { type ClusterInspection, inspectCluster } from "../../../components/cluster";
import { kubeconfigOf } from "./support/kubeconfigs";

/** Answers by path, without the query; a number is a status without a body. */
type Answers = Record<string, object | string | number>;

const list = (...items: object[]): object => ({ items, metadata: {} });

const node = (name: string, labels: Record<string, string> = {}): object => ({
    metadata: { name, labels },
    status: { nodeInfo: { kubeletVersion: "v1.35.2", containerRuntimeVersion: "containerd://2.1.4" } },
});

const account = (labels: Record<string, string>): object => ({ metadata: { name: "a", namespace: "n", labels } });

const usual: Answers = {
    "/version": { gitVersion: "v1.36.3" },
    "/apis/authentication.k8s.io/v1/selfsubjectreviews": { status: { userInfo: { username: "ada" } } },
    "/metrics": "# HELP something\n",
    "/api/v1/nodes": list(node("one")),
    "/api/v1/serviceaccounts": list(),
};

/** What the inspection tells of a stand-in API server, and what it asked for. */
async function inspect(answers: Answers): Promise<ClusterInspection & { asked: string[] }> {
    const all: Answers = { ...usual, ...answers };
    const asked: string[] = [];
    const server = http.createServer(({ url }, response) => {
        asked.push(url!);
        const answer = all[url!] ?? all[url!.split("?")[0]!] ?? 404;
        const status = typeof answer === "number" ? answer : 200;
        response.writeHead(status).end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
        const kubeconfig = kubeconfigOf([{ name: "c", server: url }], "c");
        return { ...(await inspectCluster({ kubeconfig, timeoutSeconds: 5 })), asked };
    } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    }
}

/** A group that serves a kind by an old version and, where given, by a newer one. */
function group(name: string, resource: string, kind: string, versions: string[]): Answers {
    const served = {
        resources: [
            { name: resource, kind, verbs: ["get", "list"] },
            { name: `${resource}/status`, kind, verbs: [] },
        ],
    };
    return {
        [`/apis/${name}`]: { versions: versions.map((version) => ({ groupVersion: `${name}/${version}` })) },
        ...Object.fromEntries(versions.map((version) => [`/apis/${name}/${version}`, served])),
    };
}

describe("the inspection of a cluster", () => {
    it("tells the version, the nodes with kubelet and runtime, and that nothing else is there", async () => {
        const { asked: _asked, ...inspection } = await inspect({});
        assert.deepEqual(inspection, {
            context: "c",
            version: "1.36.3",
            user: "ada",
            provider: "upstream",
            nodes: [{ name: "one", kubelet: "v1.35.2", runtime: "containerd://2.1.4" }],
            apis: [],
            uses: [],
            unseen: [],
        });
    });

    it("reads all pages of a list", async () => {
        const { nodes } = await inspect({
            "/api/v1/nodes?limit=200": { items: [node("one")], metadata: { continue: "a/b=" } },
            "/api/v1/nodes?limit=200&continue=a%2Fb%3D": list(node("two")),
        });
        assert.deepEqual(
            nodes.map(({ name }) => name),
            ["one", "two"],
        );
    });

    for (const [provider, version, labels] of [
        ["gke", "v1.36.3-gke.1640000", {}],
        ["gke", "v1.36.3", { "cloud.google.com/gke-nodepool": "a" }],
        ["eks", "v1.36.3-eks-1a2b3c4", {}],
        ["eks", "v1.36.3", { "eks.amazonaws.com/nodegroup": "a" }],
        ["aks", "v1.36.2", { "kubernetes.azure.com/cluster": "a" }],
    ] as const) {
        it(`takes a cluster with version ${version} and labels ${JSON.stringify(labels)} for ${provider}`, async () => {
            const answers = { "/version": { gitVersion: version }, "/api/v1/nodes": list(node("one", labels)) };
            assert.equal((await inspect(answers)).provider, provider);
        });
    }

    it("takes from the metrics what was asked for and ends one day, not what is only deprecated", async () => {
        const metric = (group: string, version: string, resource: string, removed: string): string =>
            `apiserver_requested_deprecated_apis{group="${group}",removed_release="${removed}",resource="${resource}",subresource="",version="${version}"} 1\n`;
        const { apis } = await inspect({
            "/metrics": `other{group="x"} 1\n${metric("", "v1", "endpoints", "")}${metric("resource.k8s.io", "v1beta1", "resourceclaims", "1.38")}`,
        });
        assert.deepEqual(apis, [
            {
                api: "resource.k8s.io/v1beta1",
                kind: "resourceclaims",
                removedIn: "1.38",
                by: "a client of the API server",
            },
        ]);
    });

    it("finds who wrote an object by an API version that ends, and reads it by another version", async () => {
        const { apis, asked } = await inspect({
            ...group("networking.k8s.io", "servicecidrs", "ServiceCIDR", ["v1", "v1beta1"]),
            "/apis/networking.k8s.io/v1/servicecidrs": list({
                metadata: {
                    name: "kubernetes",
                    managedFields: [
                        { apiVersion: "networking.k8s.io/v1", manager: "kube-apiserver" },
                        { apiVersion: "networking.k8s.io/v1beta1", manager: "old-tool" },
                    ],
                },
            }),
        });
        assert.deepEqual(apis, [
            { api: "networking.k8s.io/v1beta1", kind: "ServiceCIDR", by: 'old-tool in "kubernetes"' },
        ]);
        assert.ok(!asked.some((path) => path.includes("v1beta1/")), asked.join("\n"));
    });

    it("reads no objects of a kind that only the old version serves, which would be a use of it", async () => {
        const { asked } = await inspect(group("networking.k8s.io", "servicecidrs", "ServiceCIDR", ["v1beta1"]));
        assert.ok(!asked.some((path) => path.includes("servicecidrs")), asked.join("\n"));
    });

    it("knows platforms by the labels of accounts: of their own parts, or of their functions", async () => {
        const { uses } = await inspect({
            "/api/v1/serviceaccounts": list(
                account({ "app.kubernetes.io/name": "fission", "app.kubernetes.io/component": "router" }),
                account({ "app.kubernetes.io/name": "function", "app.kubernetes.io/component": "kubeless" }),
            ),
        });
        assert.deepEqual(uses, ["library", "fission", "kubeless"]);
    });

    it("names what it may not read, and goes on", async () => {
        const { unseen, nodes } = await inspect({
            "/metrics": 403,
            "/api/v1/nodes": 403,
            "/api/v1/serviceaccounts": 500,
        });
        assert.deepEqual(nodes, []);
        assert.deepEqual(unseen, [
            "requests for deprecated APIs, in the API server's metrics (/metrics answers 403)",
            "the nodes (/api/v1/nodes answers 403)",
            "what this library made (/api/v1/serviceaccounts answers 500)",
        ]);
    });
});
