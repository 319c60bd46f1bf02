import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { DatabaseEngine } from "../../../components/core/contracts";
import { Deletion } from "../../../components/core/deletion";
import { HardenedNamespace } from "../../../components/core/namespace";
import { StatefulDatabase, type StatefulDatabaseArgs } from "../../../components/database";
import { fakeObjectStore } from "../../../components/testing";
import { type KubernetesObject, openStack, runDestroy, runPreview, runUp } from "../../../sandbox";
import { eventually } from "../../support/eventually";
import { sandboxCluster } from "../hardened";
import { changesOf, describeSandbox, stateOnDisk } from "../support";

const namespace = "database-backups";
const storeNamespace = "database-backups-store";
const password = "correct horse battery staple";
const key = { id: "a-key", secret: "the-secret-of-the-key" };

const store = fakeObjectStore({
    key,
    network: { pods: { namespace: storeNamespace, podSelector: { app: "store" } } },
});
const backup: StatefulDatabaseArgs["backup"] = { store, encryptionPassword: password };

interface CronJob extends KubernetesObject {
    spec: { schedule: string; jobTemplate: { spec: object } };
}

interface Run extends KubernetesObject {
    status: { succeeded?: number };
}

describeSandbox("backups of a database on a real API server", (context) => {
    let stack: Stack;
    let args: Partial<StatefulDatabaseArgs> = { backup };

    before(async () => {
        stack = await openStack({
            sandbox: context().sandbox,
            project: "backups",
            stack: "test",
            program: () => {
                const cluster = sandboxCluster(context());
                const home = (name: string, resourceName: string) =>
                    new HardenedNamespace(name, { cluster, resourceName, deletion: Deletion.Delete });
                const data = home("data", namespace);
                const stores = home("stores", storeNamespace);
                new StatefulDatabase(
                    "orders",
                    {
                        cluster,
                        namespace: data.name,
                        engine: DatabaseEngine.PostgreSql,
                        storage: { size: "1Gi" },
                        deletion: Deletion.Delete,
                        ...args,
                    },
                    { dependsOn: stores },
                );
                return Promise.resolve({});
            },
        });
    });

    async function update(changed: Partial<StatefulDatabaseArgs>): Promise<string[]> {
        args = changed;
        return changesOf(await runUp(stack));
    }

    const names = async (group: string, kind: string): Promise<string[]> =>
        (await context().client.list(`/${group}/namespaces/${namespace}/${kind}`))
            .map(({ metadata }) => metadata.name)
            .sort();
    const cronJob = async (name: string): Promise<CronJob> =>
        (await context().client.get(`/apis/batch/v1/namespaces/${namespace}/cronjobs/${name}`)) as CronJob;

    it("come up as two CronJobs, and a second preview is empty", async () => {
        await runUp(stack);
        assert.deepEqual(await names("apis/batch/v1", "cronjobs"), ["orders-backup", "orders-restore-test"]);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("run: pods pass Pod Security, get a volume of their own, and complete", async () => {
        for (const name of ["orders-backup", "orders-restore-test"]) {
            const { spec } = (await cronJob(name)).spec.jobTemplate;
            const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
            const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name: `${name}-now` }, spec };
            await context().client.request("POST", jobs, job);
            await eventually(async () => {
                const { status } = (await context().client.get(`${jobs}/${name}-now`)) as Run;
                assert.equal(status.succeeded, 1);
            }, 60_000);
            await context().client.request("DELETE", `${jobs}/${name}-now?propagationPolicy=Foreground`);
        }
        await eventually(async () => {
            assert.deepEqual(await names("api/v1", "persistentvolumeclaims"), ["data-orders-0"]);
        }, 60_000);
    });

    it("keep key and password out of the state and of every object but Secrets", async () => {
        const objects = JSON.stringify([
            await context().client.list(`/apis/batch/v1/namespaces/${namespace}/cronjobs`),
            await context().client.list(`/api/v1/namespaces/${namespace}/configmaps`),
        ]);
        const state = stateOnDisk(stack, "backups");
        for (const secret of [password, key.secret]) {
            assert.ok(!state.includes(secret), "a secret stands in clear in the state");
            assert.ok(!objects.includes(secret), "a secret stands in clear in an object");
        }
    });

    it("take another schedule in place, and touch no server for it", async () => {
        const changes = await update({ backup: { ...backup, schedule: "30 2 * * *", keepDays: 30 } });
        assert.deepEqual(changes, ["update CronJob orders-backup"]);
        assert.equal((await cronJob("orders-backup")).spec.schedule, "30 2 * * *");
    });

    it("are restored by a Job that completes, and runs no more after it", async () => {
        const restore = { backup: "latest" };
        const changes = await update({ backup, restore });
        assert.ok(changes.includes("create Job orders-restore"), changes.join());
        assert.ok(!changes.some((change) => change.includes("StatefulSet orders")), changes.join());
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("go without a trace, and nothing else does", async () => {
        const changes = await update({});
        assert.deepEqual(await names("apis/batch/v1", "cronjobs"), []);
        assert.deepEqual(await names("apis/batch/v1", "jobs"), ["orders-access"]);
        const left = [
            ...(await names("apis/networking.k8s.io/v1", "networkpolicies")),
            ...(await names("api/v1", "serviceaccounts")),
            ...(await names("api/v1", "configmaps")),
            ...(await names("api/v1", "secrets")),
        ];
        assert.deepEqual(
            left.filter((name) => /backup|restore/.test(name)),
            [],
        );
        assert.deepEqual(
            await context()
                .client.list(`/apis/networking.k8s.io/v1/namespaces/${storeNamespace}/networkpolicies`)
                .then((policies) => policies.filter(({ metadata }) => /backup|restore/.test(metadata.name))),
            [],
        );
        assert.deepEqual(
            changes.filter((change) => !/^delete /.test(change)),
            ["update NetworkPolicy orders"],
        );
        assert.ok(!changes.some((change) => /StatefulSet|PersistentVolumeClaim/.test(change)), changes.join());
        await runDestroy(stack);
    });
});
