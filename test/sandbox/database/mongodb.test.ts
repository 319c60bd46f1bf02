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

const namespace = "mongodb-data";

interface Rollout extends KubernetesObject {
    status: { readyReplicas: number; currentRevision: string; updateRevision: string };
}

describeSandbox("a MongoDB replica set on a real API server", (context) => {
    let stack: Stack;
    let changed: Partial<StatefulDatabaseArgs> = {};
    let passwords: string[] = [];

    before(async () => {
        stack = await openStack({
            sandbox: context().sandbox,
            project: "mongodb",
            stack: "test",
            program: () => {
                const cluster = sandboxCluster(context());
                const data = new HardenedNamespace("data", {
                    cluster,
                    resourceName: namespace,
                    deletion: Deletion.Delete,
                });
                const { connections } = new StatefulDatabase("carts", {
                    cluster,
                    namespace: data.name,
                    engine: DatabaseEngine.MongoDb,
                    storage: { size: "1Gi" },
                    replicas: 3,
                    deletion: Deletion.Delete,
                    users: { report: { reads: ["carts"] } },
                    ...changed,
                });
                pulumi
                    .all(Object.values(connections).map(({ password }) => password))
                    .apply((known) => (passwords = known));
                return Promise.resolve({ connections });
            },
        });
    });

    const rollout = async (): Promise<Rollout> =>
        (await context().client.get(`/apis/apps/v1/namespaces/${namespace}/statefulsets/carts`)) as Rollout;

    it("comes up with three members, and a second preview is empty", async () => {
        await runUp(stack);
        assert.equal((await rollout()).status.readyReplicas, 3);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("keeps passwords and keys out of the state and of every object but Secrets", async () => {
        const state = stateOnDisk(stack, "mongodb");
        const objects = JSON.stringify([
            await context().client.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`),
            await context().client.list(`/apis/batch/v1/namespaces/${namespace}/jobs`),
            await context().client.list(`/api/v1/namespaces/${namespace}/configmaps`),
        ]);
        assert.equal(passwords.length, 2);
        for (const password of passwords) {
            assert.ok(!state.includes(password) && !objects.includes(password));
        }
        assert.doesNotMatch(state, /BEGIN (EC )?PRIVATE KEY/);
    });

    it("rotates a password by running the Job again; no member restarts", async () => {
        const before = [...passwords];
        changed = { rotation: "2026-12" };
        const changes = changesOf(await runUp(stack));
        assert.ok(
            changes.some((change) => /replace.* Job carts-access/.test(change)),
            changes.join(),
        );
        assert.ok(!changes.some((change) => change.includes("StatefulSet carts")), changes.join());
        assert.notEqual(passwords[0], before[0]);
        assert.equal(passwords[1], before[1]);
    });

    it("adds two members by running the Job again; the others do not restart", async () => {
        const { status } = await rollout();
        changed = { ...changed, replicas: 5 };
        const changes = changesOf(await runUp(stack));
        assert.ok(changes.includes("create PersistentVolumeClaim carts-data-4"), changes.join());
        assert.ok(
            changes.some((change) => /replace.* Job carts-access/.test(change)),
            changes.join(),
        );
        const grown = await rollout();
        assert.equal(grown.status.readyReplicas, 5);
        assert.equal(grown.status.updateRevision, status.updateRevision);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("refuses another major version, and an even number of members", async () => {
        const good = changed;
        changed = { ...good, version: "7.0" };
        await assert.rejects(runPreview(stack), /version is "7.0", but the data was made with "8.0"/);
        changed = { ...good, replicas: 4 };
        await assert.rejects(runPreview(stack), /replicas.* is 4, but an even number/);
        changed = good;
    });

    it("leaves nothing behind", async () => {
        await runDestroy(stack);
        for (const kind of ["persistentvolumeclaims", "secrets", "services"]) {
            assert.deepEqual(await context().client.list(`/api/v1/namespaces/${namespace}/${kind}`), []);
        }
    });
});
