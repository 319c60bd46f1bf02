import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { FunctionRuntime } from "../../components/faas/function/args";
import type { SourceFile } from "../../components/faas/function/driver";
import {
    type FunctionOfTest,
    type Specialized,
    functionFiles,
    specialize,
    specializeRequest,
} from "./portable/fission";
import {
    pythonRequirements,
    type StartEnvironment,
    startNodeEnv,
    startPythonEnv,
} from "../../sandbox/call/environments";
import { pythonWith } from "../../sandbox/call/python";
import { logLines, send, waitFor } from "./portable/table";

/** Loads a function, and ends its server after the use. */
async function withFunction(
    start: StartEnvironment,
    fn: FunctionOfTest,
    use: (served: Specialized) => Promise<void>,
): Promise<void> {
    const served = await specialize(start, fn);
    try {
        await use(served);
    } finally {
        await served.stop();
    }
}

function sources(texts: Record<string, string>): SourceFile[] {
    return Object.entries(texts).map(([name, text]) => ({ path: name, content: Buffer.from(text) }));
}

/** What a GET of a path answers. */
async function get(served: Specialized, target = "/"): Promise<string> {
    return (await send(served.port, { method: "GET", target })).body.toString();
}

/** A call of the function that succeeds, after it was loaded. */
async function answers(served: Specialized, wanted: string): Promise<void> {
    assert.ok(served.loaded.status < 300, `${served.loaded.body.toString()}\n${served.output()}`);
    assert.equal(await get(served), wanted, served.output());
}

/** A function that was refused, with the reason in the answer and in one line of the log. */
async function refused(served: Specialized, reason: RegExp): Promise<void> {
    assert.equal(served.loaded.status, 500);
    assert.match(served.loaded.body.toString(), reason);
    const [line] = await waitFor(() => {
        const lines = logLines(served.output()).filter(({ level }) => level === "error");
        return lines.length > 0 ? lines : undefined;
    });
    assert.equal(line?.message, "the function cannot be loaded");
    assert.match(line.error?.message ?? "", reason);
}

describe("loading a Node function on Fission's node-env (emulated around the real Express)", () => {
    const forms: Record<string, { handler: string; files: Record<string, string> }> = {
        "an ES module": { handler: "a.handler", files: { "a.mjs": "export const handler = () => 'yes';" } },
        "a CommonJS module": { handler: "a.handler", files: { "a.cjs": "exports.handler = () => 'yes';" } },
        "a .js file without a package.json that uses export": {
            handler: "a.handler",
            files: { "a.js": "export const handler = () => 'yes';" },
        },
        "a .js file of a package of type module": {
            handler: "a.handler",
            files: { "package.json": '{"type":"module"}', "a.js": "export function handler() { return 'yes'; }" },
        },
        "a .js file of a package of type commonjs": {
            handler: "a.handler",
            files: { "package.json": '{"type":"commonjs"}', "a.js": "exports.handler = () => 'yes';" },
        },
        "an export that only running the module shows": {
            handler: "a.handler",
            files: { "a.cjs": "module.exports = Object.fromEntries([['handler', () => 'yes']]);" },
        },
        "a function inside a default export": {
            handler: "a.handler",
            files: { "a.mjs": "export default { handler: () => 'yes' };" },
        },
        "a default export": { handler: "a.default", files: { "a.mjs": "export default () => 'yes';" } },
        "a CommonJS module that is a function": {
            handler: "a.default",
            files: { "a.cjs": "module.exports = () => 'yes';" },
        },
        "the default export of a CommonJS module that was compiled from an ES module": {
            handler: "a.default",
            files: { "a.cjs": "exports.__esModule = true;\nexports.default = () => 'yes';" },
        },
        "a module that waits while it is loaded": {
            handler: "a.handler",
            files: { "a.mjs": "const word = await Promise.resolve('yes');\nexport const handler = () => word;" },
        },
        "a file in a folder, with a neighbour and a name that URLs escape": {
            handler: "src/do it #1.handler",
            files: {
                "src/do it #1.mjs": "import { word } from '../lib/word.mjs';\nexport const handler = () => word;",
                "lib/word.mjs": "export const word = 'yes';",
            },
        },
    };

    for (const [form, { handler, files }] of Object.entries(forms)) {
        it(`loads ${form}`, () =>
            withFunction(startNodeEnv, { runtime: FunctionRuntime.Nodejs, handler, files: sources(files) }, (served) =>
                answers(served, "yes"),
            ));
    }

    const failing = (text: string): FunctionOfTest => ({
        runtime: FunctionRuntime.Nodejs,
        handler: "a.handler",
        files: sources({ "a.mjs": text }),
    });

    it("refuses a module without the handler, and tells what it exports", () =>
        withFunction(startNodeEnv, failing("export const handle = 1, other = 2;"), (served) =>
            refused(served, /a\.mjs exports no function .*handler.*; it exports handle, other/),
        ));

    it("refuses a module that throws while it is loaded", () =>
        withFunction(startNodeEnv, failing("throw new Error('no connection');"), (served) =>
            refused(served, /no connection/),
        ));

    it("refuses a module that cannot be parsed", () =>
        withFunction(startNodeEnv, failing("export const = 1;"), (served) => refused(served, /Unexpected token/)));

    it("refuses a function whose secret is not there", () =>
        withFunction(
            startNodeEnv,
            {
                ...failing("export const handler = () => 'yes';"),
                settings: { secrets: [{ variable: "DB_PASSWORD", secretName: "gone", key: "password" }] },
            },
            (served) => refused(served, /The secret for DB_PASSWORD is missing: .*functions\/gone\/password/),
        ));

    it("keeps the bodies of concurrent requests apart", () =>
        withFunction(
            startNodeEnv,
            failing("export const handler = async (request) => { await null; return request.json(); };"),
            async (served) => {
                const call = async (index: number): Promise<void> => {
                    const body = { text: JSON.stringify({ index, padding: "x".repeat(index * 1000) }) };
                    const headers: [string, string][] = [["content-type", "application/json"]];
                    const answer = await send(served.port, { method: "POST", target: "/", headers, body });
                    assert.equal(answer.body.toString(), body.text);
                };
                await Promise.all(Array.from({ length: 50 }, (_, index) => call(index)));
            },
        ));

    it("goes on after a caller that hangs up in the middle of a body, and after a rejection that nobody handles", () =>
        withFunction(
            startNodeEnv,
            failing("export const handler = () => { void Promise.reject(new Error('stray')); return 'yes'; };"),
            async (served) => {
                await hangUp(served.port, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc");
                await answers(served, "yes");
                await answers(served, "yes");
            },
        ));
});

/** Sends the beginning of a request and closes the connection. */
function hangUp(port: number, text: string): Promise<void> {
    return new Promise((resolve, reject) => {
        const socket = net.connect(port, "127.0.0.1", () => socket.write(text, () => socket.destroy()));
        socket.once("close", () => resolve());
        socket.once("error", reject);
    });
}

describe("loading a Python function on Fission's python-env (emulated around the real Flask and gevent)", () => {
    let start: StartEnvironment;

    before(function () {
        this.timeout(180_000);
        const found = pythonWith(pythonRequirements.GEVENT);
        if ("missing" in found) {
            console.log(`      skipped: ${found.missing}`);
            this.skip();
        }
        start = startPythonEnv(found.python, "GEVENT");
    });

    const of = (handler: string, files: Record<string, string>): FunctionOfTest => ({
        runtime: FunctionRuntime.Python,
        handler,
        files: sources(files),
    });
    const yes = "def handler(request, context):\n    return 'yes'\n";

    it("loads a file with a neighbour", () =>
        withFunction(start, of("a.handler", { "a.py": "from b import handler\n", "b.py": yes }), (served) =>
            answers(served, "yes"),
        ));

    it("loads a file of a package, with a relative import", () =>
        withFunction(
            start,
            of("shop/orders.handler", {
                "shop/__init__.py": "",
                "shop/orders.py": "from .word import WORD\n\n\ndef handler(request, context):\n    return WORD\n",
                "shop/word.py": "WORD = 'yes'\n",
            }),
            (served) => answers(served, "yes"),
        ));

    for (const name of ["server", "json", "flask", "core", "time"]) {
        it(`loads a file called ${name}.py, as a module of the server is`, () =>
            withFunction(start, of(`${name}.handler`, { [`${name}.py`]: yes }), (served) => answers(served, "yes")));
    }

    it("loads a class whose instance is the handler", () =>
        withFunction(
            start,
            of("a.handler", {
                "a.py": "class Answer:\n    def __call__(self, request, context):\n        return 'yes'\n\n\nhandler = Answer()\n",
            }),
            (served) => answers(served, "yes"),
        ));

    it("keeps what an asynchronous handler opened usable in its next request", () =>
        withFunction(
            start,
            of("a.handler", {
                "a.py": [
                    "import asyncio",
                    "queue = asyncio.Queue()",
                    "async def handler(request, context):",
                    "    asyncio.get_running_loop().call_later(0.01, queue.put_nowait, 'yes')",
                    "    return await queue.get()",
                ].join("\n"),
            }),
            async (served) => {
                await answers(served, "yes");
                await answers(served, "yes");
            },
        ));

    it("refuses a module without the handler, and tells its functions", () =>
        withFunction(start, of("a.handler", { "a.py": "def handle(request, context):\n    pass\n" }), (served) =>
            refused(served, /a\.py has no function .*handler.*; its functions are handle/),
        ));

    it("refuses a module that raises while it is loaded", () =>
        withFunction(start, of("a.handler", { "a.py": "raise RuntimeError('no connection')\n" }), (served) =>
            refused(served, /no connection/),
        ));

    it("refuses a function whose secret is not there", () =>
        withFunction(
            start,
            {
                ...of("a.handler", { "a.py": yes }),
                settings: { secrets: [{ variable: "DB_PASSWORD", secretName: "gone", key: "password" }] },
            },
            (served) => refused(served, /The secret for DB_PASSWORD is missing/),
        ));

    it("goes on after sys.exit in a handler", () =>
        withFunction(
            start,
            of("a.handler", {
                "a.py": "import sys\n\n\ndef handler(request, context):\n    return sys.exit(1) if request.query else 'yes'\n",
            }),
            async (served) => {
                assert.equal((await send(served.port, { method: "GET", target: "/?exit=1" })).status, 500);
                await answers(served, "yes");
            },
        ));

    it("gives calls to /v2/specialize to the function, so that no caller can replace it", () =>
        withFunction(start, of("a.handler", { "a.py": yes }), async (served) => {
            const answer = await send(served.port, specializeRequest("/", "os.getcwd"));
            assert.equal(answer.body.toString(), "yes");
            await answers(served, "yes");
        }));

    it("answers the first and the next request after a restart of the container", async () => {
        const files = functionFiles(FunctionRuntime.Python, "answers");
        await withFunction(
            start,
            { runtime: FunctionRuntime.Python, handler: "answers.handler", files },
            async (served) => {
                assert.ok(fs.existsSync(path.join(served.folder, "userfunc/state.json")));
                const restarted = await start({ USERFUNCVOL: path.join(served.folder, "userfunc") });
                try {
                    for (let round = 0; round < 2; round++) {
                        const { status, headers } = await send(restarted.port, {
                            method: "GET",
                            target: "/unusual-status",
                        });
                        assert.equal(status, 299);
                        assert.equal(headers["content-type"], undefined);
                    }
                    const { headers } = await send(restarted.port, { method: "HEAD", target: "/teapot" });
                    assert.equal(headers["content-length"], "15");
                } finally {
                    await restarted.stop();
                }
            },
        );
    });
});
