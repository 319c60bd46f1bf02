import type * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { DatabaseEngine } from "../../../components/core/contracts";
import { Deletion } from "../../../components/core/deletion";
import { HardenedNamespace } from "../../../components/core/namespace";
import { StatefulDatabase } from "../../../components/database";
import { openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../../sandbox";
import { sandboxCluster } from "../hardened";
import { changesOf, describeSandbox, secretsIn, stateOnDisk } from "../support";
import { watchRoll } from "./support/roll";

const project = "redis-upgrade";
const namespace = "redis-upgrade";

/** Has the API server refuse what the pods are made from. */
function breakPods({ type, props, opts }: pulumi.ResourceTransformArgs): pulumi.ResourceTransformResult | undefined {
    if (type !== "kubernetes:apps/v1:StatefulSet") {
        return undefined;
    }
    props.spec.template.spec.restartPolicy = "Never";
    return { props, opts };
}

describeSandbox("another version of a Redis database on a real API server", (context) => {
    let stack: Stack;
    let version: string | undefined = "8.8";
    let broken = false;

    before(async () => {
        stack = await openStack({
            sandbox: context().sandbox,
            project,
            stack: "test",
            program: () => {
                const cluster = sandboxCluster(context());
                const data = new HardenedNamespace("data", { cluster, resourceName: namespace });
                const args = {
                    cluster,
                    namespace: data.name,
                    engine: DatabaseEngine.Redis,
                    version,
                    replicas: 3,
                    storage: { size: "1Gi" },
                    deletion: Deletion.Delete,
                };
                new StatefulDatabase("cache", args, { transforms: broken ? [breakPods] : [] });
                return Promise.resolve();
            },
        });
        await runUp(stack);
    });

    /** That a version is refused, at preview and by an update, and that nothing has changed by it. */
    async function refused(wanted: string | undefined, expected: RegExp): Promise<void> {
        const before = version;
        version = wanted;
        await assert.rejects(runPreview(stack), expected);
        await assert.rejects(runUp(stack), expected);
        version = before;
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    }

    async function claims(): Promise<(string | undefined)[]> {
        const found = await context().client.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`);
        return found.map(({ metadata }) => metadata.uid).sort();
    }

    it("is refused where only the default moved, with both versions to write down", async () => {
        await refused(
            undefined,
            /StatefulDatabase cache: .*version is "8\.10", but the data was made with "8\.8", and nobody asked.*`version: "8\.8"` to stay, or `version: "8\.10"`/s,
        );
    });

    it("is refused where it is older than the data", async () => {
        await refused("8.6", /version is "8\.6", but the data was made with "8\.8", and no Redis reads/);
    });

    it("is taken back where the update to it did not end, with a word on what the pods may say", async () => {
        [version, broken] = ["8.10", true];
        await assert.rejects(runUp(stack), /restartPolicy/);
        [version, broken] = ["8.8", false];
        const back = await runUp(stack);
        assert.match(
            back.diagnostics.join("\n"),
            /StatefulDatabase cache: goes from version 8\.10 back to 8\.8\. The last `up` of this database did not end/,
        );
        await refused("8.6", /version is "8\.6", but the data was made with "8\.8"/);
    });

    it("is an update and no replacement at preview, which says that there is no way back", async () => {
        version = "8.10";
        const run = await runPreview(stack);
        const changes = changesOf(run);
        assert.ok(changes.includes("update StatefulSet cache"), changes.join("\n"));
        // The Job looks after the users anew, as for any other image.
        const gone = changes.filter((change) => /^(replace|create-replacement|delete)/.test(change));
        assert.deepEqual(
            gone.filter((change) => !/ (Job cache-access|ConfigMap cache-config)$/.test(change)),
            [],
        );
        assert.match(
            run.diagnostics.join("\n"),
            /StatefulDatabase cache: its data goes from version 8\.8 to 8\.10 in place, pod by pod, and not back\. Make a backup first/,
        );
    });

    it("takes the pods one by one, the primary last, and keeps their volumes; a second preview is empty", async () => {
        const before = await claims();
        assert.equal(before.length, 3);
        const { order, leastReady } = await watchRoll(context().client, namespace, () => runUp(stack));
        assert.deepEqual(order, ["cache-2", "cache-1", "cache-0"]);
        assert.ok(leastReady >= 2, `${leastReady} pods were ready at one time`);
        assert.deepEqual(await claims(), before);
        const second = await runPreview(stack);
        assert.deepEqual(changesOf(second), []);
        assert.doesNotMatch(second.diagnostics.join("\n"), /in place/);
    });

    it("is not taken back afterwards, and may be left out where it is the default by now", async () => {
        await refused("8.8", /version is "8\.8", but the data was made with "8\.10", and no Redis reads/);
        version = undefined;
        assert.ok(!changesOf(await runPreview(stack)).some((change) => change.includes("StatefulSet")));
        version = "8.10";
    });

    it("leaves no secret in clear in the state, and nothing behind in the end", async () => {
        const secrets = secretsIn(await resourcesInState(stack));
        assert.ok(secrets.length > 0);
        const state = stateOnDisk(stack, project);
        for (const secret of secrets.map((text) => JSON.stringify(text).slice(1, -1))) {
            assert.ok(!state.includes(secret), "a secret stands in clear in the state");
        }
        await runDestroy(stack);
        assert.deepEqual(await claims(), []);
    });
});
