import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { openStack, resourcesInState, runDestroy, runPreview, runRefresh, runUp, StackRunError } from "../../sandbox";
import { describeSandbox } from "./support";

describeSandbox("sandbox engine", (context) => {
    let data: Record<string, string>;
    let failure: string | undefined;
    beforeEach(() => {
        data = { key: "one" };
        failure = undefined;
    });

    const open = (stack: string, program: () => Promise<Record<string, unknown> | void>) =>
        openStack({
            sandbox: context().sandbox,
            project: "sandbox-engine",
            stack,
            program,
            config: { plain: "visible", password: { value: "hidden-value", secret: true } },
        });

    const program = (): Promise<Record<string, unknown>> => {
        const kubeconfig = fs.readFileSync(context().sandbox.kubeconfig, "utf8");
        const provider = new k8s.Provider("sandbox", { kubeconfig });
        const namespace = new k8s.core.v1.Namespace("sandbox-engine", {}, { provider });
        new k8s.core.v1.ConfigMap("settings", { metadata: { namespace: namespace.metadata.name }, data }, { provider });
        if (failure) {
            return Promise.reject(new Error(failure));
        }
        const config = new pulumi.Config();
        return Promise.resolve({ plain: config.require("plain"), password: config.requireSecret("password") });
    };

    it("previews, updates, replaces, refreshes and destroys, and tells the operation of each resource", async () => {
        const stack = await open("operations", program);
        const operations = (run: { changed: readonly { name: string; operation: string }[] }): string[] =>
            run.changed.map(({ name, operation }) => `${name} ${operation}`).sort();
        const created = [
            "sandbox create",
            "sandbox-engine create",
            "sandbox-engine-operations create",
            "settings create",
        ];
        assert.deepEqual(operations(await runPreview(stack)), created);
        assert.deepEqual(operations(await runUp(stack)), created);
        assert.deepEqual((await runPreview(stack)).changed, []);
        assert.deepEqual((await runUp(stack, { refresh: true })).changed, []);

        data = { key: "two" };
        const preview = await runPreview(stack);
        assert.deepEqual(operations(preview), ["settings replace"]);
        assert.ok(preview.changed[0]!.replaceKeys.some((key) => key.startsWith("data")));
        assert.deepEqual(operations(await runUp(stack)), ["settings replace"]);

        const { id } = (await resourcesInState(stack)).find(({ type }) => type === "kubernetes:core/v1:ConfigMap")!;
        const [namespace, name] = id!.split("/");
        await context().client.delete(`/api/v1/namespaces/${namespace}/configmaps/${name}`);
        assert.deepEqual(operations(await runRefresh(stack)), ["settings delete"]);

        await runDestroy(stack);
        assert.deepEqual(await resourcesInState(stack), []);
        assert.equal((await context().client.get(`/api/v1/namespaces/${namespace}`))?.status.phase ?? "gone", "gone");
    });

    it("encrypts secrets in the state and in the stack file with a passphrase of the sandbox's own", async () => {
        const stack = await open("secrets", program);
        await runUp(stack);
        const outputs = await stack.outputs();
        assert.deepEqual(outputs.plain, { value: "visible", secret: false });
        assert.deepEqual(outputs.password, { value: "hidden-value", secret: true });
        const files = fs
            .readdirSync(path.join(context().sandbox.directory, "pulumi"), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile() && /secrets\.(json|yaml)/.test(entry.name))
            .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8"));
        assert.ok(files.some((text) => text.includes("visible")));
        assert.ok(files.every((text) => !text.includes("hidden-value")));
        await runDestroy(stack);
    });

    it("opens a stack again with its state and secrets", async () => {
        await runUp(await open("again", program));
        const stack = await open("again", program);
        assert.deepEqual((await runPreview(stack)).changed, []);
        await runDestroy(stack);
    });

    it("reports what the program or a plugin said when a run fails, and how far it came", async () => {
        const stack = await open("failing", program);
        failure = "the program is broken";
        await assert.rejects(runUp(stack), (error: Error) => {
            assert.ok(error instanceof StackRunError);
            assert.match(error.message, /the program is broken/);
            assert.ok(error.run.resources.some(({ name }) => name === "settings"));
            return true;
        });
        await runDestroy(stack);
    });

    it("refuses a Kubernetes resource without an explicit provider", async () => {
        const stack = await open("providerless", () => {
            new k8s.core.v1.ConfigMap("stray", { data: {} });
            return Promise.resolve();
        });
        await assert.rejects(runUp(stack), /[Dd]efault provider for 'kubernetes' disabled/);
        await runDestroy(stack);
    });
});
