import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import {
    ExistingCluster,
    type ExistingClusterArgs,
    probeCluster,
    validateExistingCluster,
} from "../../../components/cluster";
import type { Cluster } from "../../../components/core/contracts";
import { record, rejects, valueOf } from "../support/mocks";
import { KubeconfigDirectory, kubeconfigOf, planted } from "./support/kubeconfigs";

/** A cluster component under mocks, and its contract. */
async function clusterOf(args: ExistingClusterArgs): Promise<Cluster> {
    return (await record(() => new ExistingCluster("home", args).cluster)).result;
}

describe("ExistingCluster", () => {
    const two = kubeconfigOf(["home", "office"], "home");
    let files: KubeconfigDirectory;
    beforeEach(() => (files = new KubeconfigDirectory()));
    afterEach(() => files.remove());

    it("is one component resource and nothing in the cluster or beside it", async () => {
        const recording = await record(
            () => new ExistingCluster("home", { kubeconfig: two, kubernetesVersion: "1.36" }),
        );
        assert.deepEqual(
            recording.resources.map(({ type, name }) => `${type} ${name}`),
            ["kubernetes-faas:index:ExistingCluster home"],
        );
    });

    it("is identified by its context, never by the server's address", async () => {
        const cluster = await clusterOf({ kubeconfig: two, context: "office", kubernetesVersion: "1.36" });
        assert.equal(cluster.clusterIdentifier, "office");
        assert.equal(cluster.context, "office");
        const moved = kubeconfigOf([{ name: "office", server: "https://192.0.2.7:6443" }]);
        const again = await clusterOf({ kubeconfig: moved, context: "office", kubernetesVersion: "1.36" });
        assert.equal(again.clusterIdentifier, "office");
    });

    it("takes an identifier of the user's own", async () => {
        const cluster = await clusterOf({ kubeconfig: two, clusterIdentifier: "hq", kubernetesVersion: "1.36" });
        assert.equal(cluster.clusterIdentifier, "hq");
    });

    it("keeps the kubeconfig secret, and of its content only the one context", async () => {
        const { kubeconfig } = await clusterOf({ kubeconfig: two, context: "office", kubernetesVersion: "1.36" });
        assert.ok(await pulumi.isSecret(pulumi.output(kubeconfig)));
        const text = await valueOf(kubeconfig);
        assert.ok(text?.includes(`${planted}-office`) && !text.includes(`${planted}-home`));
    });

    it("hands a path on as it is, with the current context pinned by name", async () => {
        const file = files.write("config", two);
        const cluster = await clusterOf({ kubeconfig: file, kubernetesVersion: "1.36" });
        assert.equal(await valueOf(cluster.kubeconfig), file);
        assert.equal(cluster.context, "home");
    });

    it("finds the context in a kubeconfig that is only known later", async () => {
        const cluster = await clusterOf({ kubeconfig: pulumi.secret(two), kubernetesVersion: "1.36" });
        assert.equal(await valueOf(cluster.context!), "home");
        assert.equal(await valueOf(cluster.clusterIdentifier), "home");
        assert.ok(await pulumi.isSecret(pulumi.output(cluster.kubeconfig)));
        assert.equal(await pulumi.isSecret(pulumi.output(cluster.context)), false);
    });

    it("fails with the same message when a kubeconfig that is only known later lacks the context", async () => {
        await rejects(
            () =>
                clusterOf({ kubeconfig: pulumi.secret(two), context: "ofice", kubernetesVersion: "1.36" }).then(
                    ({ kubeconfig }) => valueOf(kubeconfig),
                ),
            /context is "ofice", which the kubeconfig does not have \(did you mean "office"\?\)/,
        );
    });

    it("has defaults that claim nothing: no enforcement of NetworkPolicies, no addresses, no add-ons", async () => {
        const { traits, access } = await clusterOf({ kubeconfig: two, kubernetesVersion: "1.36" });
        assert.deepEqual(traits, {
            cloud: "other",
            exposure: "LoadBalancer",
            networkPolicies: false,
            apiServer: { cidrs: [], ports: [443, 6443] },
            dns: { namespace: "kube-system", podSelector: { "k8s-app": "kube-dns" } },
            addons: [],
        });
        assert.equal(access, "admin");
    });

    it("changes only the traits that are given, and those without a value not at all", async () => {
        const { traits } = await clusterOf({
            kubeconfig: two,
            kubernetesVersion: "1.36",
            traits: { storageClass: "fast", exposure: undefined, apiServer: { cidrs: ["10.0.0.1/32"] } },
        });
        assert.equal(traits.storageClass, "fast");
        assert.equal(traits.exposure, "LoadBalancer");
        assert.deepEqual(traits.apiServer, { cidrs: ["10.0.0.1/32"], ports: [443, 6443] });
    });

    it("lists everything that is wrong at once, with its path, value and remedy", async () => {
        files.use(files.write("config", two));
        const args = {
            context: "offices",
            clusterIdentifier: " ",
            kubernetesVersion: "latest",
            traits: {
                exposure: "Loadbalancer",
                storageClass: "Fast_SSD",
                apiServer: { cidrs: ["10.0.0.1"], ports: [443, 66_000] },
                dns: { namespace: "kube-system", podSelector: { app: "a b" } },
                identity: { issuer: "oidc.example.com" },
            },
        };
        const before = validateExistingCluster(args as unknown as ExistingClusterArgs);
        assert.deepEqual(
            before.map(({ propertyPath }) => propertyPath),
            [
                "context",
                "clusterIdentifier",
                "kubernetesVersion",
                "traits.exposure",
                "traits.storageClass",
                "traits.apiServer.cidrs[0]",
                "traits.apiServer.ports[1]",
                "traits.dns.podSelector.app",
                "traits.identity.issuer",
            ],
        );
        await rejects(
            () => new ExistingCluster("home", args as unknown as ExistingClusterArgs),
            /^ExistingCluster home: 9 arguments are wrong:\n {2}- context is "offices", .*did you mean "office".*\n(.*\n)*.*did you mean "LoadBalancer"\?/,
        );
    });

    it("asks for the version by the name under which kubectl shows it", async () => {
        await rejects(
            () => new ExistingCluster("home", { kubeconfig: two } as ExistingClusterArgs),
            'ExistingCluster home: kubernetesVersion is missing; give the version that `kubectl version` calls "Server Version"',
        );
    });

    it("never repeats a credential in a message", async () => {
        const broken = `${two}\n  token: [${planted}`;
        await rejects(
            () => new ExistingCluster("home", { kubeconfig: broken, kubernetesVersion: "1.36" }),
            /^(?![^]*s3cr3t)ExistingCluster home: kubeconfig is not a kubeconfig: line \d+/,
        );
    });

    it("takes the version as a promise, such as a probe's answer", async () => {
        const version = probeCluster({ kubeconfig: two, context: "nowhere" }).then(
            (answer) => answer.version,
            () => "1.36.3",
        );
        const cluster = await clusterOf({ kubeconfig: two, kubernetesVersion: version });
        assert.equal(await valueOf(cluster.kubernetesVersion), "1.36.3");
    });
});
