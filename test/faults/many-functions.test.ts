import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../components/core/contracts";
import { Fission, FissionCrds } from "../../components/faas/fission";
import { FaasFunction } from "../../components/faas/function";
import { fakeCluster, record, type Recording } from "../../components/testing";
import { openStack, prepareFission, reportToStandardError, runDestroy, runPreview, runUp } from "../../sandbox";
import { sandboxCluster } from "../sandbox/hardened";
import { changesOf, describeSandbox } from "../sandbox/support";
import { isNightly } from "../support/effort";

/** How many functions one stack has; a thousand at night, or what `KUBERNETES_FAAS_FUNCTIONS` says. */
const many = Number(process.env.KUBERNETES_FAAS_FUNCTIONS ?? (isNightly ? 1000 : 50));

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `fn-${index}`);

/** A Fission with functions, each with a route. */
function deploy(cluster: Cluster, count: number): void {
    const crds = new FissionCrds("fission-crds", { cluster, deletion: "delete" });
    const { platform } = new Fission("fission", { cluster, definitions: crds.definitions, deletion: "delete" });
    for (const name of names(count)) {
        const code = new pulumi.asset.StringAsset(`exports.handler = () => "${name}";`);
        new FaasFunction(name, { cluster, platform, runtime: "nodejs", code, routes: [{ path: `/${name}` }] });
    }
}

interface Timed {
    readonly recording: Recording<void>;
    readonly seconds: number;
}

async function timed(count: number): Promise<Timed> {
    const began = Date.now();
    const recording = await record(() => deploy(fakeCluster(), count));
    return { recording, seconds: (Date.now() - began) / 1000 };
}

describe(`A stack of ${many} functions, under mocks`, function () {
    this.timeout(20 * 60_000);
    const runs = new Map<number, Timed>();

    before(async () => {
        for (const count of [1, 2, many / 2, many]) {
            runs.set(count, await timed(count));
        }
    });

    const resources = (count: number): number => runs.get(count)!.recording.resources.length;

    it("has each function with its own objects, and the platform once", () => {
        assert.equal(resources(many), resources(1) + (many - 1) * (resources(2) - resources(1)));
        const functions = runs.get(many)!.recording.ofType("kubernetes:fission.io/v1:Function");
        assert.deepEqual(functions.map(({ name }) => name).sort(), names(many).sort());
    });

    it("takes time in proportion to its functions, not to their square", () => {
        const [half, all] = [runs.get(many / 2)!.seconds, runs.get(many)!.seconds];
        // Twice the functions take twice the time; a square would take four times, beside what a busy machine adds.
        assert.ok(all < 3 * half + 1, `${half} s for half of them, ${all} s for all`);
    });
});

if (isNightly) {
    describeSandbox(`A stack of ${many} functions, on a real API server`, function (context) {
        let stack: Stack;

        before(async () => {
            await prepareFission(reportToStandardError);
            stack = await openStack({
                sandbox: context().sandbox,
                project: "faults",
                stack: "many-functions",
                program: () => Promise.resolve(deploy(sandboxCluster(context()), many)),
            });
        });

        it("comes up, and then a preview is empty", async () => {
            const { seconds } = await runUp(stack);
            console.log(`      up: ${seconds.toFixed(0)} s`);
            const functions = await context().client.list("/apis/fission.io/v1/functions");
            assert.equal(functions.length, many);
            const preview = await runPreview(stack);
            console.log(`      preview: ${preview.seconds.toFixed(0)} s`);
            assert.deepEqual(changesOf(preview), []);
        });

        it("goes away", async () => {
            const { seconds } = await runDestroy(stack);
            console.log(`      destroy: ${seconds.toFixed(0)} s`);
            assert.deepEqual(await context().client.get("/api/v1/namespaces/fission"), undefined);
        });
    });
}
