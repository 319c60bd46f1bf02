import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { FunctionRuntime } from "../../../components/faas/function/args";
import { type Answer, logLines } from "../portable/table";
import {
    freePort,
    get,
    logLine,
    runToEnd,
    secretValue,
    type ServedFunction,
    startFunction,
    withServer,
} from "./support";

/** The same function in both languages. */
type Texts = Readonly<Record<FunctionRuntime, string>>;

const fn = (runtime: FunctionRuntime, texts: Texts): ServedFunction => ({ runtime, files: texts[runtime] });

const loadsSlowly: Texts = {
    nodejs: "await new Promise((resolve) => setTimeout(resolve, 1000));\nexport const handler = () => 'yes';",
    python: "import time\ntime.sleep(1)\ndef handler(request, context):\n    return 'yes'\n",
};

const slow: Texts = {
    nodejs: `export const handler = async ({ path }) => {
        await new Promise((resolve) => setTimeout(resolve, path === "/slow" ? 1500 : 20));
        return "yes";
    };`,
    python: `import time
def handler(request, context):
    time.sleep(1.5 if request.path == "/slow" else 0.02)
    return "yes"
`,
};

/** Why a function cannot be loaded: the reason in the log, by what is wrong with it. */
const unloadable: Record<string, { texts: Texts; reason: RegExp; settings?: ServedFunction["settings"] }> = {
    "a module that throws": {
        texts: { nodejs: "throw new Error('no connection');", python: "raise RuntimeError('no connection')\n" },
        reason: /no connection/,
    },
    "a module that ends the process": {
        texts: { nodejs: "process.exit(0);", python: "import sys\nsys.exit(0)\n" },
        reason: /^/,
    },
    "a module without the handler": {
        texts: { nodejs: "export const other = 1;", python: "def other():\n    pass\n" },
        reason: /a\.(mjs|py) .*; .*other/,
    },
    "a declared secret that is not set": {
        texts: loadsSlowly,
        reason: /The environment lacks the declared DB_PASSWORD, OTHER/,
        settings: { secrets: ["DB_PASSWORD", "API_TOKEN", "OTHER"] },
    },
};

/** How a function ends its own process, by what its code does on `/crash`; every other path is answered after a second. */
const crashes: Record<string, { texts: Texts; status: number; message: RegExp }> = {
    "an error that nothing catches": {
        texts: {
            nodejs: "() => new Promise(() => setTimeout(() => { throw new Error(process.env.API_TOKEN); }))",
            python: `lambda: threading.Thread(target=fail).start() or time.sleep(60)`,
        },
        status: 500,
        message: /^the function crashed: nothing caught an error/,
    },
    "a rejection that nothing handles": {
        texts: {
            nodejs: "async () => { void Promise.reject(new Error(process.env.API_TOKEN)); return 'answered'; }",
            python: "fail_in_task",
        },
        status: 200,
        message: /^the function crashed: nothing handled/,
    },
};

const crashing = (runtime: FunctionRuntime, deed: string): string =>
    runtime === FunctionRuntime.Nodejs
        ? `const crash = ${deed};
           export const handler = ({ path }) => path === "/crash" ? crash() : new Promise((resolve) => setTimeout(resolve, 1000, "yes"));`
        : `import asyncio, gc, os, threading, time
def fail():
    raise RuntimeError(os.environ["API_TOKEN"])
async def fail_later():
    fail()
async def fail_in_task():
    asyncio.create_task(fail_later())
    await asyncio.sleep(0.01)
    gc.collect()
    return "answered"
crash = ${deed}
def handler(request, context):
    return crash() if request.path == "/crash" else time.sleep(1) or "yes"
`;

for (const runtime of [FunctionRuntime.Nodejs, FunctionRuntime.Python]) {
    describe(`life of a function server in ${runtime}`, () => {
        it("is unhealthy and refuses calls until the code has loaded, but is alive", async () => {
            const port = await freePort();
            const starting = startFunction({
                ...fn(runtime, loadsSlowly),
                env: { KUBERNETES_FAAS_PORT: String(port) },
            });
            const early = await firstAnswer(port, "/_/health");
            assert.deepEqual([early.status, early.body.toString()], [503, "loading"]);
            assert.equal((await get({ port }, "/_/live")).status, 200);
            const refused = await get({ port }, "/");
            assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "1"]);
            const served = await starting;
            try {
                assert.equal(served.port, port);
                assert.equal((await get(served, "/_/health")).status, 200);
                assert.equal((await get(served, "/")).body.toString(), "yes");
            } finally {
                await served.stop();
            }
        });

        for (const [title, { texts, reason, settings }] of Object.entries(unloadable)) {
            it(`ends with 1 and a line in the log for ${title}`, () => {
                const { status, output } = runToEnd({ ...fn(runtime, texts), settings });
                assert.equal(status, 1, output);
                const [line, ...others] = logLines(output).filter(({ level }) => level === "error");
                assert.match(line?.message ?? "", /^the function (cannot be loaded|ended the process)$/);
                assert.match(line?.error?.message ?? "", reason);
                assert.equal(others.length, 0);
            });
        }

        for (const [title, { texts, status, message }] of Object.entries(crashes)) {
            it(`ends with 1 after ${title}, with other calls answered and no secret in the log`, async () => {
                const served = await startFunction({ runtime, files: crashing(runtime, texts[runtime]) });
                const other = get(served);
                await sleep(100);
                assert.equal((await get(served, "/crash")).status, status);
                assert.equal((await other).body.toString(), "yes");
                assert.equal(await served.exited, 1);
                const line = logLines(served.output()).find((each) => message.test(each.message));
                assert.equal(line?.error?.message, "***", served.output());
                assert.ok(!served.output().includes(JSON.stringify(secretValue).slice(1, -1)));
            });
        }

        it("loses no request at SIGTERM: serves on while proxies learn of it, closes connections, ends with 0", () =>
            withServer({ ...fn(runtime, slow), settings: { drainSeconds: 3 } }, async (served) => {
                const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 8 });
                const load = startLoad(served.port, keepAlive);
                const idle = new http.Agent({ keepAlive: true, maxSockets: 1 });
                await request(served.port, "/", idle);
                await sleep(300);

                const ended = served.stop("SIGTERM");
                await logLine(served, "ending: serving on for 3 seconds");
                const long = request(served.port, "/slow", idle);
                const { status, body } = await get(served, "/_/health");
                assert.deepEqual([status, body.toString()], [503, "ending"]);
                assert.equal((await get(served, "/_/live")).status, 200);
                assert.equal((await get(served)).headers.connection, "close");
                await sleep(500);
                // As proxies do when they learn that the pod ends.
                const answered = await load.stop();
                assert.equal(answered.failures.length, 0, answered.failures.join());
                assert.ok(answered.count > 50, `${answered.count}`);

                assert.equal((await long).status, 200);
                assert.equal(await ended, 0);
                await logLine(served, "ended: every request is answered");
                keepAlive.destroy();
                idle.destroy();
            }));

        it("ends as soon as the last call is answered, on a connection that its caller would keep", () =>
            withServer(fn(runtime, slow), async (served) => {
                const keepAlive = new http.Agent({ keepAlive: true });
                const long = request(served.port, "/slow", keepAlive);
                await sleep(200);
                const began = Date.now();
                const ended = served.stop("SIGTERM");
                assert.equal((await long).status, 200);
                assert.equal(await ended, 0);
                assert.ok(Date.now() - began < 5000, `${Date.now() - began}`);
                keepAlive.destroy();
            }));

        it("ends at once on SIGINT when nothing runs", () =>
            withServer({ ...fn(runtime, slow), settings: { drainSeconds: 60 } }, async (served) => {
                const began = Date.now();
                assert.equal(await served.stop("SIGINT"), 0);
                assert.ok(Date.now() - began < 1000);
            }));

        it("writes nothing beside the code, which is mounted read-only", () =>
            withServer(fn(runtime, slow), async (served) => {
                const list = (): string[] => (fs.readdirSync(served.code, { recursive: true }) as string[]).sort();
                assert.equal((await get(served)).status, 200);
                assert.ok(list().some((name) => name.endsWith("kubernetes_faas_adapter/settings.json")));
                assert.deepEqual(
                    list().filter((name) => /__pycache__|\.(pyc|log|cache)$/.test(name)),
                    [],
                );
            }));
    });
}

describe("what a function does to its own process", () => {
    const exits: ServedFunction = {
        runtime: FunctionRuntime.Nodejs,
        files: "export const handler = ({ query }) => process.exit(Number(query.code));",
    };

    for (const [code, wanted] of [
        [0, 1],
        [3, 3],
    ]) {
        it(`process.exit(${code}) in Node ends with ${wanted} and a line in the log`, () =>
            withServer(exits, async (served) => {
                await assert.rejects(get(served, `/?code=${code}`));
                assert.equal(await served.exited, wanted);
                await logLine(served, "the function ended the process");
            }));
    }

    it("sys.exit in Python is a failure of the call", () =>
        withServer(
            {
                runtime: FunctionRuntime.Python,
                files: "import sys\ndef handler(request, context):\n    return sys.exit(0) if request.query else 'yes'\n",
            },
            async (served) => {
                assert.equal((await get(served, "/?a")).status, 500);
                assert.equal((await get(served)).status, 200);
            },
        ));
});

/** Asks until somebody listens. */
async function firstAnswer(port: number, target: string): Promise<Answer> {
    for (let tries = 0; ; tries++) {
        try {
            return await get({ port }, target);
        } catch (error) {
            assert.ok(tries < 500, String(error));
            await sleep(10);
        }
    }
}

function request(port: number, target: string, agent: http.Agent): Promise<{ status: number }> {
    return new Promise((resolve, reject) => {
        const sent = http.get({ host: "127.0.0.1", port, path: target, agent }, (response) => {
            response.resume();
            response.once("end", () => resolve({ status: response.statusCode ?? 0 }));
            response.once("error", reject);
        });
        sent.once("error", reject);
    });
}

/** Calls without a pause, on connections that stay and on new ones, until told to stop. */
function startLoad(port: number, keepAlive: http.Agent): { stop(): Promise<{ count: number; failures: unknown[] }> } {
    const result = { count: 0, failures: [] as unknown[] };
    let isOn = true;
    const loop = async (agent: http.Agent): Promise<void> => {
        while (isOn) {
            try {
                const { status } = await request(port, "/", agent);
                assert.equal(status, 200);
                result.count++;
            } catch (error) {
                result.failures.push(error);
            }
        }
    };
    const fresh = new http.Agent({ keepAlive: false });
    const loops = [...Array.from({ length: 8 }, () => loop(keepAlive)), loop(fresh), loop(fresh)];
    return {
        stop: async () => {
            isOn = false;
            await Promise.all(loops);
            return result;
        },
    };
}
