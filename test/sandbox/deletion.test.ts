import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { Deletion } from "../../components/core/deletion";
import { HardenedNamespace } from "../../components/core/namespace";
import { HardenedStatefulSet, type ClaimTemplate } from "../../components/core/workload";
import { type KubernetesObject, openStack, runDestroy, runPreview, runUp } from "../../sandbox";
import { sandboxCluster, simulatedContainer } from "./hardened";
import { eventually } from "../support/eventually";
import { changesOf, describeSandbox } from "./support";

/** What the tests change from run to run. */
interface Settings {
    claim: ClaimTemplate;
    replicas: number;
    claimedReplicas?: number;
    deletion: Deletion;
    /** What becomes of the namespace. */
    home: Deletion;
}

const initial: Settings = {
    claim: { name: "data", size: "1Gi" },
    replicas: 2,
    deletion: Deletion.Delete,
    home: Deletion.Delete,
};

/** The parts of a claim that are read here. */
interface Claim extends KubernetesObject {
    spec: { resources: { requests: { storage: string } }; volumeName?: string };
    status: { phase: string };
}

describeSandbox("data and what becomes of it", (context) => {
    let stack: Stack;
    let settings: Settings;
    let namespace: string;

    async function open(name: string): Promise<void> {
        settings = { ...initial };
        namespace = `deletion-${name}`;
        stack = await openStack({
            sandbox: context().sandbox,
            project: "deletion",
            stack: name,
            // eslint-disable-next-line @typescript-eslint/require-await -- the type of an inline program
            program: async () => {
                const cluster = sandboxCluster(context());
                const home = new HardenedNamespace("home", {
                    cluster,
                    resourceName: namespace,
                    deletion: settings.home,
                });
                new HardenedStatefulSet("store", {
                    cluster,
                    namespace: home.name,
                    app: "store",
                    replicas: settings.replicas,
                    claimedReplicas: settings.claimedReplicas,
                    claims: [settings.claim],
                    deletion: settings.deletion,
                    containers: [simulatedContainer({ mounts: [{ volume: "data", path: "/data" }] })],
                });
            },
        });
    }

    const claims = async (): Promise<Claim[]> =>
        (await context().client.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`)) as Claim[];

    const claimNames = async (): Promise<string[]> => (await claims()).map(({ metadata }) => metadata.name).sort();

    async function refused(expected: RegExp): Promise<void> {
        await assert.rejects(runPreview(stack), expected);
        await assert.rejects(runUp(stack), expected);
    }

    it("lets the StatefulSet take the claims, grow them in place and keep its pods", async () => {
        await open("grow");
        await runUp(stack);
        const before = await eventually(async () => {
            const bound = await claims();
            assert.deepEqual(
                bound.map(({ status }) => status.phase),
                ["Bound", "Bound"],
            );
            return bound;
        });
        assert.deepEqual(await claimNames(), ["data-store-0", "data-store-1"]);

        settings.claim = { name: "data", size: "2Gi" };
        assert.deepEqual(changesOf(await runUp(stack)), [
            "update HardenedStatefulSet store",
            "update PersistentVolumeClaim store-data-0",
            "update PersistentVolumeClaim store-data-1",
        ]);
        const after = await claims();
        assert.deepEqual(
            after.map(({ spec }) => spec.resources.requests.storage),
            ["2Gi", "2Gi"],
        );
        assert.deepEqual(
            after.map(({ spec }) => spec.volumeName),
            before.map(({ spec }) => spec.volumeName),
        );
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("refuses at preview, and at `up` without one, a size that shrinks", async () => {
        settings.claim = { name: "data", size: "1Gi" };
        await refused(
            /HardenedStatefulSet store: claims\[data\]\.size is "1Gi", less than the "2Gi" that there is; sizes only grow: give "2Gi" or more/,
        );
        assert.deepEqual(
            (await claims()).map(({ spec }) => spec.resources.requests.storage),
            ["2Gi", "2Gi"],
        );
    });

    it("refuses what would replace the claims, with the way out", async () => {
        settings.claim = { name: "data", size: "2Gi", storageClass: "standard-retain" };
        await refused(
            /claims\[data\]\.storageClass is "standard-retain", but the data was made with "standard"; .* make a second component/,
        );
        settings.claim = { name: "data", size: "2Gi" };
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("deletes the claim of a pod that is scaled away, unless it is to be kept", async () => {
        settings.replicas = 1;
        settings.claimedReplicas = 2;
        await runUp(stack);
        assert.deepEqual(await claimNames(), ["data-store-0", "data-store-1"]);

        settings.claimedReplicas = undefined;
        const run = await runUp(stack);
        assert.ok(changesOf(run).includes("delete PersistentVolumeClaim store-data-1"), changesOf(run).join());
        assert.deepEqual(await claimNames(), ["data-store-0"]);
    });

    it("leaves nothing behind when everything may go", async () => {
        await runDestroy(stack);
        assert.equal(await context().client.get(`/api/v1/namespaces/${namespace}`), undefined);
    });

    it("refuses to delete protected claims, also those of pods that are scaled away", async () => {
        await open("protect");
        settings.deletion = Deletion.Protect;
        await runUp(stack);

        settings.replicas = 1;
        await assert.rejects(runPreview(stack), /protect/);
        settings.replicas = 2;
        await assert.rejects(runDestroy(stack), /protect/);
        assert.deepEqual(await claimNames(), ["data-store-0", "data-store-1"]);

        settings.deletion = Deletion.Delete;
        await runUp(stack);
        await runDestroy(stack);
    });

    it("leaves retained claims in a retained namespace, and deletes everything else", async () => {
        await open("retain");
        settings.deletion = Deletion.Retain;
        settings.home = Deletion.Retain;
        await runUp(stack);
        await runDestroy(stack);

        assert.deepEqual(await claimNames(), ["data-store-0", "data-store-1"]);
        assert.deepEqual(await context().client.list(`/apis/apps/v1/namespaces/${namespace}/statefulsets`), []);
        await context().client.request("DELETE", `/api/v1/namespaces/${namespace}`);
    });
});
