import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { AwsLoadBalancerController, AwsLoadBalancerControllerCrds, ExistingCluster } from "../../../components/cluster";
import type { AddonMode } from "../../../components/core/addons";
import { openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../../sandbox";
import { describeSandbox } from "../support";

const definitionsPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const bindingsPath = "/apis/elbv2.k8s.aws/v1beta1/namespaces/default/targetgroupbindings";
const deploymentPath = "/apis/apps/v1/namespaces/kube-system/deployments/aws-load-balancer-controller";
const webhooksPath = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/balancers-webhook";

/** What the controller writes for a port of a Service. */
function binding(spec: object) {
    return {
        apiVersion: "elbv2.k8s.aws/v1beta1",
        kind: "TargetGroupBinding",
        metadata: { name: "web", namespace: "default" },
        spec: {
            serviceRef: { name: "web", port: 80 },
            targetGroupARN: "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/web/0123456789abcdef",
            targetType: "instance",
            ipAddressType: "ipv4",
            networking: { ingress: [{ from: [{ securityGroup: { groupID: "sg-1" } }], ports: [{ protocol: "TCP" }] }] },
            ...spec,
        },
    };
}

describeSandbox("the AWS Load Balancer Controller on a real API server", (context) => {
    let stack: Stack;
    let mode: AddonMode = "existing";

    before(async () => {
        const { sandbox } = context();
        stack = await openStack({
            sandbox,
            project: "balancers",
            stack: "test",
            program: () => {
                const { cluster } = new ExistingCluster("home", {
                    kubeconfig: sandbox.kubeconfig,
                    context: sandbox.context,
                    kubernetesVersion: "1.36",
                    traits: { cloud: "aws" },
                });
                const { definitions } = new AwsLoadBalancerControllerCrds("balancer-crds", {
                    cluster,
                    deletion: "delete",
                });
                const installs = {
                    clusterName: "production",
                    region: "eu-central-1",
                    vpcId: "vpc-0a1b2c3d",
                    definitions,
                };
                new AwsLoadBalancerController("balancers", {
                    cluster,
                    mode,
                    ...(mode === "install" ? installs : {}),
                });
                return Promise.resolve({});
            },
        });
        await runUp(stack);
    });

    it("has its kinds, which take what it writes and refuse what it can't have written", async () => {
        const { client } = context();
        await client.create(bindingsPath, binding({}));
        const taken = await client.get(`${bindingsPath}/web`);
        assert.deepEqual(taken!.spec, binding({}).spec);
        await client.delete(`${bindingsPath}/web`);
        await assert.rejects(client.create(bindingsPath, binding({ targetType: "pod" })), /targetType/);
        await assert.rejects(client.create(bindingsPath, binding({ serviceRef: { name: "web" } })), /serviceRef.port/);
    });

    it("is taken by admission beside the cluster's own parts, and asked for its kinds from then on", async () => {
        mode = "install";
        await runUp(stack);
        const { client } = context();
        const deployment = await client.get(deploymentPath);
        assert.equal((deployment!.status as { readyReplicas?: number }).readyReplicas, 1);
        // Its pod is simulated, so nobody answers, and what nobody checked is not written.
        await assert.rejects(client.create(bindingsPath, binding({})), /targetgroupbinding\.elbv2\.k8s\.aws/);
        assert.equal(await client.get(`${bindingsPath}/web`), undefined);
    });

    it("stays as it is in a second preview and a refreshing up", async () => {
        assert.deepEqual((await runPreview(stack)).changed, []);
        assert.deepEqual((await runUp(stack, { refresh: true })).changed, []);
    });

    it("leaves nothing behind", async () => {
        await runDestroy(stack);
        assert.deepEqual(await resourcesInState(stack), []);
        const { client } = context();
        for (const path of [deploymentPath, webhooksPath, `${definitionsPath}/targetgroupbindings.elbv2.k8s.aws`]) {
            assert.equal(await client.get(path), undefined, path);
        }
    });
});
