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
