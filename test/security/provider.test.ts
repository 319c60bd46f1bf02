import assert from "node:assert/strict";
import { forEveryProgram } from "./support/programs";

describe("Kubernetes objects", () => {
    forEveryProgram((program) => {
        it("go to the cluster that the program names, never to the current context of a kubeconfig", () => {
            const { resources } = program();
            const providers = resources
                .filter(({ type }) => type === "pulumi:providers:kubernetes")
                .map(({ name }) => name);
            const objects = resources.filter(({ type, custom }) => custom && type.startsWith("kubernetes:"));
            assert.equal(providers.length, 1);
            assert.ok(objects.length > 0);
            for (const { type, name, provider } of objects) {
                assert.equal(provider, providers[0], `${type} ${name}`);
            }
        });
    });
});
