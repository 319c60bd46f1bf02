import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { DatabaseEngine } from "../../../components/core/contracts";
import { Deletion } from "../../../components/core/deletion";
import { HardenedNamespace } from "../../../components/core/namespace";
import { StatefulDatabase, type StatefulDatabaseArgs } from "../../../components/database";
import { type KubernetesObject, openStack, runDestroy, runPreview, runUp } from "../../../sandbox";
import { sandboxCluster } from "../hardened";
import { eventually } from "../../support/eventually";
import { changesOf, describeSandbox, stateOnDisk } from "../support";
import { readySince, watchRoll } from "./support/roll";

const namespace = "mongodb-data";

const pods = `/api/v1/namespaces/${namespace}/pods`;

/** Lets the simulated pods of a StatefulSet run without being ready, until a test says that they are. */
const holdBack: pulumi.ResourceTransform = ({ type, props, opts }) => {
    if (type !== "kubernetes:apps/v1:StatefulSet") {
        return undefined;
    }
    const spec = props.spec as { template: { metadata: object } };
    const annotations = { "sandbox.kubernetes-faas/pod": "unready" };
    const template = { ...spec.template, metadata: { ...spec.template.metadata, annotations } };
    return { props: { ...props, spec: { ...spec, template } }, opts };
};

interface Rollout extends KubernetesObject {
    status: { readyReplicas: number; currentRevision: string; updateRevision: string };
}

/** Ends only by the failure of a run. */
const failing = (run: Promise<unknown>): Promise<never> => new Promise((_, reject) => void run.catch(reject));

describeSandbox("a MongoDB replica set on a real API server", (context) => {
    let stack: Stack;
    let changed: Partial<StatefulDatabaseArgs> = { version: "7.0" };
    let held = false;
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
                const { connections } = new StatefulDatabase(
                    "carts",
                    {
                        cluster,
                        namespace: data.name,
                        engine: DatabaseEngine.MongoDb,
                        storage: { size: "1Gi" },
                        replicas: 3,
                        deletion: Deletion.Delete,
                        users: { report: { reads: ["carts"] } },
                        ...changed,
                    },
                    { transforms: held ? [holdBack] : [] },
                );
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
        changed = { ...changed, rotation: "2026-12" };
        const changes = changesOf(await runUp(stack));
        assert.ok(
            changes.some((change) => /replace.* Job carts-access/.test(change)),
            changes.join(),
        );
        assert.ok(!changes.some((change) => change.includes("StatefulSet carts")), changes.join());
        assert.notEqual(passwords[0], before[0]);
        assert.equal(passwords[1], before[1]);
    });

    it("rolls to the next version one member after the other, each once the one before it has stayed ready, and then the Job runs", async () => {
        const { client } = context();
        changed = { ...changed, version: "8.0" };
        held = true;
        const members = ["carts-2", "carts-1", "carts-0"];
        const { result, order, leastReady, readyBeforeNext } = await watchRoll(client, namespace, async () => {
            const rolling = runUp(stack);
            await letBeReady(members, /mongo:8\.0\./, rolling);
            return rolling;
        });
        const summary = changesOf(result).join();
        assert.match(summary, /update StatefulSet carts/);
        assert.match(summary, /replace.* Job carts-access/);
        assert.doesNotMatch(summary, /PersistentVolumeClaim/);
        const job = (await client.get(`/apis/batch/v1/namespaces/${namespace}/jobs/carts-access`))!;
        const server = (await client.get(`${pods}/carts-0`))!;
        assert.match(server.spec.containers[0].image as string, /mongo:8\.0\./);
        assert.ok(Date.parse(job.metadata.creationTimestamp as string) >= readySince(server));

        assert.deepEqual(order, members);
        assert.equal(leastReady, 2);
        assert.ok(
            readyBeforeNext.every((time) => time >= 15_000),
            `${readyBeforeNext.join()} ms`,
        );
    });

    /** Makes pods with an image ready, one after the other, as their probes would. */
    async function letBeReady(names: string[], image: RegExp, run: Promise<unknown>): Promise<void> {
        const condition = { status: "True", reason: null };
        for (const name of names) {
            const made = eventually(async () => {
                const pod = await context().client.get(`${pods}/${name}`);
                const isNew = image.test(String(pod?.spec.containers[0].image));
                assert.ok(pod?.status.phase === "Running" && isNew, `${name} is not there yet`);
            }, 120_000);
            await Promise.race([made, failing(run)]);
            const lastTransitionTime = new Date().toISOString();
            const conditions = ["Ready", "ContainersReady"].map((type) => ({ ...condition, type, lastTransitionTime }));
            const path = `${pods}/${name}/status`;
            const type = "application/strategic-merge-patch+json";
            await context().client.request("PATCH", path, { status: { conditions } }, type);
        }
    }

    it("adds two members by running the Job again; the others do not restart", async () => {
        const { status } = await rollout();
        changed = { ...changed, replicas: 5 };
        const growing = runUp(stack);
        await letBeReady(["carts-3", "carts-4"], /mongo:8\.0\./, growing);
        const changes = changesOf(await growing);
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

    it("refuses to go back to the version before, and an even number of members", async () => {
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
