import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { parse } from "yaml";
import { ClusterAccess, type ClusterAccessArgs, validateClusterAccess } from "../../../components/cluster";
import { FaasKind } from "../../../components/core/contracts";
import { testCluster } from "../support/cluster";
import { record, type RecordedResource, type Recording, rejects, valueOf } from "../support/mocks";
import { KubeconfigDirectory, kubeconfigOf, planted } from "./support/kubeconfigs";

const admin = testCluster({}, { kubeconfig: kubeconfigOf(["home", "office"], "home"), context: "home" });
const token = "token-of-the-application-stack";

function accessArgs(args: Partial<ClusterAccessArgs> = {}): ClusterAccessArgs {
    return { cluster: admin, namespaces: ["shop", "stock"], ...args };
}

/** Runs the component on a cluster that writes a token into the Secret, as the token controller does. */
function recordAccess(args: Partial<ClusterAccessArgs> = {}, writtenToken = token): Promise<Recording<ClusterAccess>> {
    return record(() => new ClusterAccess("apps", accessArgs(args)), {
        outputs: ({ type }) =>
            type === "kubernetes:core/v1:Secret" && writtenToken !== ""
                ? { data: { token: Buffer.from(writtenToken).toString("base64") } }
                : undefined,
    });
}

interface Metadata {
    name: string;
    namespace?: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
}

const metadataOf = ({ inputs }: RecordedResource): Metadata => inputs.metadata as Metadata;

interface Rule {
    apiGroups: string[];
    resources: string[];
    verbs: string[];
}

/** `group/resource: verbs` of every right in a namespace. */
function rightsIn({ resources }: Recording<unknown>, namespace: string): Map<string, string[]> {
    const roles = resources.filter(
        (resource) =>
            resource.type === "kubernetes:rbac.authorization.k8s.io/v1:Role" &&
            metadataOf(resource).namespace === namespace,
    );
    const rights = new Map<string, string[]>();
    for (const rule of roles.flatMap(({ inputs }) => inputs.rules as Rule[])) {
        for (const key of rule.apiGroups.flatMap((group) => rule.resources.map((kind) => `${group}/${kind}`))) {
            rights.set(key, [...new Set([...(rights.get(key) ?? []), ...rule.verbs])].sort());
        }
    }
    return rights;
}

describe("ClusterAccess", () => {
    it("makes a ServiceAccount, its token, and a Role with its binding in each namespace", async () => {
        assert.deepEqual((await recordAccess({ namespace: "platform-access" })).summary(), [
            "kubernetes-faas:index:ClusterAccess apps",
            "kubernetes:core/v1:Secret apps-token-1",
            "kubernetes:core/v1:ServiceAccount apps",
            "kubernetes:rbac.authorization.k8s.io/v1:Role apps-in-shop",
            "kubernetes:rbac.authorization.k8s.io/v1:Role apps-in-stock",
            "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding apps-in-shop",
            "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding apps-in-stock",
        ]);
    });

    it("keeps the token in a namespace of its own, in which no pod may be started to take it", async () => {
        const recording = await recordAccess();
        assert.equal(metadataOf(recording.only("kubernetes:core/v1:Secret")).namespace, "apps-access");
        const quota = recording.only("kubernetes:core/v1:ResourceQuota");
        assert.equal(metadataOf(quota).namespace, "apps-access");
        assert.deepEqual(quota.inputs.spec, { hard: { pods: "0" } });
    });

    it("gives no cluster-wide right, no wildcard, and no right to give rights, on any platform", async () => {
        for (const faas of [undefined, ...Object.values(FaasKind)]) {
            const recording = await recordAccess({ faas, networkPolicyNamespaces: ["data"] });
            assert.deepEqual(recording.ofType("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"), []);
            for (const [what, verbs] of rightsIn(recording, "shop")) {
                assert.doesNotMatch(
                    `${what} ${verbs.join(" ")}`,
                    /\*|rbac|bind|escalate|impersonate|exec|attach|token/,
                );
            }
        }
    });

    it("lets an application stack write bindings, routes and network policies, and no workloads without a platform", async () => {
        const rights = rightsIn(await recordAccess(), "shop");
        const manage = ["create", "delete", "get", "list", "patch", "update", "watch"];
        assert.deepEqual(Object.fromEntries(rights), {
            "/configmaps": manage,
            "/endpoints": ["get", "list", "watch"],
            "/secrets": manage,
            "/services": ["get", "list", "watch"],
            "networking.k8s.io/ingresses": manage,
            "networking.k8s.io/networkpolicies": manage,
        });
    });

    it("adds what a function consists of on the platform, and nothing of another", async () => {
        const fission = rightsIn(await recordAccess({ faas: "fission" }), "shop");
        assert.ok(fission.get("fission.io/functions")?.includes("create"));
        assert.equal(fission.has("apps/deployments"), false);
        const openfaas = rightsIn(await recordAccess({ faas: "openfaas" }), "shop");
        assert.ok(openfaas.get("apps/deployments")?.includes("create"));
        assert.deepEqual(openfaas.get("/pods"), ["get", "list", "watch"]);
        assert.equal(openfaas.has("fission.io/functions"), false);
    });

    it("opens further namespaces to network policies only", async () => {
        const rights = rightsIn(await recordAccess({ networkPolicyNamespaces: ["data"] }), "data");
        assert.deepEqual([...rights.keys()], ["networking.k8s.io/networkpolicies"]);
    });

    it("gives a secret kubeconfig with the token, the server and its authority, and nothing of the administrator's", async () => {
        const { cluster } = (await recordAccess()).result;
        assert.ok(await pulumi.isSecret(pulumi.output(cluster.kubeconfig)));
        const text = (await valueOf(cluster.kubeconfig))!;
        assert.ok(!text.includes(planted) && !text.includes("office"));
        assert.deepEqual(parse(text), {
            apiVersion: "v1",
            kind: "Config",
            "current-context": "apps",
            clusters: [
                {
                    name: "test-cluster",
                    cluster: { server: "https://home.example.com:6443", "certificate-authority-data": "Y2E=" },
                },
            ],
            contexts: [{ name: "apps", context: { cluster: "test-cluster", user: "apps", namespace: "shop" } }],
            users: [{ name: "apps", user: { token } }],
        });
    });

    it("is the same cluster under another name, so that both fit into one program", async () => {
        const { cluster } = (await recordAccess()).result;
        assert.equal(cluster.name, "test-cluster-apps");
        assert.equal(cluster.context, "apps");
        assert.equal(cluster.access, "namespaces");
        assert.equal(cluster.clusterIdentifier, admin.clusterIdentifier);
        assert.deepEqual(cluster.traits, admin.traits);
    });

    it("embeds an authority that the administrator's kubeconfig keeps in a file", async () => {
        const files = new KubeconfigDirectory();
        try {
            files.write("ca.crt", "certificate of the authority");
            const cluster = { "certificate-authority": "ca.crt", "certificate-authority-data": undefined };
            const kubeconfig = files.write("config", kubeconfigOf([{ name: "minikube", cluster }], "minikube"));
            const recording = await recordAccess({ cluster: testCluster({}, { kubeconfig }) });
            const text = (await valueOf(recording.result.cluster.kubeconfig))!;
            const embedded = Buffer.from("certificate of the authority").toString("base64");
            assert.ok(text.includes(`certificate-authority-data: ${embedded}`) && !text.includes("ca.crt"));
        } finally {
            files.remove();
        }
    });

    it("keeps the token out of pods: the ServiceAccount mounts none, and the Secret comes after the rights", async () => {
        const recording = await recordAccess();
        const serviceAccount = recording.only("kubernetes:core/v1:ServiceAccount");
        assert.equal(serviceAccount.inputs.automountServiceAccountToken, false);
        const secret = recording.only("kubernetes:core/v1:Secret");
        assert.equal(secret.inputs.type, "kubernetes.io/service-account-token");
        assert.equal(metadataOf(secret).annotations["kubernetes.io/service-account.name"], "apps");
        assert.ok(secret.options.dependencies.includes("apps-in-shop"));
    });

    it("accepts several tokens while they are rotated, and puts the first into the kubeconfig", async () => {
        const recording = await record(() => new ClusterAccess("apps", accessArgs({ tokenVersions: ["2", "1"] })), {
            outputs: ({ type, name }) =>
                type === "kubernetes:core/v1:Secret"
                    ? { data: { token: Buffer.from(`content of ${name}`).toString("base64") } }
                    : undefined,
        });
        assert.deepEqual(
            recording.ofType("kubernetes:core/v1:Secret").map((secret) => metadataOf(secret).name),
            ["apps-token-2", "apps-token-1"],
        );
        const text = (await valueOf(recording.result.cluster.kubeconfig))!;
        assert.ok(text.includes("content of apps-token-2") && !text.includes("apps-token-1"));
    });

    it("lets its objects go also in a protected stack, and makes them with the cluster's own provider", async () => {
        const objects = (await recordAccess()).resources.filter(({ type }) => type.startsWith("kubernetes:"));
        assert.ok(objects.length > 6);
        for (const { options, provider } of objects) {
            assert.equal(options.protect, false);
            assert.equal(options.retainOnDelete, false);
            assert.equal(provider, "test-cluster");
        }
    });

    it("says what is wrong when the cluster writes no token", async () => {
        await rejects(
            () => recordAccess({}, "").then(({ result }) => valueOf(result.cluster.kubeconfig)),
            /The cluster has not written a token into the Secret; is the token controller of its kube-controller-manager running\?$/,
        );
    });

    it("lists everything that is wrong at once", () => {
        const faults = validateClusterAccess("Apps", {
            cluster: { ...admin, access: "namespaces" },
            namespace: "shop",
            namespaces: ["shop", "Stock"],
            networkPolicyNamespaces: ["shop"],
            faas: "fision" as FaasKind,
            tokenVersions: ["next one", "1", "1"],
        });
        assert.deepEqual(
            faults.map(({ propertyPath }) => propertyPath),
            [
                "name",
                "cluster",
                "namespaces[0]",
                "namespaces[1]",
                "networkPolicyNamespaces[0]",
                "faas",
                "tokenVersions[0]",
                "tokenVersions[2]",
            ],
        );
        assert.equal(faults[2]!.reason, 'is "shop", which holds the token; keep the token in a namespace of its own');
        assert.match(faults[5]!.reason, /did you mean "fission"\?/);
    });

    it("wants at least one namespace", async () => {
        await rejects(
            () => recordAccess({ namespaces: [] }),
            "ClusterAccess apps: namespaces is empty; give at least one entry",
        );
    });
});
