import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { hotConfig, rolledConfig, rolledSecret } from "../../components/core/config-objects";
import { generatedPassword } from "../../components/core/credentials";
import { HardenedNamespace } from "../../components/core/namespace";
import {
    HardenedCronJob,
    HardenedDaemonSet,
    HardenedDeployment,
    HardenedJob,
    HardenedStatefulSet,
    UpdateStrategy,
} from "../../components/core/workload";
import { type KubernetesObject, openStack, runDestroy, runPreview, runUp } from "../../sandbox";
import { sandboxCluster, simulatedContainer } from "./hardened";
import { changesOf, describeSandbox } from "./support";

/** What the tests change from run to run. */
interface Settings {
    rolled: string;
    hot: string;
    strategy: UpdateStrategy;
}

/** A pod, as far as it is read here. */
interface Pod extends KubernetesObject {
    spec: { volumes: { name: string }[]; automountServiceAccountToken: boolean };
}

const namespace = "hardened-workloads";

describeSandbox("hardened workloads on a real API server", (context) => {
    const settings: Settings = { rolled: "a = 1", hot: "a: 1", strategy: UpdateStrategy.RollingUpdate };
    let stack: Stack;

    // eslint-disable-next-line @typescript-eslint/require-await -- the type of an inline program
    async function program(): Promise<void> {
        const cluster = sandboxCluster(context());
        const home = new HardenedNamespace("home", {
            cluster,
            resourceName: namespace,
            quota: { pods: "50" },
            containerBounds: { maximum: { memory: "4Gi" } },
        });
        const place = { cluster, namespace: home.name };
        const settingsFile = rolledConfig("settings", { ...place, data: { "app.ini": settings.rolled } });
        const login = rolledSecret("login", { ...place, data: { password: generatedPassword("admin").password } });
        const rules = hotConfig("rules", { ...place, data: { "rules.yaml": settings.hot } });
        new HardenedDeployment("web", {
            ...place,
            app: "web",
            replicas: 2,
            service: {},
            updateStrategy: settings.strategy,
            permissions: [
                { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
                { apiGroups: [""], resources: ["nodes"], verbs: ["list"], clusterWide: true },
            ],
            volumes: [
                { name: "settings", configMap: { name: settingsFile.metadata.name } },
                { name: "rules", configMap: { name: rules.metadata.name } },
            ],
            containers: [
                simulatedContainer({
                    environmentFromSecrets: { PASSWORD: { name: login.metadata.name, key: "password" } },
                    mounts: [
                        { volume: "settings", path: "/etc/web" },
                        { volume: "rules", path: "/etc/rules" },
                    ],
                    lifecycle: { preStopSleepSeconds: 1 },
                }),
            ],
        });
        new HardenedDeployment("scaled", {
            ...place,
            app: "scaled",
            autoscaling: { minReplicas: 1, maxReplicas: 3 },
            containers: [simulatedContainer()],
        });
        new HardenedStatefulSet("peers", { ...place, app: "peers", containers: [simulatedContainer()] });
        new HardenedDaemonSet("agent", {
            ...place,
            app: "agent",
            bindLowPorts: true,
            containers: [simulatedContainer()],
        });
        const run = { containers: [simulatedContainer({ ports: [], probes: undefined })] };
        new HardenedJob("migrate", { ...place, app: "web", component: "migration", ...run });
        new HardenedCronJob("backup", { ...place, app: "web", component: "backup", schedule: "0 3 * * *", ...run });
    }

    const names = async (path: string): Promise<string[]> =>
        (await context().client.list(path)).map(({ metadata }) => metadata.name);

    before(async () => {
        stack = await openStack({
            sandbox: context().sandbox,
            project: "hardened-workloads",
            stack: "test",
            program,
        });
    });

    it('start in a namespace that enforces "restricted", with a token only where one is used', async () => {
        await runUp(stack);
        const pods = (await context().client.list(`/api/v1/namespaces/${namespace}/pods`)) as Pod[];
        const started = new Set(pods.map(({ metadata }) => metadata.name.split("-")[0]));
        assert.deepEqual([...started].sort(), ["agent", "migrate", "peers", "scaled", "web"]);
        for (const { metadata, spec } of pods) {
            const hasToken = spec.volumes.some(({ name }) => name.startsWith("kube-api-access-"));
            assert.equal(hasToken, metadata.name.startsWith("web-"), metadata.name);
        }
        const account = await context().client.request<{ automountServiceAccountToken: boolean }>(
            "GET",
            `/api/v1/namespaces/${namespace}/serviceaccounts/default`,
        );
        assert.equal(account.automountServiceAccountToken, false);
    });

    it("change nothing at a second preview, nor with a refresh, nor after somebody else has scaled", async () => {
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        await context().client.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/scaled/scale`, {
            spec: { replicas: 2 },
        });
        const refreshed = await runUp(stack, { refresh: true });
        assert.deepEqual(
            refreshed.changed.filter(({ type }) => type.includes("Deployment") && type.startsWith("kubernetes:")),
            [],
        );
        const { spec } = await context().client.request<{ spec: { replicas: number } }>(
            "GET",
            `/apis/apps/v1/namespaces/${namespace}/deployments/scaled`,
        );
        assert.equal(spec.replicas, 2);
    });

    it("roll with a rolled object, whose old version goes; a hot one changes in place", async () => {
        const configs = `/api/v1/namespaces/${namespace}/configmaps`;
        const before = (await names(configs)).find((name) => name.startsWith("settings-"));
        settings.rolled = "a = 2";
        settings.hot = "a: 2";

        const run = await runUp(stack);
        assert.deepEqual(changesOf(run), [
            "replace ConfigMap settings",
            "update ConfigMap rules",
            "update Deployment web",
        ]);
        const replaced = run.changed.find(({ name }) => name === "settings")!;
        assert.equal(replaced.steps[0], "create-replacement");
        const after = (await names(configs)).filter((name) => name.startsWith("settings-"));
        assert.equal(after.length, 1);
        assert.notEqual(after[0], before);
    });

    it("are made anew when the strategy changes, which Kubernetes refuses in place", async () => {
        settings.strategy = UpdateStrategy.Recreate;
        const run = await runUp(stack);
        assert.deepEqual(changesOf(run), ["replace Deployment web"]);
        assert.match(JSON.stringify(run.changed[0]!.detailedDiff["spec.strategy.type"]), /update-replace/);
        settings.strategy = UpdateStrategy.RollingUpdate;
        assert.deepEqual(changesOf(await runUp(stack)), ["replace Deployment web"]);
    });

    it("leave nothing behind", async () => {
        await runDestroy(stack);
        assert.equal(await context().client.get(`/api/v1/namespaces/${namespace}`), undefined);
        const cluster = await names("/apis/rbac.authorization.k8s.io/v1/clusterroles");
        assert.deepEqual(
            cluster.filter((name) => name.startsWith(namespace)),
            [],
        );
    });
});
