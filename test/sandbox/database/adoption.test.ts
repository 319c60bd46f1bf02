import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { DatabaseEngine } from "../../../components/core/contracts";
import { Deletion } from "../../../components/core/deletion";
import { HardenedNamespace } from "../../../components/core/namespace";
import { StatefulDatabase, type StatefulDatabaseArgs } from "../../../components/database";
import { type KubernetesObject, openStack, runDestroy, runPreview, runUp } from "../../../sandbox";
import { eventually } from "../../support/eventually";
import { sandboxCluster } from "../hardened";
import { changesOf, describeSandbox } from "../support";

const namespace = "database-adoption";

/** What the tests change from run to run. */
interface Settings extends Partial<StatefulDatabaseArgs> {
    storage: StatefulDatabaseArgs["storage"];
    /** Whether the namespace is there already. */
    adoptNamespace?: boolean;
}

interface Claim extends KubernetesObject {
    spec: { resources: { requests: { storage: string } }; volumeName: string };
    status: { phase: string };
}

describeSandbox("a database whose volumes were retained", (context) => {
    let stack: Stack;
    let settings: Settings;

    /** A stack with a state of its own, as after the old one was destroyed. */
    async function open(name: string): Promise<void> {
        stack = await openStack({
            sandbox: context().sandbox,
            project: "database-adoption",
            stack: name,
            program: () => {
                const cluster = sandboxCluster(context());
                const { adoptNamespace, ...args } = settings;
                const data = new HardenedNamespace("data", {
                    cluster,
                    resourceName: namespace,
                    deletion: Deletion.Retain,
                    adopt: adoptNamespace,
                });
                new StatefulDatabase("orders", {
                    cluster,
                    namespace: data.name,
                    engine: DatabaseEngine.PostgreSql,
                    replicas: 2,
                    deletion: Deletion.Retain,
                    ...args,
                });
                return Promise.resolve();
            },
        });
    }

    const claims = async (): Promise<Claim[]> =>
        ((await context().client.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`)) as Claim[]).sort(
            (a, b) => a.metadata.name.localeCompare(b.metadata.name),
        );

    /** What stays the same about the claims for as long as their data does. */
    const identities = async (): Promise<string[]> =>
        (await claims()).map(({ metadata, spec }) => `${metadata.name} ${metadata.uid} ${spec.volumeName}`);

    const sizes = async (): Promise<string[]> => (await claims()).map(({ spec }) => spec.resources.requests.storage);

    async function refused(changed: Settings, expected: RegExp): Promise<void> {
        settings = changed;
        await assert.rejects(runPreview(stack), expected);
    }

    let before: string[] = [];

    after(async () => {
        await context().client.delete(`/api/v1/namespaces/${namespace}`);
    });

    it("leaves the volumes and the namespace when it is destroyed", async () => {
        settings = { storage: { size: "1Gi" } };
        await open("first");
        await runUp(stack);
        // The state's field manager owns what an update changed: the next state has another one.
        settings = { storage: { size: "2Gi" }, labels: { team: "shop" } };
        await runUp(stack);
        await eventually(async () => {
            assert.deepEqual(
                (await claims()).map(({ status }) => status.phase),
                ["Bound", "Bound"],
            );
        });
        before = await identities();
        await runDestroy(stack);
        assert.deepEqual(await identities(), before);
    });

    it("says at preview which volume it lacks, and makes none", async () => {
        await open("second");
        await refused(
            { storage: { size: "2Gi", adopt: true }, adoptNamespace: true, replicas: 3 },
            /resource 'database-adoption\/data-orders-2' does not exist/,
        );
    });

    it("refuses at preview a smaller size and another storage class", async () => {
        await refused({ storage: { size: "1Gi", adopt: true }, adoptNamespace: true }, /field can not be less than/);
        await refused(
            { storage: { size: "2Gi", adopt: true, storageClass: "standard-retain" }, adoptNamespace: true },
            /data-orders-0, which is taken over: storageClass is "standard-retain", but it was made with "standard"/,
        );
        assert.deepEqual(await identities(), before);
    });

    it("comes back with its volumes, larger and with other labels, and a second preview is empty", async () => {
        settings = { storage: { size: "3Gi", adopt: true }, labels: { team: "sales" }, adoptNamespace: true };
        const { changed } = await runUp(stack);
        const kept = changed.filter(({ type }) => /:(Namespace|PersistentVolumeClaim)$/.test(type));
        assert.deepEqual(kept.map(({ name, steps }) => [name, steps]).sort(), [
            ["data", ["import", "update"]],
            ["orders-data-0", ["import", "update"]],
            ["orders-data-1", ["import", "update"]],
        ]);
        assert.deepEqual(await identities(), before);
        assert.deepEqual(await sizes(), ["3Gi", "3Gi"]);
        assert.equal((await claims())[0]!.metadata.labels?.team, "sales");
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
    });

    it("loses nothing when the argument leaves the program, or comes back", async () => {
        for (const adopt of [false, true, undefined]) {
            settings = { storage: { size: "3Gi", adopt }, labels: { team: "sales" }, adoptNamespace: adopt };
            assert.deepEqual(changesOf(await runUp(stack)), [
                "update Namespace data",
                "update PersistentVolumeClaim orders-data-0",
                "update PersistentVolumeClaim orders-data-1",
                // Its pods are told whether their volumes have to have data.
                "update StatefulSet orders",
            ]);
            assert.deepEqual(await identities(), before);
        }
    });

    it("grows, and goes again as any other", async () => {
        settings = { storage: { size: "4Gi" }, labels: { team: "sales" } };
        await runUp(stack);
        assert.deepEqual(await sizes(), ["4Gi", "4Gi"]);
        settings.deletion = Deletion.Protect;
        await runUp(stack);
        await assert.rejects(runDestroy(stack), /protect/);
        settings.deletion = Deletion.Delete;
        await runUp(stack);
        await runDestroy(stack);
        await eventually(async () => {
            assert.deepEqual(await identities(), []);
        });
    });

    it("finds a volume whose claim is gone, once the volume is reserved for it", async () => {
        const { client } = context();
        settings = { storage: { size: "1Gi", storageClass: "standard-retain" }, replicas: 1, adoptNamespace: true };
        await open("third");
        settings.deletion = Deletion.Delete;
        await runUp(stack);
        const bound = async (): Promise<string> => {
            const [claim] = await claims();
            assert.equal(claim?.status.phase, "Bound");
            return claim.spec.volumeName;
        };
        const volume = await eventually(bound);
        await runDestroy(stack);

        await client.patch(`/api/v1/persistentvolumes/${volume}`, {
            spec: { claimRef: { namespace, name: "data-orders-0", uid: null, resourceVersion: null } },
        });
        await runUp(stack);
        assert.equal(await eventually(bound), volume);
        await runDestroy(stack);
        await client.delete(`/api/v1/persistentvolumes/${volume}`);
    });
});
