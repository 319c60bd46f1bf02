import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { DatabaseEngine } from "../../../components/core/contracts";
import { Deletion } from "../../../components/core/deletion";
import { HardenedNamespace } from "../../../components/core/namespace";
import { StatefulDatabase, type StatefulDatabaseArgs } from "../../../components/database";
import { openStack, runDestroy, runPreview, runUp } from "../../../sandbox";
import { sandboxCluster } from "../hardened";
import { changesOf, describeSandbox, stateOnDisk } from "../support";

const namespace = "redis-data";

const base: Partial<StatefulDatabaseArgs> = { replicas: 2, users: { report: { reads: ["0"] } } };

describeSandbox("a Redis database on a real API server", (context) => {
    let stack: Stack;
    let args = base;
    let passwords: string[] = [];

    before(async () => {
        stack = await openStack({
            sandbox: context().sandbox,
            project: "redis",
            stack: "test",
            program: () => {
                const cluster = sandboxCluster(context());
                const data = new HardenedNamespace("data", { cluster, resourceName: namespace });
                const { connections } = new StatefulDatabase("cache", {
                    cluster,
                    namespace: data.name,
                    engine: DatabaseEngine.Redis,
                    storage: { size: "1Gi" },
                    deletion: Deletion.Delete,
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

    it("comes up, and a second preview is empty", async () => {
        await runUp(stack);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("keeps passwords and keys out of the state and of every object but Secrets", async () => {
        const state = stateOnDisk(stack, "redis");
        assert.equal(passwords.length, 2);
        const objects = JSON.stringify([
            await context().client.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`),
            await context().client.list(`/apis/batch/v1/namespaces/${namespace}/jobs`),
            await context().client.list(`/api/v1/namespaces/${namespace}/configmaps`),
        ]);
        for (const password of passwords) {
            assert.ok(!state.includes(password) && !objects.includes(password));
        }
        assert.doesNotMatch(state, /BEGIN (EC )?PRIVATE KEY/);
    });

    it("rotates a password by running the Job again; no server restarts", async () => {
        const before = [...passwords];
        const changes = await update({ rotation: "2026-12" });
        assert.ok(
            changes.some((change) => /replace.* Job cache-access/.test(change)),
            changes.join(),
        );
        assert.ok(!changes.some((change) => change.includes("StatefulSet cache")), changes.join());
        assert.notEqual(passwords[0], before[0]);
        assert.equal(passwords[1], before[1]);
    });

    it("takes a user away, and adds a copy, by the Job on all pods without a restart of the others", async () => {
        const changes = await update({ rotation: "2026-12", replicas: 3, users: {} });
        assert.ok(changes.includes("update StatefulSet cache"), changes.join());
        assert.ok(!changes.some((change) => change.includes("ConfigMap")), changes.join());
        const [job] = (await context().client.list(`/apis/batch/v1/namespaces/${namespace}/jobs`)) as unknown as {
            spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
        }[];
        const { env } = job!.spec.template.spec.containers[0]!;
        const value = (wanted: string) => env.find(({ name }) => name === wanted)!.value;
        assert.equal(value("HOSTS").split(" ").length, 3);
        assert.equal(value("USERS"), "cache");
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("rolls pods for another setting", async () => {
        const changes = await update({ settings: { "maxmemory-policy": "allkeys-lru" } });
        assert.ok(changes.includes("update StatefulSet cache"), changes.join());
    });

    it("leaves nothing behind", async () => {
        await runDestroy(stack);
        assert.deepEqual(await context().client.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`), []);
    });
});
