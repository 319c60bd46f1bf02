import assert from "node:assert/strict";
import * as path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import { openStack, runDestroy, runPreview, runUp, type SandboxClient, type StackRun } from "../../../sandbox";
import { describeSandbox } from "../support";
import { failing, sandboxProvider } from "./support";

const namespace = "imports";

/** What the stack of the test asks for, by kind. */
interface Wanted {
    config?: k8s.core.v1.ConfigMapArgs;
    claim?: k8s.core.v1.PersistentVolumeClaimArgs;
}

/** An object as far as it is read here. */
interface Live {
    metadata: { labels: Record<string, string> };
    data: Record<string, string>;
    spec: { volumeName: string };
}

// What the engine and the official plugin do: pulumi/pulumi@v3.259.0 pkg/resource/deploy/step_generator.go
// (continueStepsFromImport) and pulumi/pulumi-kubernetes@94977969 provider/pkg/provider/provider.go (Read, Diff).
describeSandbox("The import of an object that is there", function (context) {
    let client: SandboxClient;
    let stack: Stack;

    before("makes what is imported", async () => {
        client = context().client;
        await client.create("/api/v1/namespaces", { metadata: { name: namespace } });
        await client.create(`/api/v1/namespaces/${namespace}/configmaps`, {
            metadata: { name: "there", labels: { by: "hand", team: "a" } },
            data: { a: "1" },
        });
        await client.create(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
            metadata: { name: "claim" },
            spec: { ...claimSpec, volumeName: "imports-volume" },
        });
    });

    afterEach(async () => {
        await runDestroy(stack);
    });

    after(() => client.delete(`/api/v1/namespaces/${namespace}`));

    const claimSpec = {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "standard",
        resources: { requests: { storage: "1Gi" } },
    };

    async function open(name: string, wanted: Wanted, options: pulumi.CustomResourceOptions = {}): Promise<void> {
        stack = await openStack({
            sandbox: context().sandbox,
            project: "imports",
            stack: name,
            backendDirectory: path.join(context().sandbox.directory, "imports"),
            program: () => {
                const provider = sandboxProvider(context().sandbox, { enableConfigMapMutable: true });
                const importing = (id: string): pulumi.CustomResourceOptions => ({
                    retainOnDelete: true,
                    ...options,
                    provider,
                    import: `${namespace}/${id}`,
                });
                if (wanted.config) {
                    new k8s.core.v1.ConfigMap("config", wanted.config, importing("there"));
                }
                if (wanted.claim) {
                    new k8s.core.v1.PersistentVolumeClaim("claim", wanted.claim, importing("claim"));
                }
                return Promise.resolve();
            },
        });
    }

    const stepsOf = ({ changed }: StackRun, name: string): readonly string[] | undefined =>
        changed.find((resource) => resource.name === name)?.steps;

    it("fails at preview where another manager set a field that differs", async () => {
        await open("conflict", { config: { metadata: { namespace, name: "there" }, data: { a: "2" } } });
        const { message } = await failing(runPreview(stack));
        assert.match(message, /conflict detected.*\.data\.a/s);
    });

    it("updates in the same run what differs, under patchForce, and leaves what nobody asked to change", async () => {
        const annotations = { "pulumi.com/patchForce": "true" };
        const metadata = { namespace, name: "there", labels: { team: "b" }, annotations };
        await open("differs", { config: { metadata, data: { a: "2" } } });
        assert.deepEqual(stepsOf(await runPreview(stack), "config"), ["import", "update"]);
        assert.deepEqual(stepsOf(await runUp(stack), "config"), ["import", "update"]);
        assert.deepEqual((await runPreview(stack)).changed, []);
        const live = await client.request<Live>("GET", `/api/v1/namespaces/${namespace}/configmaps/there`);
        assert.deepEqual([live.metadata.labels, live.data], [{ by: "hand", team: "b" }, { a: "2" }]);
    });

    it("fails at preview where there is no such object", async () => {
        await client.delete(`/api/v1/namespaces/${namespace}/configmaps/there`);
        await open("missing", { config: { metadata: { namespace, name: "there" }, data: {} } });
        const { message } = await failing(runPreview(stack));
        assert.match(message, /resource 'imports\/there' does not exist/);
    });

    it("would replace what has a fixed field that the program leaves out, and fails instead", async () => {
        const metadata = { namespace, name: "claim", annotations: { "pulumi.com/skipAwait": "true" } };
        await open("replaces", { claim: { metadata, spec: claimSpec } });
        const { message } = await failing(runUp(stack));
        assert.match(message, /previously-imported resources that still specify an ID may not be replaced/);
    });

    it("keeps such a field under ignoreChanges", async () => {
        const metadata = { namespace, name: "claim", annotations: { "pulumi.com/skipAwait": "true" } };
        await open("ignores", { claim: { metadata, spec: claimSpec } }, { ignoreChanges: ["spec.volumeName"] });
        assert.deepEqual(stepsOf(await runUp(stack), "claim"), ["import", "update"]);
        assert.deepEqual((await runPreview(stack)).changed, []);
        const live = await client.request<Live>("GET", `/api/v1/namespaces/${namespace}/persistentvolumeclaims/claim`);
        assert.equal(live.spec.volumeName, "imports-volume");
    });
});
