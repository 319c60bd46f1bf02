import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import { ExistingCluster } from "../../../components/cluster";
import { bind } from "../../../components/core";
import type { Cluster, FaasPlatform } from "../../../components/core/contracts";
import { FaasFunction, type FaasFunctionArgs, type FunctionPlatformArgs } from "../../../components/faas/function";
import { fakeConnection } from "../../../components/testing";
import {
    callFunction,
    type CallRequest,
    type KubernetesObject,
    openStack,
    resourcesInState,
    runDestroy,
    runPreview,
    runUp,
} from "../../../sandbox";
import { changesOf, describeSandbox, type SandboxContext, stateOnDisk } from "../support";

/** A platform whose functions are workloads of their own, for {@link describeWorkloads}. */
export interface WorkloadPlatform {
    /** Also the project's and the component's name, and so the namespace. */
    name: string;
    create(name: string, args: FunctionPlatformArgs): FaasPlatform;
    /** A function with the platform's own contract. */
    native: Partial<FaasFunctionArgs>;
    /** A request that it answers with `created`. */
    request: CallRequest;
    /** Makes what else the platform has, with a Deployment of this name. */
    further?: { name: string; create(args: { cluster: Cluster; platform: FaasPlatform; hello: FaasFunction }): void };
    /** What there is for the function `native` beside what every platform makes, as `operation Kind name`. */
    records: string[];
}

/** What a test varies from run to run. */
interface WorkloadProgram {
    platform: Partial<FunctionPlatformArgs>;
    hello: Partial<FaasFunctionArgs>;
}

const password = "clear-text-of-a-password";

/** Code that answers with a text, and with what it was given. */
const say = (text: string) =>
    new pulumi.asset.StringAsset(`
const { readFileSync } = require("node:fs");
exports.handler = (request, context) => [
    ${JSON.stringify(text)},
    context.environment.GREETING,
    context.secret("ORDERS_USER"),
    readFileSync(process.env.ORDERS_DIRECTORY + "/host", "utf8"),
];`);
/** Proves of a platform that its functions live and change on a real API server as they should. */
export function describeWorkloads(
    title: string,
    platform: WorkloadPlatform,
    further: (context: () => SandboxContext) => void = () => undefined,
): void {
    const { name } = platform;
    const names = [...(platform.further ? [platform.further.name] : []), "hello", "image", "native"].sort();
    describeSandbox(title, (context) => {
        let stack: Stack;
        const program: WorkloadProgram = { platform: {}, hello: {} };

        async function update(hello: Partial<FaasFunctionArgs>, args: Partial<FunctionPlatformArgs> = {}) {
            program.hello = hello;
            program.platform = args;
            return changesOf(await runUp(stack));
        }

        async function list(group: string, plural: string): Promise<KubernetesObject[]> {
            return context().client.list(`/${group}/namespaces/${name}/${plural}`);
        }

        before(async () => {
            const { sandbox } = context();
            stack = await openStack({
                sandbox,
                project: name,
                stack: "test",
                program: () => {
                    const { cluster } = new ExistingCluster("home", {
                        kubeconfig: sandbox.kubeconfig,
                        context: sandbox.context,
                        kubernetesVersion: "1.36",
                    });
                    createFunctions(platform, cluster, program);
                    return Promise.resolve({});
                },
            });
            await runUp(stack);
        });

        it("runs: every function is available behind its Service, and Pod Security lets everything in", async () => {
            const deployments = await list("apis/apps/v1", "deployments");
            const services = await list("api/v1", "services");

            assert.deepEqual(
                deployments.map(({ metadata, status }) => [
                    metadata.name,
                    (status as { availableReplicas: number }).availableReplicas,
                ]),
                names.map((each) => [each, 1]),
            );
            assert.deepEqual(
                services.map(({ metadata }) => metadata.name),
                names,
            );
        });

        it("stays as it is in a second preview and a refreshing up", async () => {
            assert.deepEqual(changesOf(await runPreview(stack)), []);
            assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
        });

        it("answers by what the API server holds: code, variables, secrets and files", async () => {
            const { sandbox } = context();
            const hello = await callFunction(sandbox, "hello", {}, { namespace: name });
            const native = await callFunction(sandbox, "native", platform.request, { namespace: name });

            assert.deepEqual(JSON.parse(hello.body), ["hello", "hi", "orders", "orders.data.svc.cluster.local"]);
            assert.deepEqual([native.status, native.body], [200, "created"]);
        });

        it("rolls a function's pods when its code changes, and touches nothing else", async () => {
            assert.deepEqual(await update({ code: say("bye") }), [
                "replace ConfigMap hello-code",
                ...records(platform, "hello"),
                "update Deployment hello",
            ]);
            const configs = (await list("api/v1", "configmaps")).map(({ metadata }) => metadata.name);
            assert.equal(configs.filter((each) => each.startsWith("hello-code")).length, 1);
        });

        it("scales a function by its load, keeps to what the autoscaler says, and takes that back", async () => {
            const code = say("bye");
            const scaled = await update({ code, scaling: { minimum: 2, maximum: 4 } });
            assert.deepEqual(scaled, [
                "create HorizontalPodAutoscaler hello",
                "create PodDisruptionBudget hello",
                "update Deployment hello",
            ]);
            const deployment = `/apis/apps/v1/namespaces/${name}/deployments/hello`;
            // As the autoscaler's controller does, which then owns the field.
            const scale = `${deployment}/scale?fieldManager=kube-controller-manager`;
            await context().client.patch(scale, { spec: { replicas: 3 } });
            assert.deepEqual(changesOf(await runPreview(stack)), []);
            assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
            const { spec } = (await context().client.get(deployment))!;
            assert.equal((spec as { replicas: number }).replicas, 3);

            assert.deepEqual(await update({ code }), [
                "delete HorizontalPodAutoscaler hello",
                "delete PodDisruptionBudget hello",
                "update Deployment hello",
            ]);
        });

        it("calls a function at its times, and lets those calls in", async () => {
            const made = await update({ code: say("bye"), schedules: [{ cron: "0 4 * * *", name: "nightly" }] });

            assert.ok(made.includes("create CronJob hello-schedule-nightly"), made.join());
            assert.ok(made.includes("create NetworkPolicy hello-schedule-nightly"), made.join());
            assert.ok(made.includes("update NetworkPolicy hello"), made.join());
            assert.equal(made.filter((line) => /Deployment|Service|code/.test(line)).length, 0, made.join());
        });

        it("opens a way out for all functions without touching one", async () => {
            const { hello } = program;
            const functionEgress = [{ internet: true, ports: [{ port: 443 }] }];
            assert.deepEqual(await update(hello, { functionEgress }), [
                `create NetworkPolicy ${name}-egress-in-${name}`,
            ]);
        });

        it("keeps secrets out of the state and of every object but their Secret in clear", async () => {
            const state = stateOnDisk(stack, name);
            assert.ok(!state.includes(password));
            assert.ok(!state.includes(Buffer.from(password).toString("base64")));
            const objects = await Promise.all([
                list("apis/apps/v1", "deployments"),
                list("api/v1", "configmaps"),
                list("api/v1", "pods"),
            ]);
            assert.ok(!JSON.stringify(objects).includes(password));
        });

        further(context);

        it("is destroyed without a rest", async () => {
            await runDestroy(stack);

            assert.deepEqual(await resourcesInState(stack), []);
            const namespaces = (await context().client.list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
            assert.ok(!namespaces.includes(name), namespaces.join());
        });
    });
}

/** The lines for what describes a function. */
function records({ records: lines }: WorkloadPlatform, name: string): string[] {
    return lines.map((line) => line.replace("native", name));
}

function createFunctions(platform: WorkloadPlatform, cluster: Cluster, { platform: args, hello }: WorkloadProgram) {
    const made = platform.create(platform.name, { cluster, ...args });
    const connection = fakeConnection({ password: pulumi.secret(password) });
    const orders = bind("orders", {
        cluster,
        namespace: pulumi.output(made.settings!.ready).apply(() => platform.name),
        connection,
    });
    const shared = { cluster, platform: made };
    const called = new FaasFunction("hello", {
        ...shared,
        runtime: "nodejs",
        code: say("hello"),
        environment: { GREETING: "hi" },
        bindings: [{ prefix: "ORDERS", binding: orders, asFiles: true }],
        ...hello,
    });
    new FaasFunction("native", { ...shared, ...platform.native });
    new FaasFunction("image", { ...shared, image: "registry.example.com/image:1.0.0", port: 3000 });
    platform.further?.create({ ...shared, hello: called });
}
