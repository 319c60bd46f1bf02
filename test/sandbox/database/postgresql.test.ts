import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { DatabaseEngine } from "../../../components/core/contracts";
import { Deletion } from "../../../components/core/deletion";
import { HardenedNamespace } from "../../../components/core/namespace";
import { StatefulDatabase, type StatefulDatabaseArgs } from "../../../components/database";
import { type KubernetesObject, openStack, runDestroy, runPreview, runUp } from "../../../sandbox";
import { sandboxCluster } from "../hardened";
import { changesOf, describeSandbox, stateOnDisk } from "../support";

const namespace = "database-data";

const base: Partial<StatefulDatabaseArgs> = {
    storage: { size: "1Gi" },
    replicas: 2,
    deletion: Deletion.Delete,
    users: { report: { reads: ["orders"] } },
};

interface Claim extends KubernetesObject {
    spec: { resources: { requests: { storage: string } } };
}

interface Rollout extends KubernetesObject {
    status: { currentRevision: string; updateRevision: string };
}

interface Service extends KubernetesObject {
    spec: { selector: Record<string, string> };
}

describeSandbox("a PostgreSQL database on a real API server", (context) => {
    let stack: Stack;
    let args = base;
    let home: Deletion = Deletion.Delete;
    let passwords: string[] = [];

    before(async () => {
        stack = await openStack({
            sandbox: context().sandbox,
            project: "database",
            stack: "test",
            program: () => {
                const cluster = sandboxCluster(context());
                const data = new HardenedNamespace("data", { cluster, resourceName: namespace, deletion: home });
                const { connections } = new StatefulDatabase("orders", {
                    cluster,
                    namespace: data.name,
                    engine: DatabaseEngine.PostgreSql,
                    storage: { size: "1Gi" },
                    ...args,
                });
                pulumi
                    .all(Object.values(connections).map(({ password }) => password))
                    .apply((known) => (passwords = known));
                return Promise.resolve({ connections });
            },
        });
    });

    async function update(changed: Partial<StatefulDatabaseArgs>): Promise<string[]> {
        args = { ...base, ...changed };
        return changesOf(await runUp(stack));
    }

    async function refused(changed: Partial<StatefulDatabaseArgs>, expected: RegExp): Promise<void> {
        args = { ...base, ...changed };
        await assert.rejects(runPreview(stack), expected);
        await assert.rejects(runUp(stack), expected);
    }

    const claims = async (): Promise<string[]> =>
        ((await context().client.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`)) as Claim[])
            .map(({ metadata, spec }) => `${metadata.name} ${spec.resources.requests.storage}`)
            .sort();

    it("comes up, and a second preview is empty", async () => {
        await runUp(stack);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(await claims(), ["data-orders-0 1Gi", "data-orders-1 1Gi"]);
    });

    it("keeps passwords and keys out of the state and of every object but Secrets", async () => {
        const state = stateOnDisk(stack, "database");
        assert.equal(passwords.length, 2);
        for (const password of passwords) {
            assert.ok(!state.includes(password), "a password stands in clear in the state");
        }
        assert.doesNotMatch(state, /BEGIN (EC )?PRIVATE KEY/);
        const objects = JSON.stringify([
            await context().client.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`),
            await context().client.list(`/apis/batch/v1/namespaces/${namespace}/jobs`),
            await context().client.list(`/api/v1/namespaces/${namespace}/configmaps`),
        ]);
        assert.ok(!passwords.some((password) => objects.includes(password)));
    });

    it("grows its volumes in place, and nothing else changes", async () => {
        const changes = await update({ storage: { size: "2Gi" } });
        assert.deepEqual(changes, [
            "update HardenedStatefulSet orders",
            "update PersistentVolumeClaim orders-data-0",
            "update PersistentVolumeClaim orders-data-1",
        ]);
        assert.deepEqual(await claims(), ["data-orders-0 2Gi", "data-orders-1 2Gi"]);
    });

    it("refuses a smaller volume, another engine's version, and keeps the data", async () => {
        await refused({}, /storage|claims\[data\]\.size is "1Gi", less than the "2Gi" that there is/);
        await refused({ storage: { size: "2Gi" }, version: "17" }, /version is "17", but the data was made with "18"/);
        args = { ...base, storage: { size: "2Gi" } };
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("rotates a password by running the Job again; no server restarts", async () => {
        const before = [...passwords];
        const changes = await update({ storage: { size: "2Gi" }, rotation: "2026-12" });
        assert.ok(
            changes.some((change) => /replace.* Job orders-access/.test(change)),
            changes.join(),
        );
        assert.ok(!changes.some((change) => change.includes("StatefulSet orders")), changes.join());
        assert.notEqual(passwords[0], before[0]);
        assert.equal(passwords[1], before[1]);
    });

    it("adds a copy without a restart of the others, and a Service for reads leads to all", async () => {
        const changes = await update({ storage: { size: "2Gi" }, rotation: "2026-12", replicas: 3 });
        assert.ok(changes.includes("update StatefulSet orders"), changes.join());
        assert.ok(changes.includes("create PersistentVolumeClaim orders-data-2"), changes.join());
        assert.ok(!changes.some((change) => change.includes("ConfigMap")), changes.join());
        const set = (await context().client.get(
            `/apis/apps/v1/namespaces/${namespace}/statefulsets/orders`,
        )) as Rollout;
        assert.equal(set.status.currentRevision, set.status.updateRevision);
        const service = (await context().client.get(`/api/v1/namespaces/${namespace}/services/orders`)) as Service;
        assert.equal(service.spec.selector["statefulset.kubernetes.io/pod-name"], "orders-0");
        await update({ storage: { size: "2Gi" }, rotation: "2026-12" });
    });

    it("moves the writes: the pods roll, the Service follows, and a second preview is empty", async () => {
        const changes = await update({ storage: { size: "2Gi" }, primary: 1 });
        assert.ok(changes.includes("update StatefulSet orders"), changes.join());
        assert.ok(changes.includes("update Service orders-primary"), changes.join());
        assert.ok(
            changes.some((change) => /replace.* Job orders-access/.test(change)),
            changes.join(),
        );
        const service = (await context().client.get(`/api/v1/namespaces/${namespace}/services/orders`)) as Service;
        assert.equal(service.spec.selector["statefulset.kubernetes.io/pod-name"], "orders-1");
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        await refused({ storage: { size: "2Gi" }, replicas: 1 }, /replicas is 1, which takes pod 1 away, the primary/);
        await refused(
            { storage: { size: "2Gi" }, replicas: 3, primary: 2 },
            /primary is 2, a pod that is not there yet/,
        );
        await update({ storage: { size: "2Gi" } });
    });

    it("rolls pods for another setting, by a new ConfigMap", async () => {
        const changes = await update({ storage: { size: "2Gi" }, settings: { work_mem: "8MB" } });
        assert.ok(changes.includes("update StatefulSet orders"), changes.join());
        assert.ok(
            changes.some((change) => /ConfigMap orders-config/.test(change)),
            changes.join(),
        );
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("leaves nothing behind, but retained volumes in a retained namespace", async () => {
        home = Deletion.Retain;
        await update({ storage: { size: "2Gi" }, deletion: Deletion.Retain });
        await runDestroy(stack);
        const { client } = context();
        assert.deepEqual(await claims(), ["data-orders-0 2Gi", "data-orders-1 2Gi"]);
        assert.deepEqual(await client.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`), []);
        assert.deepEqual(await client.list(`/apis/batch/v1/namespaces/${namespace}/jobs`), []);
        await client.request("DELETE", `/api/v1/namespaces/${namespace}`);
    });
});
