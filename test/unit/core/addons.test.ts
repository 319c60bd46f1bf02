import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { LocalCluster } from "../../../components/cluster";
import { Addon, hasAddon, requireAddon, withAddon } from "../../../components/core/addons";
import { Cloud } from "../../../components/core/contracts";
import { Checks } from "../../../components/core/validation";
import { HardenedDeployment } from "../../../components/core/workload";
import { testCluster } from "../support/cluster";
import { record, rejects, valueOf } from "../support/mocks";

const later = pulumi.output(["cert-manager"]);

describe("A cluster's add-ons", () => {
    for (const { what, cluster, addon, expected } of [
        {
            what: "one that its traits list",
            cluster: { addons: ["cert-manager"] },
            addon: Addon.CertManager,
            expected: true,
        },
        { what: "none that they do not list", cluster: { addons: [] }, addon: Addon.CertManager, expected: false },
        { what: "perhaps one, while they are not known", cluster: { addons: later }, addon: Addon.CertManager },
        {
            what: "perhaps one, while an entry is not known",
            cluster: { addons: [pulumi.output("x")] },
            addon: Addon.ExternalDns,
        },
        {
            what: "metrics on GKE, unasked",
            cluster: { addons: [], cloud: Cloud.Gcp },
            addon: Addon.MetricsServer,
            expected: true,
        },
        {
            what: "metrics on AKS, unasked",
            cluster: { addons: [], cloud: Cloud.Azure },
            addon: Addon.MetricsServer,
            expected: true,
        },
        {
            what: "no metrics on EKS, unasked",
            cluster: { addons: [], cloud: Cloud.Aws },
            addon: Addon.MetricsServer,
            expected: false,
        },
        {
            what: "no metrics on a local cluster",
            cluster: { addons: [], cloud: Cloud.Local },
            addon: Addon.MetricsServer,
            expected: false,
        },
        { what: "perhaps metrics elsewhere", cluster: { addons: [], cloud: Cloud.Other }, addon: Addon.MetricsServer },
        {
            what: "perhaps metrics, while the cloud is not known",
            cluster: { addons: [], cloud: pulumi.output(Cloud.Aws) },
            addon: Addon.MetricsServer,
        },
    ]) {
        it(`are ${what}`, () => assert.equal(hasAddon(testCluster(cluster), addon), expected));
    }

    it("are asked for by the line to add, where one is known to be missing", () => {
        const checks = new Checks();
        requireAddon(checks.at("certificates"), "issuer", testCluster({ addons: [] }), Addon.CertManager);
        requireAddon(checks, "dns", testCluster({ addons: ["external-dns"] }), Addon.ExternalDns);
        requireAddon(checks, "dns", testCluster({ addons: later }), Addon.ExternalDns);
        assert.deepEqual(checks.faults, [
            {
                propertyPath: "certificates.issuer",
                reason:
                    'needs cert-manager, which the cluster "test-cluster" is not said to have; install it, ' +
                    '`const certManager = new CertManager("cert-manager", { cluster, definitions: crds.definitions })` ' +
                    "and `cluster: certManager.cluster` here; or, where it is there already, " +
                    'add "cert-manager" to the cluster\'s traits.addons',
            },
        ]);
    });

    it("grow with what is installed, once each, and leave the cluster itself as it was", async () => {
        const before = testCluster({ addons: ["metrics-server"] });
        const after = withAddon(withAddon(before, Addon.CertManager), Addon.CertManager);
        assert.deepEqual(after.traits.addons, ["metrics-server", "cert-manager"]);
        assert.deepEqual(before.traits.addons, ["metrics-server"]);
        assert.equal(after.kubeconfig, before.kubeconfig);
        const unknown = withAddon(testCluster({ addons: later }), Addon.ExternalDns);
        assert.deepEqual(await valueOf(pulumi.output(unknown.traits.addons)), ["cert-manager", "external-dns"]);
    });

    it("let nobody ask for autoscaling where nothing measures the load", async () => {
        const deploy = (addons: string[]) => () =>
            new HardenedDeployment("web", {
                cluster: testCluster({ addons }),
                namespace: "apps",
                app: "web",
                autoscaling: { minReplicas: 1, maxReplicas: 3 },
                containers: [{ name: "web", image: "registry.example.com/web:1", withoutProbes: "a test" }],
            });
        await rejects(
            deploy([]),
            /autoscaling needs metrics-server, .*new MetricsServer\("metrics-server", \{ cluster \}\)/,
        );
        await record(deploy(["metrics-server"]));
    });

    it("are known of the local clusters whose tools bring them", async () => {
        const of = async (context: string): Promise<unknown> => {
            const kubeconfig = JSON.stringify({
                apiVersion: "v1",
                kind: "Config",
                contexts: [{ name: context, context: { cluster: "c", user: "u" } }],
                clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
                users: [{ name: "u", user: {} }],
            });
            const { result } = await record(
                () => new LocalCluster("local", { context, kubeconfig, kubernetesVersion: "1.36" }),
            );
            return result.cluster.traits.addons;
        };
        assert.deepEqual(await of("k3d-dev"), ["metrics-server"]);
        assert.deepEqual(await of("minikube"), []);
        assert.deepEqual(await of("kind-dev"), []);
    });
});
