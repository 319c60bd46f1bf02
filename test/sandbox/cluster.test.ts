import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { rootCertificates } from "node:tls";
import { parse, stringify } from "yaml";
import {
    ClusterAccess,
    type ClusterProbeError,
    ExistingCluster,
    LocalCluster,
    probeCluster,
    ProbeFailure,
} from "../../components/cluster";
import { AccessLevel, type Cluster } from "../../components/core/contracts";
import { clusterProvider } from "../../components/core/provider";
import { fakeTraits } from "../../components/testing";
import { openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../sandbox";
import { eventually } from "../support/eventually";
import { changesOf, describeSandbox, stateOnDisk } from "./support";

/** The parts of the sandbox's kubeconfig that these tests change. */
interface Kubeconfig {
    clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
    users: { user: object }[];
}

function edited(file: string, edit: (config: Kubeconfig) => void): string {
    const config = parse(fs.readFileSync(file, "utf8")) as Kubeconfig;
    edit(config);
    return stringify(config);
}

describeSandbox("probeCluster on a real API server", (context) => {
    const failureOf = (kubeconfig: string): Promise<string> =>
        probeCluster({ kubeconfig }).then(
            () => assert.fail("the probe succeeded"),
            (error: ClusterProbeError) => error.failure,
        );

    it("tells the version, and who a client certificate says we are", async () => {
        const { kubeconfig, context: name } = context().sandbox;
        const { gitVersion } = await context().client.request<{ gitVersion: string }>("GET", "/version");
        const answer = await probeCluster({ kubeconfig, context: name });
        assert.equal(`v${answer.version}`, gitVersion);
        assert.equal(answer.context, name);
        assert.match(answer.user!, /admin/);
    });

    it("refuses a server whose certificate another authority signed", async () => {
        const other = edited(context().sandbox.kubeconfig, ({ clusters }) => {
            clusters[0]!.cluster["certificate-authority-data"] = Buffer.from(rootCertificates[0]!).toString("base64");
        });
        assert.equal(await failureOf(other), ProbeFailure.Untrusted);
    });

    it("tells credentials that are wrong from none at all only by its words: both have to log in", async () => {
        const { kubeconfig } = context().sandbox;
        const wrong = edited(kubeconfig, ({ users }) => (users[0]!.user = { token: "wrong" }));
        assert.equal(await failureOf(wrong), ProbeFailure.Unauthenticated);
        const none = edited(kubeconfig, ({ users }) => (users[0]!.user = {}));
        assert.equal(await failureOf(none), ProbeFailure.Unauthenticated);
    });
});

describeSandbox("a cluster that a stack lives in", (context) => {
    const namespace = "cluster-address";
    let stack: Stack;
    let kubeconfig: string;

    /** One namespace in an existing cluster. */
    const program = (): Promise<void> => {
        const { cluster } = new ExistingCluster("home", {
            kubeconfig,
            context: context().sandbox.context,
            kubernetesVersion: "1.36",
        });
        new k8s.core.v1.Namespace("one", { metadata: { name: namespace } }, { provider: clusterProvider(cluster) });
        return Promise.resolve();
    };

    before(async () => {
        kubeconfig = context().sandbox.kubeconfig;
        stack = await openStack({ sandbox: context().sandbox, project: "cluster-address", stack: "test", program });
        await runUp(stack);
    });
    after(async () => {
        await runDestroy(stack);
        assert.deepEqual(await resourcesInState(stack), []);
    });

    it("stays as it is in a second preview and a refreshing up", async () => {
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
    });

    it("keeps its objects when its kubeconfig becomes another one with another address", async () => {
        const { uid } = (await context().client.get(`/api/v1/namespaces/${namespace}`))!.metadata;
        kubeconfig = edited(context().sandbox.kubeconfig, ({ clusters }) => {
            clusters[0]!.cluster.server = clusters[0]!.cluster.server.replace("127.0.0.1", "localhost");
        });
        assert.deepEqual(changesOf(await runUp(stack)), ["update kubernetes home"]);
        assert.equal((await context().client.get(`/api/v1/namespaces/${namespace}`))!.metadata.uid, uid);
    });

    it("leaves no credential of a kubeconfig's content in clear in the state", () => {
        const { users } = parse(kubeconfig) as { users: { user: Record<string, string> }[] };
        const state = stateOnDisk(stack, "cluster-address");
        assert.ok(state.includes(namespace), "the search finds what is public");
        for (const credential of Object.values(users[0]!.user)) {
            assert.ok(!state.includes(credential));
        }
    });
});

describeSandbox("ClusterAccess", (context) => {
    const shop = "access-shop";
    const data = "access-data";
    let platform: Stack;
    let application: Stack;
    let tokenVersions = ["1"];
    /** The namespace that the application's program puts its Secret into. */
    let secretNamespace = shop;

    const platformProgram = (): Promise<Record<string, unknown>> => {
        const { kubeconfig, context: name } = context().sandbox;
        const { cluster } = new LocalCluster("sandbox", { kubeconfig, context: name, kubernetesVersion: "1.36" });
        const provider = clusterProvider(cluster);
        const namespaces = [shop, data].map(
            (one) => new k8s.core.v1.Namespace(one, { metadata: { name: one } }, { provider }),
        );
        const access = new ClusterAccess(
            "shop",
            { cluster, namespaces: [shop], networkPolicyNamespaces: [data], tokenVersions },
            { dependsOn: namespaces },
        );
        return Promise.resolve({ kubeconfig: access.cluster.kubeconfig });
    };

    const kubeconfigOutput = async (): Promise<string> => {
        const output = (await platform.outputs()).kubeconfig!;
        assert.ok(output.secret);
        return output.value as string;
    };

    /** What an application stack does beside functions: a binding, a route and two network policies. */
    const applicationProgram = (): Promise<void> => {
        const cluster: Cluster = {
            name: "platform",
            kubeconfig: pulumi.secret(kubeconfigOutput()),
            access: AccessLevel.Namespaces,
            clusterIdentifier: "sandbox",
            kubernetesVersion: "1.36",
            traits: fakeTraits(),
        };
        const options = { provider: clusterProvider(cluster) };
        new k8s.core.v1.Secret("orders", { metadata: { namespace: secretNamespace }, stringData: { a: "b" } }, options);
        new k8s.networking.v1.Ingress(
            "hello",
            {
                metadata: { namespace: shop, annotations: { "pulumi.com/skipAwait": "true" } },
                spec: { defaultBackend: { service: { name: "hello", port: { number: 80 } } } },
            },
            options,
        );
        for (const namespace of [shop, data]) {
            const metadata = { name: "hello-to-orders", namespace };
            new k8s.networking.v1.NetworkPolicy(
                `${namespace}-policy`,
                { metadata, spec: { podSelector: {} } },
                options,
            );
        }
        return Promise.resolve();
    };

    before(async () => {
        const { sandbox } = context();
        platform = await openStack({ sandbox, project: "access-platform", stack: "test", program: platformProgram });
        await runUp(platform);
        application = await openStack({
            sandbox,
            project: "access-application",
            stack: "test",
            program: applicationProgram,
        });
    });

    after(async () => {
        for (const stack of [application, platform].filter((one) => one !== undefined)) {
            await runDestroy(stack);
            assert.deepEqual(await resourcesInState(stack), []);
        }
        assert.equal(await context().client.get("/api/v1/namespaces/shop-access"), undefined);
    });

    it("stays as it is in a second preview and a refreshing up, though the cluster writes the token", async () => {
        assert.deepEqual(changesOf(await runPreview(platform)), []);
        assert.deepEqual(changesOf(await runUp(platform, { refresh: true })), []);
    });

    it("makes credentials that the API server knows as the ServiceAccount", async () => {
        const { user } = await probeCluster({ kubeconfig: await kubeconfigOutput() });
        assert.equal(user, "system:serviceaccount:shop-access:shop");
    });

    it("refuses an application stack what it was not given, where only network policies are open too", async () => {
        secretNamespace = data;
        await assert.rejects(
            runUp(application),
            /secrets .*is forbidden: User "system:serviceaccount:shop-access:shop" cannot .* in the namespace "access-data"/,
        );
        secretNamespace = shop;
    });

    it("lets an application stack make, and find unchanged, what it needs", async () => {
        await runUp(application);
        const kinds = (await resourcesInState(application)).map(({ type }) => type.split(":").at(-1));
        assert.deepEqual(kinds.sort(), ["Ingress", "NetworkPolicy", "NetworkPolicy", "Secret", "Stack", "kubernetes"]);
        assert.deepEqual(changesOf(await runPreview(application)), []);
    });

    it("rotates the token without a gap, and without touching what an application stack has made", async () => {
        const old = await kubeconfigOutput();
        tokenVersions = ["2", "1"];
        assert.deepEqual(changesOf(await runUp(platform)), ["create Secret shop-token-2"]);
        assert.notEqual(await kubeconfigOutput(), old);
        await probeCluster({ kubeconfig: old });

        assert.deepEqual(changesOf(await runUp(application)), ["update kubernetes platform"]);
        tokenVersions = ["2"];
        assert.deepEqual(changesOf(await runUp(platform)), ["delete Secret shop-token-1"]);
        await eventually(() =>
            assert.rejects(probeCluster({ kubeconfig: old }), { failure: ProbeFailure.Unauthenticated }),
        );
        const { user } = await probeCluster({ kubeconfig: await kubeconfigOutput() });
        assert.equal(user, "system:serviceaccount:shop-access:shop");
    });

    it("lets an application stack remove all that it has made", async () => {
        await runDestroy(application);
        assert.deepEqual(await resourcesInState(application), []);
    });

    it("leaves no token in clear in the state", async () => {
        const { users } = parse(await kubeconfigOutput()) as { users: { user: { token: string } }[] };
        const { token } = users[0]!.user;
        const state = stateOnDisk(platform, "access-platform");
        assert.ok(state.includes("shop-access"), "the search finds what is public");
        assert.ok(!state.includes(token) && !state.includes(Buffer.from(token).toString("base64")));
    });
});
