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

const namespace = "database-mariadb";

describeSandbox("databases of MariaDB and MySQL on a real API server", (context) => {
    let stack: Stack;
    let changed: Partial<StatefulDatabaseArgs> = {};
    let passwords: string[] = [];

    before(async () => {
        stack = await openStack({
            sandbox: context().sandbox,
            project: "database-mariadb",
            stack: "test",
            program: () => {
                const cluster = sandboxCluster(context());
                const data = new HardenedNamespace("data", {
                    cluster,
                    resourceName: namespace,
                    deletion: Deletion.Delete,
                });
                const made = [DatabaseEngine.MariaDb, DatabaseEngine.MySql].map(
                    (engine) =>
                        new StatefulDatabase(`${engine}-orders`, {
                            cluster,
                            namespace: data.name,
                            engine,
                            database: "orders",
                            replicas: 2,
                            storage: { size: "1Gi" },
                            deletion: Deletion.Delete,
                            users: { report: { reads: ["orders"] } },
                            ...(engine === DatabaseEngine.MariaDb ? changed : {}),
                        }),
                );
                const known = made.flatMap(({ connections }) =>
                    Object.values(connections).map(({ password }) => password),
                );
                pulumi.all(known).apply((all) => (passwords = all));
                return Promise.resolve({ connections: made.map(({ connections }) => connections) });
            },
        });
    });

    it("come up, and a second preview is empty", async () => {
        await runUp(stack);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("keep passwords and keys out of the state and of every object but Secrets", async () => {
        const state = stateOnDisk(stack, "database-mariadb");
        assert.equal(passwords.length, 4);
        assert.ok(!passwords.some((password) => state.includes(password)));
        assert.doesNotMatch(state, /BEGIN (EC )?PRIVATE KEY/);
        const { client } = context();
        const objects = JSON.stringify([
            await client.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`),
            await client.list(`/apis/batch/v1/namespaces/${namespace}/jobs`),
            await client.list(`/api/v1/namespaces/${namespace}/configmaps`),
        ]);
        assert.ok(!passwords.some((password) => objects.includes(password)));
    });

    it("rotate a password by running the Job again; no server restarts", async () => {
        const before = [...passwords];
        changed = { rotation: "2026-12" };
        const changes = changesOf(await runUp(stack));
        assert.ok(
            changes.some((change) => /replace.* Job mariadb-orders-access/.test(change)),
            changes.join(),
        );
        assert.ok(!changes.some((change) => change.includes("StatefulSet")), changes.join());
        assert.notEqual(passwords[0], before[0]);
        assert.deepEqual(passwords.slice(1), before.slice(1));
    });

    it("leave nothing behind", async () => {
        await runDestroy(stack);
        const { client } = context();
        assert.deepEqual(await client.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`), []);
    });
});
