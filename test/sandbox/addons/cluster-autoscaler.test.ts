import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { ClusterAutoscaler, ExistingCluster } from "../../../components/cluster";
import type { AddonMode } from "../../../components/core/addons";
import { openStack, resourcesInState, runDestroy, runPreview, runUp, type SandboxClient } from "../../../sandbox";
import { changesOf, describeSandbox } from "../support";

const deploymentPath = "/apis/apps/v1/namespaces/kube-system/deployments/cluster-autoscaler";
const account = "system:serviceaccount:kube-system:cluster-autoscaler";

/** Whether the autoscaler may do something, as the API server itself judges it. */
async function may(client: SandboxClient, verb: string, attributes: Record<string, string>): Promise<boolean> {
    const review = await client.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: { user: account, resourceAttributes: { verb, ...attributes } },
    });
    return (review as unknown as { status: { allowed: boolean } }).status.allowed;
}

describeSandbox("the cluster autoscaler on a real API server", (context) => {
    let stack: Stack;
    let mode: AddonMode = "install";

    before(async () => {
        const { sandbox } = context();
        stack = await openStack({
            sandbox,
            project: "cluster-autoscaler",
            stack: "test",
            program: () => {
                const { cluster } = new ExistingCluster("home", {
                    kubeconfig: sandbox.kubeconfig,
                    context: sandbox.context,
                    kubernetesVersion: "1.36",
                    traits: { cloud: "aws" },
                });
                new ClusterAutoscaler("cluster-autoscaler", {
                    cluster,
                    mode,
                    ...(mode === "install"
                        ? { clusterName: "home", region: "eu-central-1", highAvailability: true }
                        : {}),
                });
                return Promise.resolve({});
            },
        });
        await runUp(stack);
    });

    it("is taken by admission, beside what is in kube-system, and becomes ready", async () => {
        const deployment = await context().client.get(deploymentPath);
        assert.equal((deployment!.status as { readyReplicas?: number }).readyReplicas, 2);
    });

    it("may do what it needs, by the API server's own judgement, and nothing beyond", async () => {
        const { client } = context();
        const own = { namespace: "kube-system" };
        const lease = { group: "coordination.k8s.io", resource: "leases", ...own };
        for (const [verb, attributes] of [
            ["update", { resource: "nodes" }],
            ["create", { resource: "pods", subresource: "eviction", namespace: "default" }],
            ["watch", { group: "resource.k8s.io", resource: "resourceslices" }],
            ["update", { ...lease, name: "cluster-autoscaler" }],
            ["update", { resource: "configmaps", name: "cluster-autoscaler-status", ...own }],
        ] as const) {
            assert.ok(await may(client, verb, attributes), `${verb} ${JSON.stringify(attributes)}`);
        }
        for (const [verb, attributes] of [
            ["delete", { resource: "nodes" }],
            ["delete", { resource: "pods", namespace: "default" }],
            ["get", { resource: "secrets", ...own }],
            ["get", { resource: "configmaps", name: "other", ...own }],
            ["update", { ...lease, name: "kube-scheduler" }],
        ] as const) {
            assert.ok(!(await may(client, verb, attributes)), `${verb} ${JSON.stringify(attributes)}`);
        }
    });

    it("stays as it is in a second preview and a refreshing up", async () => {
        assert.deepEqual((await runPreview(stack)).changed, []);
        assert.deepEqual((await runUp(stack, { refresh: true })).changed, []);
    });

    it("goes where another one takes over, and leaves kube-system as it was", async () => {
        mode = "existing";
        const changes = changesOf(await runUp(stack));
        assert.ok(changes.length > 0 && changes.every((change) => change.startsWith("delete")), changes.join());
        const { client } = context();
        assert.equal(await client.get(deploymentPath), undefined);
        assert.ok(await client.get("/api/v1/namespaces/kube-system"));
        assert.equal(await may(client, "update", { resource: "nodes" }), false);
        await runDestroy(stack);
        assert.deepEqual(await resourcesInState(stack), []);
    });
});
