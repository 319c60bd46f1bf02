import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { HardenedNamespace } from "../../components/core/namespace";
import { HardenedJob } from "../../components/core/workload";
import { type KubernetesObject, openStack, runPreview, runUp } from "../../sandbox";
import { isReady } from "../../sandbox/objects";
import { sandboxCluster, simulatedContainer } from "../sandbox/hardened";
import { changesOf, describeSandbox } from "../sandbox/support";
import { project, Shop } from "./support/shop";

/** What a pod of the sandbox does instead of running, and what its container says then. */
const fates = [
    {
        fate: "image-pull-error",
        image: "registry.example.com/web:missing",
        reason: /\[ImagePullBackOff\] .*web:missing/,
    },
    { fate: "crash", image: "registry.example.com/web:broken", reason: /\[CrashLoopBackOff\] back-off/ },
    { fate: "unready", image: "registry.example.com/web:slow", reason: /runs, but is not ready/ },
];

/** The annotation by which the sandbox's pods misbehave. */
const fateOf = (fate: string): Record<string, string> => ({ "sandbox.kubernetes-faas/pod": fate });

/** Bounds the wait for a rollout, of ten minutes else. */
const impatient = { "pulumi.com/timeoutSeconds": "6" };

interface Pod extends KubernetesObject {
    spec: { containers: { image: string }[] };
}

describeSandbox("A rollout that fails", function (context) {
    let shop: Shop;
    let stack: Stack;

    before(async () => {
        shop = new Shop(context(), "rollout");
        shop.settings.annotations = impatient;
        stack = await shop.open();
        await runUp(stack);
    });

    const pods = async (): Promise<Pod[]> =>
        (await context().client.list(shop.path("api/v1", "pods?labelSelector=app.kubernetes.io/name=web"))) as Pod[];

    /** Images of the pods that the Service sends requests to. */
    async function serving(): Promise<string[]> {
        return (await pods()).filter(isReady).map(({ spec }) => spec.containers[0]!.image);
    }

    const configMaps = async (): Promise<string[]> =>
        (await shop.inCluster()).filter((each) => each.startsWith("configmaps/settings-"));

    for (const { fate, image, reason } of fates) {
        it(`of pods with ${fate} names the pod, the container and the reason, and the version before keeps serving`, async () => {
            const before = { ...shop.settings };
            const [config] = await configMaps();
            shop.settings.image = image;
            shop.settings.content += "\nc = 3";
            shop.settings.podAnnotations = fateOf(fate);
            await assert.rejects(runUp(stack), (error: Error) => {
                assert.match(error.message, /"rollout-\d+\/web" failed to fully initialize or become live/);
                assert.match(error.message, new RegExp(`\\[Pod web-\\w+-\\w+\\]: container main: ${reason.source}`));
                return true;
            });
            assert.deepEqual(await serving(), [before.image, before.image]);
            assert.ok((await configMaps()).includes(config!), "the configuration of the pods that serve is gone");

            Object.assign(shop.settings, before, { image: `${before.image}-fixed`, podAnnotations: undefined });
            await runUp(stack);
            assert.deepEqual(await serving(), [shop.settings.image, shop.settings.image]);
            assert.equal((await configMaps()).length, 1);
            assert.deepEqual(changesOf(await runPreview(stack, { refresh: true })), []);
        });
    }

    it("of a Job names the pod, the container and its exit code", async () => {
        const its = await openStack({
            sandbox: context().sandbox,
            project,
            stack: "job",
            // eslint-disable-next-line @typescript-eslint/require-await -- the type of an inline program
            program: async () => {
                const cluster = sandboxCluster(context());
                const home = new HardenedNamespace("home", { cluster, resourceName: `job-${process.pid}` });
                new HardenedJob("migrate", {
                    cluster,
                    namespace: home.name,
                    app: "web",
                    retries: 0,
                    podAnnotations: fateOf("fail"),
                    containers: [simulatedContainer({ ports: [], probes: undefined })],
                });
            },
        });
        await assert.rejects(runUp(its), (error: Error) => {
            assert.match(error.message, /BackoffLimitExceeded/);
            assert.match(error.message, /\[Pod migrate-\S+\]: container main: \[Error\] ended with exit code 1/);
            return true;
        });
    });
});
