import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { runPreview, runUp } from "../../sandbox";
import { changesOf, describeSandbox } from "../sandbox/support";
import { kubectl } from "./support/kubectl";
import { Shop } from "./support/shop";

/** The parts of the Deployment that are read here. */
interface Deployment {
    metadata: { labels: Record<string, string> };
    spec: { template: { spec: { containers: { image: string }[] } } };
}

describeSandbox("What somebody changes beside Pulumi", function (context) {
    let shop: Shop;
    let stack: Stack;

    before(async () => {
        shop = new Shop(context(), "drift");
        stack = await shop.open();
        await runUp(stack);
    });

    const run = (args: string[]): Promise<string> =>
        kubectl(context().sandbox, ["--namespace", shop.namespace, ...args]);

    const deployment = (): Promise<Deployment> => context().client.request<Deployment>("GET", shop.deployment);

    const image = async (): Promise<string> => (await deployment()).spec.template.spec.containers[0]!.image;

    it("is not noticed by a preview, which compares with what Pulumi knows", async () => {
        await run(["set", "image", "deployment/web", "main=registry.example.com/other:9"]);
        await run(["label", "deployment/web", "team=other", "--field-manager=inventory"]);
        await run(["delete", "service/web", "networkpolicy/web", "--wait=true"]);
        assert.deepEqual(changesOf(await runPreview(stack)), []);
    });

    it("is repaired by `up --refresh`: changed fields are set back, deleted objects made again", async () => {
        await runUp(stack, { refresh: true });
        assert.equal(await image(), shop.settings.image);
        assert.deepEqual(await shop.inCluster(), await shop.inState(stack));
        assert.deepEqual(changesOf(await runPreview(stack, { refresh: true })), []);
    });

    it("stays where the program says nothing about it: labels of others", async () => {
        assert.equal((await deployment()).metadata.labels.team, "other");
    });

    it("is a conflict when another field manager owns a field: the error names the manager and the field", async () => {
        const robots = "registry.example.com/web:robot";
        await run(["set", "image", "deployment/web", `main=${robots}`, "--field-manager=release-robot"]);
        shop.settings.image = "registry.example.com/web:2.0.0";
        await assert.rejects(runUp(stack), (error: Error) => {
            assert.match(error.message, /field conflict/);
            assert.match(error.message, /conflict with "release-robot"/);
            assert.match(error.message, /\.spec\.template\.spec\.containers\[name="main"\]\.image/);
            assert.match(error.message, /pulumi\.com\/patchForce/);
            return true;
        });
        assert.equal(await image(), robots);
    });

    it("is won back with the annotation that the error names", async () => {
        shop.settings.annotations = { "pulumi.com/patchForce": "true" };
        await runUp(stack);
        assert.equal(await image(), "registry.example.com/web:2.0.0");
        assert.deepEqual(changesOf(await runPreview(stack, { refresh: true })), []);
    });
});
