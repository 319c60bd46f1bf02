import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterProvider, inCluster } from "../../../components";
import { fakeCluster } from "../../../components/testing";
import { record, rejects } from "../support/mocks";

class Part extends pulumi.ComponentResource {
    constructor(name: string, cluster = fakeCluster(), opts?: pulumi.ComponentResourceOptions) {
        super("kubernetes-faas:index:Part", name, {}, inCluster(cluster, opts));
        new k8s.core.v1.ConfigMap(name, {}, { parent: this });
    }
}

describe("the provider of a cluster", () => {
    it("is made once per program, named after the cluster, with what keeps a second preview empty", async () => {
        const cluster = fakeCluster();
        const recording = await record(() => {
            new Part("one", cluster);
            new Part("two", cluster);
        });
        const provider = recording.only("pulumi:providers:kubernetes");
        assert.equal(provider.name, "fake");
        assert.equal(provider.inputs.clusterIdentifier, "fake");
        // Providers take their settings as JSON.
        assert.equal(provider.inputs.enableConfigMapMutable, "true");
        assert.equal(provider.inputs.enableSecretMutable, "true");
        assert.deepEqual(provider.secretPaths, ["kubeconfig"]);
        const maps = recording.ofType("kubernetes:core/v1:ConfigMap");
        assert.deepEqual(
            maps.map((map) => map.provider),
            ["fake", "fake"],
        );
    });

    it("is new in the next program of the same process", async () => {
        const cluster = fakeCluster();
        for (let run = 0; run < 2; run++) {
            const recording = await record(() => clusterProvider(cluster));
            assert.equal(recording.ofType("pulumi:providers:kubernetes").length, 1);
        }
    });

    it("cannot be shared by two clusters of one name", async () => {
        await rejects(() => {
            clusterProvider(fakeCluster());
            clusterProvider(fakeCluster({ kubeconfig: "another" }));
        }, 'Cluster fake: name "fake" is the name of two clusters with different kubeconfigs; give each its own');
    });

    it("is the only Kubernetes provider that a component accepts", async () => {
        await rejects(
            () => new Part("part", fakeCluster(), { provider: new k8s.Provider("other") }),
            'options: provider holds a Kubernetes provider other than that of cluster "fake"; leave it out: the component uses the provider of its `cluster`',
        );
    });

    it("stands beside the caller's other options and providers", async () => {
        const recording = await record(() => {
            const cluster = fakeCluster();
            new Part("part", cluster, { protect: true, providers: [clusterProvider(cluster)] });
        });
        assert.equal(recording.only("kubernetes-faas:index:Part").options.protect, true);
        assert.equal(recording.only("kubernetes:core/v1:ConfigMap").provider, "fake");
    });
});
