import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import { runPreview, runUp } from "../../sandbox";
import { changesOf, describeSandbox } from "../sandbox/support";
import { concerns, FaultyProxy, isWrite } from "./support/proxy";
import { Shop } from "./support/shop";

describeSandbox("An API server in trouble", function (context) {
    let proxy: FaultyProxy;
    let shop: Shop;
    let stack: Stack;

    before(async () => {
        proxy = await FaultyProxy.start(context().sandbox);
        [shop, stack] = await open("trouble");
    });

    after(() => proxy.close());

    afterEach(() => proxy.clear());

    async function open(name: string): Promise<[Shop, Stack]> {
        const made = new Shop(context(), name);
        made.settings.kubeconfig = proxy.kubeconfig();
        return [made, await made.open()];
    }

    /** Changes the rolled configuration, and the Deployment with it. */
    function change(): void {
        shop.settings.content += "\nb = 2";
    }

    async function assertSettled(one: Shop = shop, its: Stack = stack): Promise<void> {
        proxy.clear();
        assert.deepEqual(await one.inCluster(), await one.inState(its));
        assert.deepEqual(changesOf(await runPreview(its)), []);
    }

    it("is asked again when it says to come back later: 429 and 503 with Retry-After", async () => {
        proxy.inject({ status: 429, retryAfter: 1 }, { matches: isWrite, skip: 1, times: 2 });
        proxy.inject({ status: 503, retryAfter: 1 }, { matches: concerns("POST", "deployments") });
        await runUp(stack);
        assert.equal(proxy.hits, 3);
        await assertSettled();
    });

    it("is waited for when it is slow", async () => {
        proxy.inject({ delay: 200 }, { matches: () => true, times: Infinity });
        change();
        await runUp(stack);
        await assertSettled();
    });

    it("may fail, and break connections, while a rollout is waited for", async () => {
        let written = false;
        proxy.inject({ after: () => (written = true) }, { matches: concerns("PATCH", "deployments/web"), times: 9 });
        const looks = (request: { method: string; url: string }): boolean =>
            written && concerns("GET", "deployments/web")(request);
        proxy.inject({ status: 500 }, { matches: looks });
        proxy.inject({ drop: "request" }, { matches: looks, skip: 1 });
        proxy.inject({ status: 503 }, { matches: looks, skip: 2 });
        change();
        await runUp(stack);
        assert.ok(proxy.hits >= 4, `only ${proxy.hits} faults came into play`);
        await assertSettled();
    });

    for (const status of [429, 500, 503]) {
        it(`ends a run, with the object and the answer, when it answers a write by ${status}; the next run goes on`, async () => {
            proxy.inject(
                { status },
                { matches: (request) => isWrite(request) && concerns("PATCH", "deployments/web")(request) },
            );
            change();
            await assert.rejects(runUp(stack), (error: Error) => {
                assert.match(error.message, new RegExp(`${shop.namespace}/web`));
                assert.match(error.message, /planted by the test's proxy/);
                return true;
            });
            await runUp(stack);
            await assertSettled();
        });
    }

    it("ends a run when the connection breaks before an object is made; the next run makes it", async () => {
        proxy.inject({ drop: "request" }, { matches: concerns("POST", "configmaps") });
        change();
        await assert.rejects(runUp(stack), /settings.*was not successfully created by the Kubernetes API server/);
        await runUp(stack);
        await assertSettled();
    });

    it("may make an object and lose the answer: the next run names what is there and the ways out", async () => {
        const [one, its] = await open("lost");
        proxy.inject({ drop: "answer" }, { matches: concerns("POST", "deployments") });
        await assert.rejects(runUp(its), /::web" was not successfully created by the Kubernetes API server: .*EOF/);
        await assert.rejects(runUp(its), (error: Error) => {
            assert.match(error.message, /deployments\.apps "web" already exists/);
            assert.match(error.message, /`pulumi import`/);
            return true;
        });
        await context().client.delete(one.deployment);
        await runUp(its);
        await assertSettled(one, its);
    });

    it("that fails from the start is called unreachable, with its answer", async () => {
        proxy.inject({ status: 500 }, { matches: () => true, times: Infinity });
        change();
        await assert.rejects(
            runUp(stack),
            /configured Kubernetes cluster is unreachable: .*planted by the test's proxy/,
        );
        proxy.clear();
        await runUp(stack);
        await assertSettled();
    });
});
