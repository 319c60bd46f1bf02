import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { clusterProvider } from "../../../components/core/provider";
import { fakeCluster, record, rejects, valueOf } from "../../../components/testing";

describe("the recorder of registered resources", () => {
    it("records type, name, plain inputs, secret paths, parent, provider and options", async () => {
        const recording = await record(() => {
            const provider = clusterProvider(fakeCluster());
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
        assert.equal(secret.provider, "fake");
        assert.equal(secret.id, "ns/second");
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

    it("names them as it is told, and tells the id that came of it", async () => {
        const recording = await record(
            async () => {
                const map = new k8s.core.v1.ConfigMap("settings", { data: { a: "1" } });
                return valueOf(map.metadata.name);
            },
            { autoName: ({ name, inputs }) => `${name}-of-${Object.keys(inputs.data as object).join()}` },
        );

        assert.equal(recording.result, "settings-of-a");
        assert.equal(recording.only("kubernetes:core/v1:ConfigMap").id, "settings-of-a");
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

    it("runs the program with a configuration of its own, and leaves the one that was there", async () => {
        pulumi.runtime.setAllConfig({ "shop:replicas": "1" });
        const program = () => {
            const config = new pulumi.Config("shop");
            return { replicas: config.getNumber("replicas"), token: config.getSecret("token") };
        };

        const { result } = await record(program, {
            config: { "shop:replicas": "3", "shop:token": "t" },
            secretConfigKeys: ["shop:token"],
        });
        assert.equal(result.replicas, 3);
        assert.equal(await pulumi.isSecret(result.token!), true);
        assert.equal(await valueOf(result.token), "t");

        assert.equal((await record(program)).result.replicas, 1);
        pulumi.runtime.setAllConfig({});
    });

    it("shows what nobody states as unknown in a preview", async () => {
        const { resources } = await record(
            () => {
                const service = new k8s.core.v1.Service("web", { spec: {} });
                new k8s.core.v1.ConfigMap("address", {
                    data: { ip: service.status.apply(({ loadBalancer }) => loadBalancer.ingress[0]!.ip) },
                });
            },
            { preview: true },
        );

        assert.deepEqual(resources[1]!.inputs.data, { ip: "<unknown>" });
    });

    it("lets a failing program be asserted by its message, and runs the next one", async () => {
        await rejects(() => {
            throw new pulumi.RunError("wrong");
        }, "wrong");
        assert.deepEqual((await record(() => {})).resources, []);
    });
});
