import assert from "node:assert/strict";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import { podSecurityViolations, type PlainPodSpec } from "../../../components/core/pod-security-rules";
import { fissionTelemetry } from "../../../components/faas/fission/telemetry";
import { openStack, resourcesInState, runDestroy, runPreview, runUp } from "../../../sandbox";
import { eventually } from "../../support/eventually";
import { changesOf, describeSandbox } from "../support";
import { FissionProcesses } from "./fission-processes";
import { fissionProgram, type FissionProgram } from "./fission-program";
import { KafkaBroker } from "./kafka";

const objectsPath = "/apis/fission.io/v1/namespaces/fission-functions";
const deploymentsPath = "/apis/apps/v1/namespaces/fission-functions/deployments";
const parts = ["buildermgr", "executor", "router", "timer", "kubewatcher"];
const kafkaPart = "mqtrigger-kafka";

const functions: NonNullable<FissionProgram["functions"]> = {
    hello: { schedules: [{ cron: "0 4 * * *" }], routes: [{ path: "/hello" }], environment: { GREETING: "hi" } },
    own: { scaling: { minimum: 1, maximum: 3 }, contract: "native", environment: { GREETING: "hi" } },
    image: { code: undefined, runtime: undefined, image: "registry.example.com/hello:1", scaling: { minimum: 1 } },
};

/** A part that reads records, and a trigger for a function that is not there. */
function withKafka(broker: KafkaBroker): Pick<FissionProgram, "fission" | "triggers"> {
    return {
        fission: {
            kafka: {
                brokers: [broker.address],
                egress: [{ cidrs: ["127.0.0.1/32"], ports: [{ port: Number(broker.address.split(":")[1]) }] }],
                tls: broker.tls,
            },
        },
        triggers: {
            orders: { functionName: "absent", topic: "orders", errorTopic: "failures" },
        },
    };
}

interface Condition {
    type: string;
    status: string;
}

interface FunctionContainer {
    name: string;
    command?: string[];
    env?: { name: string; value?: string }[];
}

interface Workload {
    spec: { template: { spec: Omit<PlainPodSpec, "containers"> & { containers: FunctionContainer[] } } };
    status: { readyReplicas?: number };
}

describeSandbox("Fission's own programs, started as its Deployments say", (context) => {
    let stack: Stack;
    let processes: FissionProcesses;
    let broker: KafkaBroker;
    let program: FissionProgram;

    function condition(object: unknown, type: string): string | undefined {
        const { conditions = [] } = (object as { status?: { conditions?: Condition[] } }).status ?? {};
        return conditions.find((each) => each.type === type)?.status;
    }

    /** The Deployment that the executor made, by its labels. */
    async function workload(labels: Record<string, string>): Promise<Workload> {
        const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
        const found = await context().client.list(`${deploymentsPath}?labelSelector=${selector.join(",")}`);
        assert.equal(found.length, 1, `Deployments with ${selector.join()}`);
        return found[0] as unknown as Workload;
    }

    function call(path: string, port: number = processes.ports.router, timeout = 10_000): Promise<number> {
        return fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(timeout) }).then(
            ({ status }) => status,
        );
    }

    before(async function () {
        this.timeout(20 * 60_000);
        const { sandbox, client } = context();
        processes = await FissionProcesses.prepare(sandbox, client);
        broker = await KafkaBroker.start(["orders", "failures"]);
        program = { ...withKafka(broker), functions };
        stack = await openStack({
            sandbox,
            project: "fission-real",
            stack: "test",
            program: () => {
                fissionProgram(sandbox, program);
                return Promise.resolve({});
            },
        });
        await runUp(stack);
        for (const part of parts) {
            await processes.start(part);
        }
        await processes.start(kafkaPart, {
            MESSAGE_QUEUE_SECRETS: path.join(processes.secretsOf(kafkaPart), "secrets"),
        });
        await eventually(async () => {
            assert.equal(await call("/readyz"), 200);
            assert.equal(await call("/readyz", processes.ports.executor), 200);
            assert.equal(await call("/readyz", processes.ports.buildermgrHealth), 200);
        }, 60_000);
    });

    after(async () => {
        await processes.stop();
        processes.remove();
        broker.stop();
    });

    it("run on with the arguments, variables and rights that they are given", async () => {
        await eventually(async () => {
            for (const name of ["hello", "own", "image"]) {
                const [trigger] = (await context().client.list(`${objectsPath}/httptriggers`)).filter(
                    ({ metadata }) => metadata.name === `${name}-call`,
                );
                assert.equal(condition(trigger, "RouteAdmitted"), "True", name);
            }
        });
        assert.ok(processes.allRun, "a part has ended");
        for (const part of parts) {
            assert.doesNotMatch(processes.log(part), /forbidden|unauthorized/i, part);
        }
    });

    it("refuse through the webhook what must not get in, in the installation's namespaces only", async () => {
        const { client } = context();
        const large = {
            apiVersion: "fission.io/v1",
            kind: "Package",
            metadata: { name: "large" },
            spec: {
                environment: { name: "nodejs", namespace: "fission-functions" },
                deployment: { type: "literal", literal: Buffer.alloc(256 * 1024 + 1).toString("base64") },
            },
        };
        await assert.rejects(client.create(`${objectsPath}/packages`, large), /vpackage\.fission\.io.*larger than/);
        const hostPath = {
            apiVersion: "fission.io/v1",
            kind: "Environment",
            metadata: { name: "escape" },
            spec: {
                version: 3,
                runtime: {
                    image: "a",
                    podspec: {
                        containers: [{ name: "escape" }],
                        volumes: [{ name: "node", hostPath: { path: "/" } }],
                    },
                },
            },
        };
        await assert.rejects(client.create(`${objectsPath}/environments`, hostPath), /hostPath.*is not allowed/);
        await client.create("/apis/fission.io/v1/namespaces/default/packages?dryRun=All", {
            ...large,
            spec: { ...large.spec, environment: { name: "nodejs", namespace: "default" } },
        });
    });

    it("find every Package ready to be run", async () => {
        await eventually(async () => {
            for (const { metadata, status } of await context().client.list(`${objectsPath}/packages`)) {
                const { buildstatus } = status as { buildstatus: string };
                assert.ok(["none", "succeeded"].includes(buildstatus), `${metadata.name} is ${buildstatus}`);
            }
        });
    });

    for (const { what, labels, containers } of [
        {
            what: "warm pods",
            labels: { executorType: "poolmgr", environmentName: "nodejs" },
            containers: ["fetcher", "nodejs"],
        },
        {
            what: "a function's own pods",
            labels: { executorType: "newdeploy", functionName: "own" },
            containers: ["fetcher", "own-environment"],
        },
        {
            what: "the pods of an image",
            labels: { executorType: "container", functionName: "image" },
            containers: ["image"],
        },
    ]) {
        it(`make ${what} that pass the restricted profile`, async () => {
            const { spec } = await eventually(async () => {
                const found = await workload(labels);
                assert.equal(found.status.readyReplicas, 1);
                return found;
            }, 60_000);
            const pod = spec.template.spec;
            assert.deepEqual(pod.containers.map(({ name }) => name).sort(), containers);
            assert.deepEqual(podSecurityViolations(pod, "restricted"), []);
        });
    }

    it("give native code its variables, and the fetcher the Secret that it must have", async () => {
        const pod = (await workload({ executorType: "newdeploy", functionName: "own" })).spec.template.spec;
        const variablesOf = (name: string) =>
            pod.containers.find((container) => container.name === name)!.env!.map((variable) => variable.name);

        assert.ok(variablesOf("own-environment").includes("GREETING"));
        assert.ok(variablesOf("own-environment").includes("HOME"));
        assert.ok(variablesOf("fetcher").includes("FISSION_INTERNAL_AUTH_SECRET"));
    });

    it("lead the paths of functions to the executor, and no other path anywhere", async () => {
        assert.equal(await call("/nothing/here"), 404);
        // The simulated pods answer nobody, so that the call ends in Fission, after it has found the function.
        for (const path of ["/functions/fission-functions/image", "/functions/fission-functions/image/below"]) {
            assert.notEqual(await call(path, processes.ports.router, 2_000).catch(() => 504), 404, path);
        }
        assert.equal(await call("/fission-function/fission-functions/hello"), 404);
        // Whoever does not sign gets nothing from the parts' own listener.
        const unsigned = await call("/fission-function/fission-functions/hello", processes.ports.routerInternal);
        assert.equal(unsigned, 401);
    });

    it("have every metric that the alerts and the dashboard read", () => {
        const { alerts, dashboards } = fissionTelemetry({ name: "fission", namespaceName: "fission" });
        const texts = [...alerts.map(({ expression }) => expression), ...dashboards.map(({ json }) => json)];
        const names = new Set(texts.flatMap((text) => text.match(/\bfission_\w+/g) ?? []));

        assert.ok(names.size > 10);
        const unknown = [...names].filter((name) => !processes.holds(name.replace(/_bucket$/, "")));
        assert.deepEqual(unknown, []);
        assert.equal(processes.holds("fission_function_call_total"), false);
    });

    it("send what comes in over Kafka to the router, signed, and say what became of it", async () => {
        await eventually(() => assert.match(processes.log(kafkaPart), /consumer group session setup.*orders/), 60_000);
        broker.produce("orders", "first");
        // Who does not sign gets 401; 404 says that the router trusts the call and finds no such function.
        await eventually(() => assert.deepEqual(broker.records("failures"), ["request returned failure: 404"]));
        assert.doesNotMatch(processes.log(kafkaPart), /forbidden|unauthorized/i);
    });

    it("take the times of a function", async () => {
        await eventually(async () => {
            const [timer] = await context().client.list(`${objectsPath}/timetriggers`);
            assert.equal(condition(timer, "Scheduled"), "True");
        });
    });

    it("publish nothing past the ingress, and delete no Ingress of a route", async () => {
        const { client } = context();
        const ingresses = "/apis/networking.k8s.io/v1/namespaces";
        const backend = { service: { name: "router", port: { number: 80 } } };
        await client.create(`${ingresses}/fission/ingresses`, {
            apiVersion: "networking.k8s.io/v1",
            kind: "Ingress",
            metadata: { name: "escape" },
            spec: { rules: [{ http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] },
        });
        await client.create(`${objectsPath}/httptriggers`, {
            apiVersion: "fission.io/v1",
            kind: "HTTPTrigger",
            metadata: { name: "escape" },
            spec: {
                createingress: true,
                relativeurl: "/escape",
                methods: ["GET"],
                functionref: { type: "name", name: "hello" },
            },
        });
        await eventually(() => assert.match(processes.log("router"), /cannot (get|create) resource \\?"ingresses\\?"/));
        assert.deepEqual(await client.list(`${ingresses}/fission-functions/ingresses`), []);
        await client.delete(`${objectsPath}/httptriggers/escape`);
        assert.ok(await client.get(`${ingresses}/fission/ingresses/escape`));
        await client.delete(`${ingresses}/fission/ingresses/escape`);
    });

    it("leave the stack as it is: a second preview and a refreshing up change nothing", async () => {
        assert.deepEqual(changesOf(await runPreview(stack)), []);
        assert.deepEqual(changesOf(await runUp(stack, { refresh: true })), []);
    });

    it("replace the pods of a function when its code or its own pods change", async () => {
        const loaded = async (): Promise<string> => {
            const { containers } = (await workload({ executorType: "newdeploy", functionName: "own" })).spec.template
                .spec;
            return containers.find(({ name }) => name === "fetcher")!.command!.join(" ");
        };
        const first = await loaded();
        const code = new pulumi.asset.StringAsset('exports.handler = () => "changed";');
        program = { ...program, functions: { ...functions, own: { ...functions.own, code } } };
        await runUp(stack);
        const second = await eventually(async () => {
            const now = await loaded();
            assert.notEqual(now, first);
            return now;
        });

        program = {
            ...program,
            functions: { ...functions, own: { ...functions.own, code, environment: { GREETING: "bye" } } },
        };
        await runUp(stack);
        await eventually(async () => {
            assert.notEqual(await loaded(), second);
            const { containers } = (await workload({ executorType: "newdeploy", functionName: "own" })).spec.template
                .spec;
            const variables = containers.find(({ name }) => name === "own-environment")!.env!;
            assert.ok(variables.some(({ value }) => value === "bye"));
        });
    });

    it("keep the pods of functions when the executor starts anew", async () => {
        const ids = async (): Promise<string[]> => {
            const found = await context().client.list(`${deploymentsPath}?labelSelector=executorType`);
            return found.map(({ metadata }) => `${metadata.name} ${metadata.uid}`).sort();
        };
        const earlier = await ids();
        await processes.stop(["executor"]);
        await processes.start("executor");
        await eventually(async () => assert.equal(await call("/readyz", processes.ports.executor), 200), 60_000);
        await eventually(() =>
            assert.equal(processes.log("executor").match(/starting to clean orphaned executor resources/g)?.length, 4),
        );
        await sleep(5_000);
        const later = await ids();
        assert.deepEqual(
            earlier.filter((id) => !later.includes(id)),
            [],
        );
    });

    it("scale an own Deployment by its new bounds, also down to none", async () => {
        const autoscaler = async (): Promise<{ minReplicas: number; maxReplicas: number }> => {
            const path = "/apis/autoscaling/v2/namespaces/fission-functions/horizontalpodautoscalers";
            const [found] = await context().client.list(`${path}?labelSelector=functionName=own`);
            return (found as unknown as { spec: { minReplicas: number; maxReplicas: number } }).spec;
        };
        const scaled = (scaling: object): FissionProgram => ({
            ...program,
            functions: { ...functions, own: { ...functions.own, scaling } },
        });
        program = scaled({ minimum: 2, maximum: 5 });
        await runUp(stack);
        await eventually(async () => {
            const { minReplicas, maxReplicas } = await autoscaler();
            assert.deepEqual([minReplicas, maxReplicas], [2, 5]);
        });
        program = scaled({ minimum: 0, maximum: 4 });
        await runUp(stack);
        await eventually(async () => {
            const { minReplicas, maxReplicas } = await autoscaler();
            assert.deepEqual([minReplicas, maxReplicas], [1, 4]);
        });
    });

    it("are not needed for the stack to be destroyed", async () => {
        await processes.stop();
        await runDestroy(stack);

        assert.deepEqual(await resourcesInState(stack), []);
        const namespaces = (await context().client.list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
        assert.deepEqual(
            namespaces.filter((name) => name.startsWith("fission")),
            [],
        );
    });
});
