import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { ExistingCluster, ExternalDns, MetricsServer } from "../../../components/cluster";
import type { AddonMode } from "../../../components/core/addons";
import { HardenedDeployment } from "../../../components/core/workload";
import { openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../../sandbox";
import { changesOf, describeSandbox } from "../support";

const apiServicePath = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io";

describeSandbox("external-dns and the metrics-server on a real API server", (context) => {
    let stack: Stack;
    let mode: AddonMode = "install";

    /** What another installation would take over is left out where it does. */
    function define(): void {
        const { sandbox } = context();
        const home = new ExistingCluster("home", {
            kubeconfig: sandbox.kubeconfig,
            context: sandbox.context,
            kubernetesVersion: "1.36",
            // Nothing scales by load here without a metrics-server.
            traits: { cloud: "local" },
        });
        const installs = mode === "install";
        const metrics = new MetricsServer("metrics-server", {
            cluster: home.cluster,
            mode,
            ...(installs ? { insecureKubeletTls: true } : {}),
        });
        const { cluster } = new ExternalDns("external-dns", {
            cluster: metrics.cluster,
            mode,
            ...(installs
                ? {
                      provider: "azure" as const,
                      domains: ["example.com"],
                      azure: { tenantId: "t", subscriptionId: "s", resourceGroup: "g" },
                  }
                : {}),
        });
        new HardenedDeployment("scaled-by-load", {
            cluster,
            namespace: "default",
            app: "scaled",
            autoscaling: { minReplicas: 1, maxReplicas: 2 },
            containers: [{ name: "main", image: "registry.example.com/main:1", withoutProbes: "a test" }],
        });
    }

    before(async () => {
        const { sandbox } = context();
        stack = await openStack({
            sandbox,
            project: "addons",
            stack: "test",
            program: () => {
                define();
                return Promise.resolve({});
            },
        });
        await runUp(stack);
    });

    it("are taken by admission and Pod Security, and the API server is told where the metrics are", async () => {
        const { client } = context();
        for (const [namespace, name] of [
            ["metrics-server", "metrics-server"],
            ["external-dns", "external-dns"],
        ]) {
            const deployment = await client.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
            assert.equal((deployment!.status as { readyReplicas?: number }).readyReplicas, 1, name);
        }
        const { spec } = (await client.get(apiServicePath)) as unknown as {
            spec: { caBundle: string; insecureSkipTLSVerify?: boolean };
        };
        assert.match(Buffer.from(spec.caBundle, "base64").toString(), /BEGIN CERTIFICATE/);
        assert.ok(!spec.insecureSkipTLSVerify);
    });

    it("stay as they are in a second preview and a refreshing up", async () => {
        assert.deepEqual((await runPreview(stack)).changed, []);
        assert.deepEqual((await runUp(stack, { refresh: true })).changed, []);
    });

    it("go without a trace where others take over, and what scales by load stays", async () => {
        mode = "existing";
        const changes = changesOf(await runUp(stack));
        assert.deepEqual(
            changes.filter((change) => !change.startsWith("delete")),
            [],
        );
        const { client } = context();
        assert.equal(await client.get(apiServicePath), undefined);
        for (const namespace of ["metrics-server", "external-dns"]) {
            assert.equal(await client.get(`/api/v1/namespaces/${namespace}`), undefined);
        }
        assert.ok(await client.get("/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/scaled-by-load"));
    });

    it("leave nothing behind", async () => {
        mode = "install";
        await runUp(stack);
        await runDestroy(stack);
        assert.deepEqual(await resourcesInState(stack), []);
        const { client } = context();
        const roles = await client.list("/apis/rbac.authorization.k8s.io/v1/clusterroles");
        assert.deepEqual(
            roles.map(({ metadata }) => metadata.name).filter((name) => /metrics-server|external-dns/.test(name)),
            [],
        );
        assert.equal(await client.get(apiServicePath), undefined);
    });
});
