import assert from "node:assert/strict";
import { Fission, FissionCrds } from "../../../components/faas/fission";
import { testCluster } from "../support/cluster";
import { record } from "../support/mocks";
import { deploymentType, parts } from "./fission-recording";

describe("What Fission's objects wait for", () => {
    it("is the definitions for the pods alone: all else is made beside them", async () => {
        const { resources } = await record(() => {
            const { definitions } = new FissionCrds("crds", { cluster: testCluster() });
            return new Fission("fission", { cluster: testCluster(), definitions });
        });
        const waiting = resources.filter(
            ({ custom, options }) => custom && options.dependencies.some((name) => name.startsWith("crds-")),
        );
        assert.deepEqual(
            waiting.map(({ type, name }) => `${type} ${name}`).sort(),
            parts.map((part) => `${deploymentType} fission-${part}`).sort(),
        );
    });

    it("is asked for in the order of the longest way: certificates, then the webhook, then the other parts", async () => {
        const { resources } = await record(() => new Fission("fission", { cluster: testCluster(), definitions: [] }));
        const indexOf = (type: string, name = ""): number =>
            resources.findIndex((each) => each.type.endsWith(type) && each.name.startsWith(name));
        const webhook = indexOf(":HardenedDeployment", "fission-webhook");
        assert.equal(webhook, indexOf(":HardenedDeployment"));
        const key = indexOf(":PrivateKey", "fission-webhook-ca-key");
        assert.ok(webhook >= 0 && key >= 0 && key < indexOf(":ServiceAccount"));
    });

    it("is every namespace for whoever has rights in each", async () => {
        const args = { cluster: testCluster(), definitions: [], functionNamespaces: ["shop", "billing"] };
        const { resources } = await record(() => new Fission("fission", args));
        const roles = resources.filter(({ type }) => type === "kubernetes:rbac.authorization.k8s.io/v1:Role");
        for (const { name, inputs, options } of roles) {
            const own = inputs.metadata.namespace === "fission" ? "" : `-${inputs.metadata.namespace}`;
            assert.ok(options.dependencies.includes(`fission-namespace${own}`), name);
        }
    });
});
