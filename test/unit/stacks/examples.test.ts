import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { record, type Recording } from "../../../components/testing";
import program from "../../../examples/program";
import { runHere } from "../../../sandbox/call/call";
import { findFunction } from "../../../sandbox/call/find";
import { pythonRequirements } from "../../../sandbox/call/environments";
import { pythonWith } from "../../../sandbox/call/python";
import type { CallAnswer, CallRequest } from "../../../sandbox/call/request";
import { startServer } from "../../../sandbox/call/server";
import { readConfiguration } from "../../../stacks/config/read";
import { exampleNames, type LocalChoice, localStack } from "../../../stacks/local";
import { type PlatformName, platformNames } from "../../../stacks/platforms";
import { deployStack } from "../../../stacks/program";
import { projectName, root, secretConfig } from "../../../stacks/stack-file";
import { serverOf } from "./recorded-server";

const token = "correct-horse-battery";
const kubernetesVersion = "1.36.3";

/** A kubeconfig that leads nowhere. */
const kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "home",
    clusters: [{ name: "home", cluster: { server: "https://192.0.2.1" } }],
    contexts: [{ name: "home", context: { cluster: "home", user: "home" } }],
    users: [{ name: "home", user: { token: "stand-in" } }],
});

/** What a stack with an example's functions registers. */
function recordExample(choice: LocalChoice): Promise<Recording<unknown>> {
    const cluster = { kind: "existing", context: "home", kubeconfig, kubernetesVersion };
    const file = {
        ...localStack({ acceptOpenFaasCommunityEula: true, ...choice }),
        [`${projectName}:cluster`]: cluster,
    };
    const secrets = Object.entries(secretConfig(["apiToken=API_TOKEN"], { API_TOKEN: token }));
    return record(() => deployStack(readConfiguration()), {
        project: projectName,
        stack: "example",
        config: Object.fromEntries([
            ...Object.entries(file).map(([key, value]) => [key, JSON.stringify(value)]),
            ...secrets.map(([key, { value }]) => [key, value]),
        ]),
        secretConfigKeys: secrets.map(([key]) => key),
    });
}

/** Calls a function with what the program has registered for it. */
async function call(recording: Recording<unknown>, name: string, request: CallRequest = {}): Promise<CallAnswer> {
    const reader = serverOf(recording.resources);
    return runHere(reader, await findFunction(reader, name), request);
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe("examples", function () {
    this.timeout(180_000);

    it("are all tested here", () => {
        assert.deepEqual(exampleNames(), [
            "database",
            "hello",
            "image",
            "python-dependency",
            "scheduled",
            "secret",
            "store",
        ]);
    });

    for (const platform of platformNames) {
        it(`hello: answers the same on ${platform}, in both languages`, async function () {
            const recording = await recordExample({ example: "hello", platform });
            const { status, body } = await call(recording, "hello", { path: "/?name=you" });
            assert.deepEqual([status, body], [200, "Hello you\n"]);
            const ready = platform === "fission" ? "python" in pythonWith(pythonRequirements.GEVENT) : hasPython;
            if (!ready) {
                this.skip();
            }
            assert.equal((await call(recording, "hello-python", { path: "/?name=you" })).body, "Hello you\n");
        });

        it(`database: is given to both functions on ${platform}, to each as its user, and their code loads with it`, async () => {
            const recording = await recordExample({ example: "database", platform });
            const users = ["orders", "report"].map((name) => {
                const { inputs } = recording.only("kubernetes:core/v1:Secret", `${name}-shop-binding`);
                return (inputs as { stringData: { user: string } }).stringData.user;
            });
            assert.deepEqual(users, ["shop", "report"]);
            // Nobody knows the database's host here, and what of a binding is logged is masked.
            const { status, log } = await call(recording, "report");
            assert.equal(status, 500);
            assert.match(log, /getaddrinfo \w+ \*\*\*/);
        });

        it(`image: becomes a container of its own on ${platform}, with its variables`, async () => {
            const { resources } = await recordExample({ example: "image", platform });
            const type = platform === "fission" ? "kubernetes:fission.io/v1:Function" : "kubernetes:apps/v1:Deployment";
            const [object] = resources.filter((each) => each.type === type && each.name === "hello-image");
            const text = JSON.stringify(object?.inputs);
            assert.match(text, /"image":"docker.io\/library\/hello-image:1.0"/);
            assert.match(text, /"name":"GREETING","value":"Good morning"/);
        });

        it(`scheduled: is called at its times on ${platform}`, async () => {
            const { resources } = await recordExample({ example: "scheduled", platform });
            const type =
                platform === "fission" ? "kubernetes:fission.io/v1:TimeTrigger" : "kubernetes:batch/v1:CronJob";
            const schedules = resources
                .filter((each) => each.type === type)
                .map(({ inputs }) => inputs.spec.cron ?? inputs.spec.schedule);
            assert.deepEqual(schedules.sort(), ["*/5 * * * *", "0 6 * * 1"]);
        });

        it(`secret: lets in who knows the token on ${platform}, which is in no ConfigMap and no Package`, async () => {
            const recording = await recordExample({ example: "secret", platform });
            const headers = { authorization: `Bearer ${token}` };
            const refused = await call(recording, "private", { headers: { authorization: "Bearer guess" } });
            assert.deepEqual([refused.status, refused.headers["www-authenticate"]], [401, "Bearer"]);
            assert.equal((await call(recording, "private", { headers })).body, "come in\n");
            for (const { type, name, inputs } of recording.resources) {
                if (type !== "kubernetes:core/v1:Secret") {
                    assert.ok(!JSON.stringify(inputs).includes(token), `${type} ${name} holds the token`);
                }
            }
        });

        it(`program: runs on ${platform} by its configuration, and signs with a key that it generates`, async () => {
            const recording = await recordProgram(platform);
            const { body, headers } = await call(recording, "greeting");
            assert.equal(body, `Hello from ${platform}\n`);
            const { result } = recording.only("random:index/randomPassword:RandomPassword", "signature-key").inputs;
            assert.equal(result, undefined, "the key is an input");
            const data = recording.only("kubernetes:core/v1:Secret", "signature").inputs;
            const key = (data.stringData ?? data.data) as Record<string, string>;
            const text = data.stringData ? key.key! : Buffer.from(key.key!, "base64").toString();
            assert.equal(headers["x-signature"], createHmac("sha256", text).update(body).digest("hex"));
        });
    }

    it("scheduled: fails when something else than a schedule calls it", async () => {
        const recording = await recordExample({ example: "scheduled" });
        assert.equal((await call(recording, "heartbeat", { method: "POST" })).body, "done\n");
        assert.equal((await call(recording, "heartbeat")).status, 405);
    });

    it("image: listens where the platform says, and ends when it is told to", async () => {
        const server = await startServer(process.execPath, [path.join(root, "examples/image/server.mjs")], {
            env: { PORT: "0", GREETING: "Good morning" },
        });
        const answer = await fetch(`http://127.0.0.1:${server.port}/?name=you`, { headers: { connection: "close" } });
        assert.equal(await answer.text(), "Good morning you\n");
        assert.equal(await server.stop("SIGTERM"), 0);
    });

    it("python-dependency: installs what requirements.txt names before it answers", async function () {
        if (!hasPython || !canInstall()) {
            console.log("      skipped: pip does not get the package here");
            this.skip();
        }
        const recording = await recordExample({ example: "python-dependency" });
        assert.equal((await call(recording, "sizes", { path: "/?bytes=1500000" })).body, "1.5 MB\n");
    });

    it("python-dependency: is refused on Fission, with the platforms that can", async () => {
        await assert.rejects(
            recordExample({ example: "python-dependency", platform: "fission" }),
            /functions\.sizes\.dependencies asks for dependencies, which fission cannot do; .*kubeless/,
        );
    });

    it("store: runs images of OpenFaaS' store, once the licence is accepted", async () => {
        const recording = await recordExample({ example: "store" });
        const { spec } = recording.only("kubernetes:apps/v1:Deployment", "figlet").inputs;
        const [container] = spec.template.spec.containers;
        assert.equal(container.image, "docker.io/functions/figlet:0.13.0");
        assert.ok(
            container.env.some(({ name, value }: { name: string; value: string }) => name === "fprocess" && value),
        );
        await assert.rejects(
            recordExample({ example: "store", acceptOpenFaasCommunityEula: false }),
            /faas\.acceptCommunityEula is missing; the licence of OpenFaaS Community Edition limits commercial use/,
        );
    });

    it("secret: names the secret value that is missing, and how to set it", async () => {
        const file = localStack({ example: "secret" });
        const config = Object.fromEntries(Object.entries(file).map(([key, value]) => [key, JSON.stringify(value)]));
        await assert.rejects(
            record(() => readConfiguration(), { project: projectName, stack: "example", config }),
            {
                message:
                    'Configuration of stack example: functions.private.secrets[0].valueFrom is "apiToken", and the configuration ' +
                    "has no secret value of this key; pulumi config set --secret apiToken",
            },
        );
    });

    it("are named when another is asked for", () => {
        assert.throws(() => localStack({ example: "secrt" }), {
            message: 'npm start: --example is "secrt", and there is no such example; did you mean secret?',
        });
    });
});

/** Evaluates the program in its own folder, as the engine does. */
async function recordProgram(platform: PlatformName): Promise<Recording<Record<string, pulumi.Input<unknown>>>> {
    const before = process.cwd();
    process.chdir(path.join(root, "examples/program"));
    const config = { context: "home", kubeconfig, kubernetesVersion, platform, acceptOpenFaasCommunityEula: "true" };
    try {
        return await record(program, {
            project: "greetings",
            config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`greetings:${key}`, value])),
        });
    } finally {
        process.chdir(before);
    }
}

/** Whether pip can fetch the package: without an index nothing can be installed. */
function canInstall(): boolean {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-unit-"));
    try {
        const requirements = path.join(root, "examples/python-dependency/function/requirements.txt");
        return spawnSync("pip", ["download", "--quiet", "--dest", folder, "-r", requirements]).status === 0;
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}
