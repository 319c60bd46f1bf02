import assert from "node:assert/strict";
import { HardenedDeployment, type HardenedDeploymentArgs } from "../../../components/core/workload";
import { record } from "../support/mocks";
import { webArgs } from "./support/workloads";

function deploy(args: Partial<HardenedDeploymentArgs> = {}) {
    return record(() => new HardenedDeployment("web", { ...webArgs(), ...args }));
}

describe("HardenedDeployment", () => {
    it("makes a ServiceAccount, a NetworkPolicy and a Deployment of its own name below itself, and nothing else", async () => {
        const recording = await deploy();

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:HardenedDeployment web",
            "kubernetes:apps/v1:Deployment web",
            "kubernetes:core/v1:ServiceAccount web",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy web",
        ]);
        for (const child of recording.childrenOf("web")) {
            assert.equal(child.provider, "test-cluster", child.type);
            assert.equal(child.options.protect, false, child.type);
            assert.equal(child.options.retainOnDelete, false, child.type);
            assert.equal(child.inputs.metadata.name, "web");
            assert.equal(child.inputs.metadata.namespace, "apps");
            assert.deepEqual(child.inputs.metadata.labels, {
                "app.kubernetes.io/name": "web",
                "app.kubernetes.io/instance": "web",
                "app.kubernetes.io/managed-by": "kubernetes-faas",
            });
        }
    });
});
