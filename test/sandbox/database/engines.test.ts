import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { DatabaseEngine } from "../../../components/core/contracts";
import { Deletion } from "../../../components/core/deletion";
import { HardenedNamespace } from "../../../components/core/namespace";
import { StatefulDatabase, type StatefulDatabaseArgs } from "../../../components/database";
import { engines } from "../../../components/database/engines";
import { type KubernetesObject, openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../../sandbox";
import { eventually } from "../../support/eventually";
import { sandboxCluster } from "../hardened";
import { changesOf, describeSandbox, secretsIn, stateOnDisk } from "../support";
import { watchRoll } from "./support/roll";

const project = "database-engines";

describeSandbox("a database on a real API server", (context) => {
    let stack: Stack;
    let namespace: string;
    let args: StatefulDatabaseArgs;

    async function open(name: string, given: Omit<StatefulDatabaseArgs, "cluster" | "namespace">): Promise<void> {
        namespace = `databases-${name}`;
        args = { cluster: sandboxCluster(context()), namespace, ...given };
        stack = await openStack({
            sandbox: context().sandbox,
            project,
            stack: name,
            program: () => {
                const home = new HardenedNamespace("home", { cluster: args.cluster, resourceName: namespace });
                new StatefulDatabase("orders", { ...args, namespace: home.name });
                return Promise.resolve();
            },
        });
    }

    const list = (path: string): Promise<KubernetesObject[]> => context().client.list(path);

    const claimNames = async (): Promise<string[]> =>
        (await list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`))
            .map(({ metadata }) => metadata.name)
            .sort();

    async function refused(changed: Partial<StatefulDatabaseArgs>, expected: RegExp): Promise<void> {
        const before = args;
        args = { ...args, ...changed };
        try {
            await assert.rejects(runPreview(stack), expected);
            await assert.rejects(runUp(stack), expected);
        } finally {
            args = before;
        }
    }

    /** The objects that pods are made from, in which no secret may stand. */
    async function plainObjects(): Promise<string> {
        const kinds = ["apps/v1/statefulsets", "batch/v1/jobs", "batch/v1/cronjobs"].map((kind) => kind.split("/"));
        const workloads = kinds.map(([group, version, plural]) =>
            list(`/apis/${group}/${version}/namespaces/${namespace}/${plural}`),
        );
        return JSON.stringify(await Promise.all([...workloads, list(`/api/v1/namespaces/${namespace}/configmaps`)]));
    }

    for (const { engine, title } of Object.values(engines)) {
        it(`comes up with ${title}, keeps secrets to itself, and leaves nothing behind`, async () => {
            // Three are a majority for those that elect.
            await open(engine, { engine, storage: { size: "1Gi" }, replicas: 3, deletion: Deletion.Delete });
            await runUp(stack);
            assert.deepEqual(changesOf(await runPreview(stack)), []);
            assert.deepEqual(await claimNames(), ["data-orders-0", "data-orders-1", "data-orders-2"]);

            const secrets = secretsIn(await resourcesInState(stack));
            assert.ok(secrets.length > 0);
            const [state, objects] = [stateOnDisk(stack, project), await plainObjects()];
            for (const secret of secrets.map((text) => JSON.stringify(text).slice(1, -1))) {
                assert.ok(!state.includes(secret), "a secret stands in clear in the state");
                assert.ok(!objects.includes(secret), "a secret stands in an object that is none");
            }

            await runDestroy(stack);
            await eventually(async () => {
                assert.equal(await context().client.get(`/api/v1/namespaces/${namespace}`), undefined);
            });
        });
    }

    it("takes another image pod by pod, the last one first, and waits for each", async () => {
        const storage = { size: "1Gi" };
        await open("image", { engine: DatabaseEngine.PostgreSql, storage, replicas: 3, deletion: Deletion.Delete });
        await runUp(stack);
        args = { ...args, registry: { mirror: "registry.example.com/mirror" } };
        const { result, order, leastReady } = await watchRoll(context().client, namespace, () => runUp(stack));
        const changes = changesOf(result);
        assert.ok(changes.includes("update StatefulSet orders"), changes.join("\n"));
        assert.deepEqual(order, ["orders-2", "orders-1", "orders-0"]);
        assert.ok(leastReady >= 2, `${leastReady} pods were ready at one time`);
        assert.ok(!changes.some((change) => change.includes("PersistentVolumeClaim")), changes.join("\n"));
    });

    it("refuses another engine while there is data of one, at preview", async () => {
        await refused(
            { engine: DatabaseEngine.MariaDb },
            /StatefulDatabase orders: .*engine is "mariadb", but the data was made with "postgresql"/s,
        );
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("refuses to be destroyed while it is protected, which is what holds when nobody says otherwise", async () => {
        args = { ...args, deletion: undefined };
        await runUp(stack);
        await assert.rejects(runDestroy(stack), /protect/);
        assert.deepEqual(await claimNames(), ["data-orders-0", "data-orders-1", "data-orders-2"]);

        args = { ...args, deletion: Deletion.Delete };
        await runUp(stack);
        await runDestroy(stack);
        assert.equal(await context().client.get(`/api/v1/namespaces/${namespace}`), undefined);
    });
});
