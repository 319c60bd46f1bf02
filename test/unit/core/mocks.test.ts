import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { clusterProvider } from "../../../components/core/provider";
import { testCluster } from "../support/cluster";
import { record, rejects, valueOf } from "../support/mocks";

describe("the recorder of registered resources", () => {
    it("records type, name, plain inputs, secret paths, parent, provider and options", async () => {
        const recording = await record(() => {
            const provider = clusterProvider(testCluster());
            const parent = new pulumi.ComponentResource("test:index:Parent", "parent", {}, { provider });
            const first = new k8s.core.v1.ConfigMap("first", { data: { a: "1" } }, { parent, protect: true });
            new k8s.core.v1.Secret(
                "second",
                { metadata: { name: "second", namespace: "ns" }, stringData: { password: pulumi.secret("p") } },
                { parent, dependsOn: first, retainOnDelete: false, ignoreChanges: ["metadata.labels"] },
            );
        });

        assert.deepEqual(recording.summary(), [
            "kubernetes:core/v1:ConfigMap first",
            "kubernetes:core/v1:Secret second",
            "test:index:Parent parent",
        ]);
        const secret = recording.only("kubernetes:core/v1:Secret");
        assert.deepEqual(secret.inputs.stringData, { password: "p" });
        assert.deepEqual(secret.secretPaths, ["stringData"]);
        assert.equal(secret.parent, "parent");
        assert.equal(secret.parentType, "test:index:Parent");
        assert.equal(secret.provider, "test-cluster");
        assert.deepEqual(secret.options.dependencies, ["first"]);
        assert.equal(secret.options.retainOnDelete, false);
        assert.equal(secret.options.protect, undefined);
        assert.deepEqual(secret.options.ignoreChanges, ["metadata.labels"]);
        assert.equal(recording.only("kubernetes:core/v1:ConfigMap").options.protect, true);
        assert.deepEqual(
            recording.childrenOf("parent").map(({ name }) => name),
            ["first", "second"],
        );
    });

    it("names unnamed Kubernetes objects as the plugin does, and makes an id from namespace and name", async () => {
        const recording = await record(async () => {
            const map = new k8s.core.v1.ConfigMap("settings", { metadata: { namespace: "ns" } });
            return { id: await valueOf(map.id), name: await valueOf(map.metadata.name) };
        });

        assert.equal(recording.result.name, "settings-0a1b2c3d");
        assert.equal(recording.result.id, "ns/settings-0a1b2c3d");
    });

    it("gives generated values of the asked length, secret where the SDK says so", async () => {
        const recording = await record(async () => {
            const password = new random.RandomPassword("admin", { length: 24 });
            return { value: await valueOf(password.result), secret: await pulumi.isSecret(password.result) };
        });

        assert.equal(recording.result.value?.length, 24);
        assert.equal(recording.result.secret, true);
    });

    it("records hooks and whether they run at preview", async () => {
        const recording = await record(() => {
            const hook = new pulumi.ResourceHook("watch", () => {}, { onDryRun: true });
            new k8s.core.v1.ConfigMap("map", {}, { hooks: { beforeUpdate: [hook] } });
        });

        assert.deepEqual([...recording.hooks], [["watch", true]]);
        assert.deepEqual(recording.only("kubernetes:core/v1:ConfigMap").options.hooks.beforeUpdate, ["watch"]);
    });

    it("lets a failing program be asserted by its message, and runs the next one", async () => {
        await rejects(() => {
            throw new pulumi.RunError("wrong");
        }, "wrong");
        assert.deepEqual((await record(() => {})).resources, []);
    });
});
