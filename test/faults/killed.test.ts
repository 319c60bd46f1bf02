import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { runDestroy, runPreview, runUp } from "../../sandbox";
import { changesOf, describeSandbox } from "../sandbox/support";
import { isNightly } from "../support/effort";
import { killEngine } from "./support/engine";
import { concerns, type Fault, FaultyProxy, isWrite, type ProxiedRequest } from "./support/proxy";
import { project, Shop } from "./support/shop";

/** On which side of a write the engine is killed. */
type Side = "before" | "after";

/** Where a first `up` is killed, of so many writes. */
const points: { side: Side; what: string; at: (writes: number) => number }[] = [
    { side: "after", what: "the first write", at: () => 0 },
    { side: "before", what: "a write in the middle", at: (writes) => Math.floor(writes / 2) },
    { side: "after", what: "the last write", at: (writes) => writes - 1 },
];

const backendOf = (stack: Stack): string => fileURLToPath(stack.workspace.envVars.PULUMI_BACKEND_URL!);

/** Where an update is killed: while a rolled object is replaced. */
const updates: { side: Side; what: string; matches: (request: ProxiedRequest) => boolean }[] = [
    { side: "after", what: "the new version of a rolled object is made", matches: concerns("POST", "configmaps") },
    { side: "after", what: "the Deployment is changed", matches: concerns("PATCH", "deployments") },
    { side: "before", what: "the old version is deleted", matches: concerns("DELETE", "configmaps") },
];

describeSandbox("A run of the engine that is killed", function (context) {
    let proxy: FaultyProxy;
    /** How many writes a first `up` makes. */
    let writes: number;

    before(async () => {
        proxy = await FaultyProxy.start(context().sandbox);
        const one = shop("not");
        const stack = await one.open();
        await runUp(stack);
        writes = proxy.requests.filter(isWrite).length;
        await assertWhole(one, stack);
        await remove(one);
        proxy.clear();
    });

    after(() => proxy.close());

    afterEach(() => proxy.clear());

    function shop(name: string): Shop {
        const made = new Shop(context(), `killed-${name}`);
        made.settings.kubeconfig = proxy.kubeconfig();
        return made;
    }

    /** Runs until the engine is killed at the first write that matches, or a later one. */
    async function killedAt(
        run: Promise<unknown>,
        side: Side,
        matches: (request: ProxiedRequest) => boolean,
        skip = 0,
    ): Promise<void> {
        const fault: Fault = side === "before" ? { before: killEngine, drop: "request" } : { after: killEngine };
        proxy.inject(fault, { matches: (request) => isWrite(request) && matches(request), skip });
        await assert.rejects(run, /SIGKILL/);
        assert.equal(proxy.hits, 1);
        proxy.clear();
    }

    /** Nothing twice, nothing lost, and nothing left to do. */
    async function assertWhole(one: Shop, stack: Stack): Promise<void> {
        assert.deepEqual(await one.inCluster(), await one.inState(stack));
        assert.deepEqual(changesOf(await runPreview(stack, { refresh: true })), []);
    }

    const remove = (one: Shop): Promise<void> => context().client.delete(`/api/v1/namespaces/${one.namespace}`);

    it("can't leave half a file of state: every file is put in its place when it is complete", async () => {
        const stack = await shop("files").open();
        const directory = path.join(backendOf(stack), ".pulumi/stacks", project);
        const files = fs.readdirSync(directory).filter((name) => name.startsWith(stack.name));
        assert.ok(files.includes(`${stack.name}.json`));
        assert.deepEqual(
            files.filter((name) => name.endsWith(".attrs")),
            [],
        );
    });

    it("is told from one that goes on, or that runs on another machine: their locks hold", async () => {
        const one = shop("locked");
        const stack = await one.open();
        const directory = path.join(backendOf(stack), ".pulumi/locks/organization", project, stack.name);
        fs.mkdirSync(directory, { recursive: true });
        const lock = { username: "somebody", timestamp: new Date().toISOString() };
        for (const owner of [
            { pid: process.pid, hostname: os.hostname() },
            { pid: 2 ** 22, hostname: "elsewhere" },
        ]) {
            fs.writeFileSync(path.join(directory, "held.json"), JSON.stringify({ ...lock, ...owner }));
            await assert.rejects(runUp(await one.open()), /the stack is currently locked by 1 lock/);
        }
    });

    it("is left to a person where the cluster can't be asked, and nothing is forgotten meanwhile", async () => {
        const one = shop("cloud");
        const stack = await one.open();
        await runUp(stack);
        const urn = `urn:pulumi:${stack.name}::${project}::aws:s3/bucket:Bucket::code`;
        const checkpoint = path.join(backendOf(stack), ".pulumi/stacks", project, `${stack.name}.json`);
        const state = JSON.parse(fs.readFileSync(checkpoint, "utf8"));
        state.checkpoint.latest.pending_operations = [
            { type: "creating", resource: { urn, type: "aws:s3/bucket:Bucket", custom: true } },
        ];
        fs.writeFileSync(checkpoint, JSON.stringify(state));
        for (let attempt = 0; attempt < 2; attempt++) {
            await assert.rejects(one.open(), (error: Error) => {
                assert.equal(error.name, "SandboxError");
                assert.match(error.message, /`pulumi refresh`, which asks for each/);
                assert.ok(error.message.includes(urn));
                return true;
            });
        }
        await remove(one);
    });

    it("is found out about by the next run that reaches the cluster", async () => {
        const one = shop("unreachable");
        await killedAt(runUp(await one.open()), "after", concerns("POST", "deployments"));
        proxy.inject({ status: 500 }, { matches: () => true, times: Infinity });
        await assert.rejects(one.open(), /configured Kubernetes cluster is unreachable/);
        proxy.clear();
        const stack = await one.open();
        await runUp(stack);
        await assertWhole(one, stack);
        await remove(one);
    });

    /** A first `up` that is killed at a write, counted from 0, and the run after it. */
    async function killedAndContinued(name: string, side: Side, index: number): Promise<void> {
        const one = shop(`${name}-${side}-${index}`);
        await killedAt(runUp(await one.open()), side, () => true, index);
        const stack = await one.open();
        await runUp(stack);
        await assertWhole(one, stack);
        await remove(one);
    }

    for (const { side, what, at } of points) {
        it(`is made up for by the next one: first \`up\`, ${side} ${what}`, () =>
            killedAndContinued("once", side, at(writes)));
    }

    if (isNightly) {
        for (const side of ["before", "after"] as const) {
            it(`is made up for by the next one: first \`up\`, ${side} each of its writes`, async function () {
                this.timeout(writes * 5 * 60_000);
                for (let index = 0; index < writes; index++) {
                    await killedAndContinued("each", side, index);
                }
            });
        }
    }

    for (const { side, what, matches } of isNightly ? updates : updates.slice(0, 1)) {
        it(`is made up for by the next one: an update, ${side} ${what}`, async () => {
            const one = shop(`update-${updates.findIndex((each) => each.what === what)}`);
            const first = await one.open();
            await runUp(first);
            one.settings.content = "a = 2";
            await killedAt(runUp(first), side, matches);
            const stack = await one.open();
            await runUp(stack);
            await assertWhole(one, stack);
            const kept = (await one.inCluster()).filter((each) => each.startsWith("configmaps/settings-"));
            assert.equal(kept.length, 1, kept.join());
            await remove(one);
        });
    }

    it("is made up for by the next one: a destruction, after the Deployment has been deleted", async () => {
        const one = shop("destroy");
        const first = await one.open();
        await runUp(first);
        const ofDeployment = concerns("DELETE", "deployments");
        await killedAt(runDestroy(first), "after", ofDeployment);
        const stack = await one.open();
        await runDestroy(stack);
        assert.equal(await context().client.get(`/api/v1/namespaces/${one.namespace}`), undefined);
        assert.deepEqual(await one.inState(stack), []);
    });
});
