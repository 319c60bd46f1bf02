import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { hotConfig, hotSecret, rolledConfig, rolledSecret } from "../../../components/core/config-objects";
import { HardenedDeployment } from "../../../components/core/workload";
import { testCluster } from "../support/cluster";
import { record, rejects, valueOf } from "../support/mocks";
import { webArgs } from "./support/workloads";

const place = { cluster: testCluster(), namespace: "apps", labels: { team: "web" } };

describe("rolled configuration", () => {
    it("is immutable and has no fixed name, so that another content is another object", async () => {
        const recording = await record(() => {
            rolledConfig("settings", { ...place, data: { "app.ini": "a=1" }, binaryData: { logo: "AAEC" } });
            rolledSecret("login", { ...place, data: { password: "p" }, binaryData: { key: "AAEC" } });
        });

        const config = recording.only("kubernetes:core/v1:ConfigMap");
        assert.equal(config.inputs.immutable, true);
        assert.deepEqual(config.inputs.metadata, { namespace: "apps", labels: { team: "web" } });
        assert.deepEqual(config.inputs.data, { "app.ini": "a=1" });
        assert.deepEqual(config.inputs.binaryData, { logo: "AAEC" });
        const secret = recording.only("kubernetes:core/v1:Secret");
        assert.equal(secret.inputs.immutable, true);
        assert.equal("name" in secret.inputs.metadata, false);
        assert.equal(secret.inputs.type, "Opaque");
        assert.deepEqual(secret.inputs.stringData, { password: "p" });
        assert.deepEqual(secret.inputs.data, { key: "AAEC" });
        for (const { provider, options } of [config, secret]) {
            assert.equal(provider, "test-cluster");
            assert.deepEqual([options.protect, options.retainOnDelete], [false, false]);
        }
    });

    it("makes every value of a Secret secret, also those that were not", async () => {
        const recording = await record(() => {
            rolledSecret("a", { ...place, data: { plain: "p" }, binaryData: { key: "AAEC" } });
            hotSecret("b", { ...place, data: { plain: "p" } });
        });
        const secretPaths = (name: string) => recording.only("kubernetes:core/v1:Secret", name).secretPaths;
        assert.deepEqual(secretPaths("a").sort(), ["data", "stringData"]);
        assert.deepEqual(secretPaths("b"), ["stringData"]);
    });

    it("rolls the pods that refer to it, since its name is in their template", async () => {
        const recording = await record(() => {
            const settings = rolledConfig("settings", { ...place, data: { a: "1" } });
            new HardenedDeployment("web", {
                ...webArgs(),
                volumes: [{ name: "settings", configMap: { name: settings.metadata.name } }],
            });
        });
        const { template } = recording.only("kubernetes:apps/v1:Deployment").inputs.spec;
        assert.equal(template.spec.volumes[0].configMap.name, "settings-0a1b2c3d");
    });
});

describe("hot configuration", () => {
    it("has a fixed name and stays changeable", async () => {
        const recording = await record(() => {
            hotConfig("rules", { ...place, data: { "a.yaml": "1" } });
            hotSecret("tls", {
                ...place,
                resourceName: "web-tls",
                type: "kubernetes.io/tls",
                data: { "tls.key": "k" },
            });
        });
        const config = recording.only("kubernetes:core/v1:ConfigMap");
        assert.equal(config.inputs.metadata.name, "rules");
        assert.equal("immutable" in config.inputs, false);
        const secret = recording.only("kubernetes:core/v1:Secret");
        assert.equal(secret.inputs.metadata.name, "web-tls");
        assert.equal(secret.inputs.type, "kubernetes.io/tls");
        assert.equal("immutable" in secret.inputs, false);
    });
});

describe("configuration objects", () => {
    it("refuse keys that Kubernetes refuses", async () => {
        await rejects(
            () => rolledConfig("settings", { ...place, data: { "a/b": "1" } }),
            'rolledConfig settings: data is "a/b", which does not have the right form; ' +
                'use a key of letters, digits, "-", "_" and "."',
        );
    });

    it("refuse values that fit into no object, with their size and the way out", async () => {
        const reason =
            "hotConfig big: data.blob has 1048577 bytes, and all of a ConfigMap or Secret may have 1048576; " +
            "split it, or put it into an image or an object store";
        const blob = "x".repeat(1_048_577);
        await rejects(() => hotConfig("big", { ...place, data: { blob } }), reason);
        // The mock monitor wraps what an Output throws.
        await rejects(
            async () => {
                await valueOf(hotConfig("big", { ...place, data: { blob: pulumi.output(blob) } }).id);
            },
            new RegExp(`${reason}$`),
        );
    });
});
