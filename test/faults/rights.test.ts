import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { parse, stringify } from "yaml";
import { rolledConfig } from "../../components/core/config-objects";
import { HardenedDeployment } from "../../components/core/workload";
import { openStack, resourcesInState, runPreview, runUp } from "../../sandbox";
import { sandboxCluster, simulatedContainer } from "../sandbox/hardened";
import { changesOf, describeSandbox } from "../sandbox/support";
import { project } from "./support/shop";

describeSandbox("Without the rights that a program needs", function (context) {
    const namespace = `rights-${process.pid}`;
    const role = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/deployer`;
    let content = "a = 1";
    let stack: Stack;

    /** Lets the account do everything but what is left out with Deployments. */
    const allow = (deploymentVerbs: string[]): Promise<unknown> =>
        context().client.apply(role, {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "Role",
            metadata: { name: "deployer" },
            rules: [
                {
                    apiGroups: ["", "networking.k8s.io", "policy"],
                    resources: ["configmaps", "services", "serviceaccounts", "networkpolicies", "poddisruptionbudgets"],
                    verbs: ["*"],
                },
                { apiGroups: ["apps"], resources: ["deployments"], verbs: deploymentVerbs },
            ],
        });

    /** A kubeconfig with a token of the account. */
    async function kubeconfig(): Promise<string> {
        const { client, sandbox } = context();
        const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
        await client.create("/api/v1/namespaces", { metadata: { name: namespace } });
        await client.create(accounts, { metadata: { name: "deployer" } });
        await allow(["get", "list"]);
        await client.create(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
            metadata: { name: "deployer" },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "deployer" },
            subjects: [{ kind: "ServiceAccount", name: "deployer", namespace }],
        });
        const { status } = await client.create(`${accounts}/deployer/token`, { spec: { expirationSeconds: 3600 } });
        const { clusters } = parse(fs.readFileSync(sandbox.kubeconfig, "utf8")) as { clusters: { name: string }[] };
        return stringify({
            apiVersion: "v1",
            kind: "Config",
            clusters,
            users: [{ name: "deployer", user: { token: (status as { token: string }).token } }],
            contexts: [{ name: "deployer", context: { cluster: clusters[0]!.name, user: "deployer" } }],
            "current-context": "deployer",
        });
    }

    before(async () => {
        const cluster = { ...sandboxCluster(context()), kubeconfig: await kubeconfig() };
        stack = await openStack({
            sandbox: context().sandbox,
            project,
            stack: namespace,
            // eslint-disable-next-line @typescript-eslint/require-await -- the type of an inline program
            program: async () => {
                const settings = rolledConfig("settings", { cluster, namespace, data: { "app.ini": content } });
                new HardenedDeployment("web", {
                    cluster,
                    namespace,
                    app: "web",
                    volumes: [{ name: "settings", configMap: { name: settings.metadata.name } }],
                    containers: [simulatedContainer({ mounts: [{ volume: "settings", path: "/etc/web" }] })],
                });
            },
        });
    });

    /** Names of the Kubernetes objects in the state, by kind. */
    const recorded = async (): Promise<string[]> =>
        (await resourcesInState(stack))
            .filter(({ type }) => type.startsWith("kubernetes:"))
            .map(({ type }) => type.split(":").at(-1)!)
            .sort();

    it("a preview still tells what would be made", async () => {
        const changes = changesOf(await runPreview(stack));
        assert.ok(changes.includes("create Deployment web"), changes.join());
    });

    it("`up` says who may not do what to which resource in which namespace, and records what it has made", async () => {
        await assert.rejects(runUp(stack), (error: Error) => {
            assert.match(error.message, /::web" was not successfully created/);
            assert.match(
                error.message,
                new RegExp(
                    `User "system:serviceaccount:${namespace}:deployer" cannot create resource "deployments" in API group ` +
                        `"apps" in the namespace "${namespace}"`,
                ),
            );
            return true;
        });
        assert.deepEqual(await recorded(), ["ConfigMap", "NetworkPolicy", "ServiceAccount"]);
    });

    it("the next `up` makes the rest once the right is given, and nothing else", async () => {
        await allow(["get", "list", "create", "delete"]);
        const changes = changesOf(await runUp(stack)).filter((change) => !change.startsWith("update Hardened"));
        assert.deepEqual(changes, ["create Deployment web"]);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("an update names its verb too, and keeps what the pods still use", async () => {
        content = "a = 2";
        await assert.rejects(
            runUp(stack),
            new RegExp(`cannot patch resource "deployments" in API group "apps" in the namespace "${namespace}"`),
        );
        const configMaps = (await recorded()).filter((kind) => kind === "ConfigMap");
        assert.equal(configMaps.length, 2, "the old version must stay until no pod uses it");

        await allow(["*"]);
        await runUp(stack);
        assert.deepEqual(changesOf(await runPreview(stack, { refresh: true })), []);
        assert.deepEqual(await recorded(), ["ConfigMap", "Deployment", "NetworkPolicy", "ServiceAccount"]);
    });
});
