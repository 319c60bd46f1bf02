import assert from "node:assert/strict";
import {
    flavourOfContext,
    LocalCluster,
    type LocalClusterArgs,
    LocalFlavour,
    validateLocalCluster,
} from "../../../components/cluster";
import { record, rejects } from "../support/mocks";
import { KubeconfigDirectory, kubeconfigOf } from "./support/kubeconfigs";

const contexts = ["minikube", "kind-kind", "kind-dev", "k3d-k3s-default", "docker-desktop", "staging"];

async function localCluster(args: Omit<LocalClusterArgs, "kubernetesVersion">): Promise<LocalCluster> {
    const recording = await record(() => new LocalCluster("local", { kubernetesVersion: "1.36", ...args }));
    return recording.result;
}

describe("the flavour of a local cluster", () => {
    for (const [context, flavour] of [
        ["minikube", "minikube"],
        ["kind-dev", "kind"],
        ["k3d-dev", "k3d"],
        ["docker-desktop", "docker-desktop"],
        ["docker-for-desktop", "docker-desktop"],
        ["kubernetes-faas-sandbox-1a2b", "sandbox"],
        ["arn:aws:eks:eu-central-1:123456789012:cluster/kind-of", undefined],
        ["my-minikube", undefined],
    ] as const) {
        it(`of context ${context} is ${flavour ?? "not known"}`, () =>
            assert.equal(flavourOfContext(context), flavour));
    }
});

describe("LocalCluster", () => {
    let files: KubeconfigDirectory;
    beforeEach(() => {
        files = new KubeconfigDirectory();
        files.use(files.write("config", kubeconfigOf(contexts, "staging")));
    });
    afterEach(() => files.remove());

    for (const [flavour, context] of [
        ["minikube", "minikube"],
        ["kind", "kind-kind"],
        ["k3d", "k3d-k3s-default"],
        ["docker-desktop", "docker-desktop"],
    ] as const) {
        it(`of flavour ${flavour} is in context ${context}, whatever the current one is`, async () => {
            const { cluster } = await localCluster({ flavour });
            assert.equal(cluster.context, context);
            assert.equal(cluster.clusterIdentifier, context);
            assert.equal(cluster.traits.cloud, "local");
        });
    }

    it("knows how each tool exposes Services, stores volumes, isolates pods and serves its API", async () => {
        const facts = async (flavour: LocalFlavour): Promise<unknown[]> => {
            const { traits } = (await localCluster({ flavour })).cluster;
            return [traits.exposure, traits.storageClass, traits.networkPolicies, traits.apiServer.ports];
        };
        assert.deepEqual(await facts("minikube"), ["NodePort", "standard", false, [443, 8443]]);
        assert.deepEqual(await facts("kind"), ["NodePort", "standard", true, [443, 6443]]);
        assert.deepEqual(await facts("k3d"), ["LoadBalancer", "local-path", true, [443, 6443]]);
        assert.deepEqual(await facts("docker-desktop"), ["LoadBalancer", "hostpath", false, [443, 6443]]);
    });

    it("finds the sandbox by its context", async () => {
        const kubeconfig = kubeconfigOf(["kubernetes-faas-sandbox-test"]);
        const local = await localCluster({ kubeconfig, context: "kubernetes-faas-sandbox-test" });
        assert.equal(local.flavour, "sandbox");
        assert.equal(local.cluster.traits.exposure, "LoadBalancer");
    });

    it("lets the flavour be said where the context does not tell it, as for a Minikube profile", async () => {
        const local = await localCluster({ context: "staging", flavour: LocalFlavour.Minikube });
        assert.equal(local.cluster.context, "staging");
        assert.deepEqual(local.cluster.traits.apiServer.ports, [443, 8443]);
    });

    it("lets traits be corrected: a Minikube with Calico enforces NetworkPolicies", async () => {
        const { traits } = (await localCluster({ flavour: "minikube", traits: { networkPolicies: true } })).cluster;
        assert.equal(traits.networkPolicies, true);
        assert.equal(traits.storageClass, "standard");
    });

    it("asks for a flavour or a context when neither is given", async () => {
        await rejects(
            () => localCluster({}),
            'LocalCluster local: flavour is missing, and so is "context"; give one of them',
        );
    });

    it("asks for the flavour of a context that does not tell it", async () => {
        await rejects(
            () => localCluster({ context: "staging" }),
            'LocalCluster local: flavour is missing, and the context "staging" does not tell it; give one of docker-desktop, k3d, kind, minikube, sandbox',
        );
    });

    it("asks for the sandbox's context, which no default names", async () => {
        await rejects(
            () => localCluster({ flavour: "sandbox" }),
            "LocalCluster local: context is missing; give the context that the sandbox printed",
        );
    });

    it("names the near contexts when the flavour's own is not there", async () => {
        files.use(files.write("other", kubeconfigOf(["minikube-old"])));
        await rejects(
            () => localCluster({ flavour: "minikube" }),
            'LocalCluster local: context is "minikube", which the kubeconfig does not have (did you mean "minikube-old"?); name one of minikube-old',
        );
    });

    it("suggests the flavour that was meant, and finds the other faults too", () => {
        const args = { flavour: "minicube", kubernetesVersion: "1.36.x", traits: { storageClass: "" } };
        const faults = validateLocalCluster(args as unknown as LocalClusterArgs);
        assert.deepEqual(
            faults.map(({ propertyPath }) => propertyPath),
            ["flavour", "kubernetesVersion", "traits.storageClass"],
        );
        assert.match(faults[0]!.reason, /did you mean "minikube"\?/);
    });
});
