import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { PodManagement } from "../../components/core/workload";
import { prepareFission, reportToStandardError, runDestroy, runPreview, runUp } from "../../sandbox";
import { eventually } from "../support/eventually";
import { describeSandbox } from "../sandbox/support";
import { changesInPlace, damageOf } from "./damage";
import { data, openProgram, type PlantedChange } from "./programs";
import { recordings, useRecording } from "./recording";
import { restoreObjects } from "./restore";

describe("The recordings of releases", () => {
    it("are there", () => {
        assert.notDeepEqual(recordings(), [], "record the release: npm run record:release");
    });
});

for (const recording of recordings()) {
    describeSandbox(`The ${recording.program} stack of release ${recording.version}`, function (context) {
        let stack: Stack;

        before(async function () {
            this.timeout(20 * 60_000);
            if (recording.program === "local") {
                await prepareFission(reportToStandardError);
            }
            stack = await openProgram(context().sandbox, recording.program);
            await useRecording(stack, recording);
            await restoreObjects(context().client, stack);
        });

        after(async () => void (await runDestroy(stack)));

        it("previews today without losing or replacing anything", async () => {
            const run = await runPreview(stack);
            assert.deepEqual(damageOf(run), []);
            for (const change of changesInPlace(run)) {
                console.log(`      ${change}`);
            }
        });

        it("comes up to date, and then a preview is empty", async () => {
            await runUp(stack);
            assert.deepEqual(changesInPlace(await runPreview(stack)), []);
        });
    });
}

describeSandbox("The check of an upgrade", (context) => {
    const recording = recordings().find(({ program }) => program === "data")!;
    const namespace = "/api/v1/namespaces/upgrade-data";
    let restored = false;

    /** What it says of a change of the program; the preview is all that runs. */
    async function damageBy(planted: PlantedChange): Promise<string[]> {
        const stack = await openProgram(context().sandbox, "data", (cluster) => data(cluster, planted));
        await useRecording(stack, recording);
        if (!restored) {
            await restoreObjects(context().client, stack);
            restored = true;
        }
        return damageOf(await runPreview(stack));
    }

    after(async () => {
        await context().client.delete(namespace);
        await eventually(async () => assert.equal(await context().client.get(namespace), undefined));
    });

    it("notices another name, and says which alias makes it good", async () => {
        assert.deepEqual(await damageBy({ name: "depot" }), [
            `HardenedStatefulSet store is deleted, and HardenedStatefulSet depot made: give HardenedStatefulSet depot the ` +
                `option aliases: [{ name: "store" }].`,
        ]);
    });

    it("is content with the alias that it asked for", async () => {
        assert.deepEqual(await damageBy({ name: "depot", options: { aliases: [{ name: "store" }] } }), []);
    });

    it("notices a change of a field that Kubernetes does not change in place", async () => {
        assert.deepEqual(await damageBy({ args: { podManagement: PodManagement.Parallel } }), [
            "StatefulSet store is replaced because of spec.podManagementPolicy, the old one deleted first: keep the value " +
                "for those who have it, or leave the field to an argument whose default stays as it was.",
        ]);
    });
});
