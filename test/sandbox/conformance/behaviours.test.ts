import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import {
    openStack,
    runDestroy,
    runPreview,
    runRefresh,
    runUp,
    SandboxClient,
    sandboxStatus,
    type StackRun,
} from "../../../sandbox";
import { eventually } from "../../support/eventually";
import { describeSandbox } from "../support";
import recordedBehaviours from "./behaviours.json";
import { announced, failing, type Fields, finished, RecordedObject, sandboxProvider, secondsOf } from "./support";

interface Behaviour {
    case: string;
    verb: "preview" | "up" | "refresh" | "destroy";
    ok: boolean;
    seconds: number;
    operations: string[];
    says: string[];
}

const behaviours = recordedBehaviours as Behaviour[];
const runners = { preview: runPreview, up: runUp, refresh: runRefresh, destroy: runDestroy };

/** One object of the program. */
interface Wanted {
    kind: string;
    fields: Fields;
    /** customTimeouts, in seconds. */
    timeout?: number;
}

const metadata = (name: string, extra: Fields = {}): Fields => ({ namespace: "beh", name, ...extra });

function deployment(name: string, image: string, podSpec: Fields = {}, spec: Fields = {}): Wanted {
    const labels = { app: name };
    const containers = [{ name: "c", image }];
    const template = { metadata: { labels }, spec: { containers, ...podSpec } };
    return {
        kind: "apps/v1:Deployment",
        fields: {
            metadata: metadata(name),
            spec: { replicas: 1, selector: { matchLabels: labels }, template, ...spec },
        },
    };
}

function service(name: string, spec: Fields, timeout?: number): Wanted {
    return {
        kind: "core/v1:Service",
        fields: { metadata: metadata(name), spec: { ports: [{ port: 80 }], ...spec } },
        timeout,
    };
}

const configMap: Wanted = { kind: "core/v1:ConfigMap", fields: { metadata: metadata("c"), data: { a: "1" } } };

function claim(name: string, storageClassName: string): Wanted {
    const resources = { requests: { storage: "1Gi" } };
    const spec = { accessModes: ["ReadWriteOnce"], storageClassName, resources };
    return { kind: "core/v1:PersistentVolumeClaim", fields: { metadata: metadata(name), spec }, timeout: 15 };
}

/** The error that was recorded, from its first sentence: counts and advice may be worded differently. */
function firstSentence({ says }: Behaviour): string | undefined {
    const error = says.find((text) => text.startsWith("error: "))?.slice("error: ".length);
    const withoutCount = error?.replace(/^\d+ errors? occurred:\n\t\* /, "");
    return withoutCount?.split("\n")[0]!.split(". ")[0];
}

describeSandbox("The Kubernetes plugin, behaviour by behaviour as the official one was recorded", function (context) {
    let stack: Stack;
    let client: SandboxClient;
    /** The program's objects by logical name; changed between two runs. */
    let program: Record<string, Wanted> = {};
    const proven = new Set<Behaviour>();
    const stateDirectory = (): string => path.join(context().sandbox.directory, "conformance");

    before("opens a stack and makes its namespace", async () => {
        const { sandbox, client: sandboxClient } = context();
        client = sandboxClient;
        await client.create("/api/v1/namespaces", { metadata: { name: "beh" } });
        stack = await openStack({
            sandbox,
            project: "conformance",
            stack: "behaviours",
            backendDirectory: stateDirectory(),
            program: () => {
                const provider = sandboxProvider(sandbox);
                for (const [name, { kind, fields, timeout }] of Object.entries(program)) {
                    const customTimeouts = timeout ? { create: `${timeout}s` } : undefined;
                    new RecordedObject(kind, name, fields, { provider, customTimeouts });
                }
                return Promise.resolve();
            },
        });
    });

    after("removes what is left", async () => {
        await runDestroy(stack);
        await client.delete("/api/v1/namespaces/beh");
        await eventually(async () => assert.equal(await client.get("/api/v1/namespaces/beh"), undefined));
    });

    function recorded(title: string, verb: Behaviour["verb"]): Behaviour {
        const found = behaviours.find((each) => each.case === title && each.verb === verb);
        assert.ok(found, `nothing was recorded as "${title}" (${verb})`);
        return found;
    }

    /** Runs a recorded verb, which must succeed or fail as it did. */
    async function run({ verb, ok }: Behaviour): Promise<{ run: StackRun; message: string }> {
        const operation = runners[verb](stack);
        return ok ? { run: await operation, message: "" } : failing(operation);
    }

    /**
     * Compares what became of the recorded objects. That earlier ones went away depends on the order of the cases, and
     * whether those that stay the same had their turn before an error ended the run depends on chance.
     */
    function assertOperations({ verb, ok, operations }: Behaviour, actual: StackRun): void {
        const done = verb === "preview" ? announced(actual) : finished(actual);
        const recordedNow = operations.filter(
            (each) => (verb !== "up" || !each.endsWith(":delete")) && (ok || !each.endsWith(":same")),
        );
        for (const operation of recordedNow) {
            assert.ok(done.includes(operation), `${operation} was recorded; here: ${done.join(", ")}`);
        }
    }

    function assertSays(behaviour: Behaviour, message: string): void {
        const wanted = firstSentence(behaviour);
        const said = message.replace(/urn:pulumi:[^"]*::/g, "…::");
        assert.ok(!wanted || said.includes(wanted), `${said}\nshould say: ${wanted}`);
    }

    async function prove(title: string, verb: Behaviour["verb"]): Promise<void> {
        const behaviour = recorded(title, verb);
        const result = await run(behaviour);
        assertOperations(behaviour, result.run);
        assertSays(behaviour, result.message);
        proven.add(behaviour);
    }

    /** Proves several behaviours by one run, since they don't touch each other. */
    async function proveTogether(behavioursByName: Record<string, string>): Promise<void> {
        const records = Object.entries(behavioursByName).map(([name, title]) => [name, recorded(title, "up")] as const);
        const { run: actual, message } = await run(records[0]![1]);
        for (const [name, behaviour] of records) {
            assertOperations(behaviour, actual);
            assertSays(behaviour, message);
            assertDuration(behaviour, secondsOf(actual, name));
            proven.add(behaviour);
        }
    }

    /** Recorded seconds hold whole updates on another machine: what counts is which wait it was. */
    function assertDuration({ case: title, seconds }: Behaviour, actual: number): void {
        const [least, most] = seconds < 10 ? [0, 9] : seconds < 20 ? [9, 40] : [55, 120];
        assert.ok(actual >= least && actual <= most, `${title}: ${actual} s, wanted ${least} to ${most}`);
    }

    const deploymentPath = "/apis/apps/v1/namespaces/beh/deployments/d";
    const configMapPath = "/api/v1/namespaces/beh/configmaps/c";

    /** Changes fields of the Deployment as another owner of them would. */
    const takeOver = (spec: Fields): Promise<unknown> =>
        client.apply(deploymentPath, { apiVersion: "apps/v1", kind: "Deployment", spec }, "somebody");

    it("fails to create what exists", async () => {
        await client.create("/api/v1/namespaces/beh/configmaps", { metadata: { name: "c" } });
        program = { c: configMap };
        await prove("create where the object exists", "up");
        await client.delete(configMapPath);
        await prove("create after it is gone", "up");
    });

    it("leaves foreign labels alone", async () => {
        await client.patch(configMapPath, { metadata: { labels: { foreign: "1" } } });
        await prove("foreign label added outside", "preview");
        await prove("refresh after foreign label", "refresh");
        await prove("up after refresh of foreign label", "up");
    });

    it("sees a field that somebody took over after a refresh, and conflicts over it", async () => {
        program = { c: configMap, d: deployment("d", "img:1") };
        await prove("deployment created", "up");
        await takeOver({ replicas: 2 });
        await prove("replicas changed outside, no refresh", "up");
        await prove("refresh", "refresh");
        await prove("up after refresh", "up");
        await takeOver({ replicas: 2, template: { spec: { containers: [{ name: "c", image: "img:2" }] } } });
        program.d = deployment("d", "img:3");
        await prove("image changed outside and in the program", "up");
    });

    it("fails on what was deleted until a refresh", async () => {
        await client.delete(deploymentPath);
        await client.delete(configMapPath);
        program.d = deployment("d", "img:4");
        await prove("deleted outside, program changes it, no refresh", "preview");
        await prove("deleted outside, program changes it, no refresh", "up");
        program.d = deployment("d", "img:1");
        await prove("deleted outside, no program change, no refresh", "up");
        await prove("refresh finds it gone", "refresh");
        await prove("up makes it again", "up");
    });

    it("drops fields that a built-in kind does not have", async () => {
        program.d = deployment("d", "img:1", {}, { noSuchField: 1 });
        await prove("unknown field in the object", "preview");
        await prove("unknown field in the object", "up");
    });

    it("previews what lacks its namespace or kind, and retries for about a minute before it gives up", async () => {
        const missing: Wanted = {
            kind: "core/v1:ConfigMap",
            fields: { metadata: { namespace: "nope", name: "m" }, data: {} },
        };
        const unknown: Wanted = { kind: "CR:none.example.com/v1:None", fields: { metadata: metadata("cr"), spec: {} } };
        program = { c: configMap, d: deployment("d", "img:1"), m: missing };
        await prove("namespace does not exist", "preview");
        program = { c: configMap, d: deployment("d", "img:1"), cr: unknown };
        await prove("kind unknown to the server", "preview");
        program = { ...program, m: missing };
        await proveTogether({ m: "namespace does not exist", cr: "kind unknown to the server" });
    });

    it("waits for what gets ready", async () => {
        const job = {
            template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "img:1" }] } },
        };
        const awaited = deployment("t", "img:1");
        program = {
            svc: service("svc", { selector: { app: "none" } }),
            hl: service("hl", { selector: { app: "none" }, clusterIP: "None" }),
            nosel: service("nosel", {}),
            job: { kind: "batch/v1:Job", fields: { metadata: metadata("job"), spec: job } },
            t: awaited,
            "t-service": service("t", { selector: { app: "t" } }),
        };
        await proveTogether({
            svc: "service without endpoints, 15 s",
            hl: "headless service without endpoints, 15 s",
            nosel: "service without selector, 15 s",
            job: "job that completes",
            "t-service": "deployment and its service, both awaited",
        });
    });

    it("gives up on what does not get ready in time", async () => {
        const toService = {
            path: "/",
            pathType: "Prefix",
            backend: { service: { name: "svc", port: { number: 80 } } },
        };
        const rules = [{ host: "a.example.com", http: { paths: [toService] } }];
        program = {
            lb: service("lb", { type: "LoadBalancer", selector: { app: "none" } }, 15),
            ing: {
                kind: "networking.k8s.io/v1:Ingress",
                fields: { metadata: metadata("ing"), spec: { rules } },
                timeout: 15,
            },
            ps: { ...deployment("ps", "img:1", { nodeSelector: { no: "node" } }), timeout: 15 },
        };
        // Nobody hands out addresses while the simulator stands still.
        const resume = await pauseSimulator(context().sandbox.name);
        try {
            await proveTogether({
                lb: "load balancer without address, 15 s",
                ing: "ingress without an address, 15 s",
                ps: "deployment that can't schedule, 15 s",
            });
        } finally {
            resume();
        }
    });

    it("waits five minutes for a claim, whatever customTimeouts says", async function () {
        if (!process.env.CONFORMANCE_SLOW) {
            this.skip(); // takes those five minutes: set CONFORMANCE_SLOW=1
        }
        this.timeout(8 * 60_000);
        program = { pvc: claim("pvcw", "absent") };
        await prove("claim that never binds, 15 s", "up");
    });

    it("encrypts the data of a Secret in the state, and destroys everything", async () => {
        program = {
            sec: {
                kind: "core/v1:Secret",
                fields: { metadata: metadata("sec"), stringData: { password: "top-secret" } },
            },
        };
        await prove("secret", "up");
        const state = fs.readFileSync(
            path.join(stateDirectory(), ".pulumi/stacks/conformance/behaviours.json"),
            "utf8",
        );
        assert.ok(state.includes("kubernetes:core/v1:Secret"));
        for (const clear of ["top-secret", Buffer.from("top-secret").toString("base64")]) {
            assert.ok(!state.includes(clear), `the state shows ${clear}`);
        }
        await prove("destroy", "destroy");
        assert.equal(await client.get("/api/v1/namespaces/beh/secrets/sec"), undefined);
    });

    it("leaves no recorded behaviour out", () => {
        const slow = process.env.CONFORMANCE_SLOW ? "" : "claim that never binds, 15 s";
        const open = behaviours.filter((each) => !proven.has(each) && each.case !== slow);
        assert.deepEqual(
            open.map((each) => `${each.case} (${each.verb})`),
            [],
        );
    });
});

/** Stops the program that plays nodes, pods and load balancers; returns what lets it go on. */
async function pauseSimulator(sandboxName: string): Promise<() => void> {
    const status = await sandboxStatus(sandboxName);
    const simulator = status?.components.find(({ name }) => name === "kwok");
    assert.ok(simulator, "the sandbox has no kwok");
    process.kill(simulator.pid, "SIGSTOP");
    return () => process.kill(simulator.pid, "SIGCONT");
}
