import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { zipSync } from "fflate";
import type { FunctionRuntime, ResolvedFunction } from "../../../components/faas/function";
import { callCommands } from "../../../components/faas/function/workload/calls";
import { dependencyParts } from "../../../components/faas/function/workload/dependencies";

interface Outcome {
    status: number | null;
    output: string;
}

function run(command: string[], env: Record<string, string>, cwd?: string): Promise<Outcome> {
    return new Promise((resolve, reject) => {
        const child = spawn(command[0]!, command.slice(1), { cwd, env: { PATH: process.env.PATH, ...env } });
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
        }
        child.on("error", reject).on("close", (status) => resolve({ status, output }));
    });
}

for (const runtime of ["nodejs", "python"] as const satisfies FunctionRuntime[]) {
    describe(`The call of a schedule in ${runtime}`, () => {
        let server: http.Server;
        let requests: http.IncomingMessage[];
        before(async () => {
            server = http.createServer((request, response) => {
                requests.push(request);
                const status = Number(request.url!.slice(1));
                if (status > 0) {
                    response.writeHead(status, { location: "/200" }).end("the answer");
                }
            });
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        });
        beforeEach(() => (requests = []));
        after(() => {
            server.closeAllConnections();
            server.close();
        });

        function call(status: number, environment: Record<string, string> = {}): Promise<Outcome> {
            const { port } = server.address() as AddressInfo;
            return run(callCommands[runtime], {
                FUNCTION_URL: `http://127.0.0.1:${port}/${status}`,
                FUNCTION_HEADERS: JSON.stringify({ "event-time": "{now}", "event-id": "1" }),
                FUNCTION_TIMEOUT_SECONDS: "10",
                ...environment,
            });
        }

        it("is one empty POST with its header fields and the time", async () => {
            const outcome = await call(204);

            assert.deepEqual(outcome, { status: 0, output: "204 \n" });
            assert.equal(requests.length, 1);
            const [{ method, headers }] = requests as [http.IncomingMessage];
            assert.equal(method, "POST");
            assert.equal(headers["event-id"], "1");
            assert.match(headers["event-time"] as string, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        });

        it("fails when the answer is no success, a redirect included, and shows the answer", async () => {
            for (const status of [302, 404, 500]) {
                const outcome = await call(status);
                assert.equal(outcome.status, 1, `${status}: ${outcome.output}`);
                assert.equal(outcome.output, `${status} the answer\n`);
            }
            assert.equal(requests.length, 3);
        });

        it("fails when nothing answers in time, or at all", async () => {
            assert.equal((await call(0, { FUNCTION_TIMEOUT_SECONDS: "0.2" })).status, 1);
            assert.equal((await call(200, { FUNCTION_URL: "http://127.0.0.1:1/" })).status, 1);
        });
    });
}

describe("The installation of dependencies", function () {
    this.timeout(120_000);
    let folder: string;
    before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "dependencies-"))));
    after(() => fs.rmSync(folder, { recursive: true }));

    /** Runs the init container's script as it is, with its folders elsewhere. */
    function install(runtime: FunctionRuntime, files: Record<string, string>): Promise<Outcome> {
        const [code, target] = ["code", "install"].map((each) => path.join(folder, runtime, each)) as [string, string];
        fs.mkdirSync(code, { recursive: true });
        fs.mkdirSync(target, { recursive: true });
        for (const [name, content] of Object.entries(files)) {
            fs.writeFileSync(path.join(code, name), content);
        }
        const fn = { runtime, dependencies: { egress: [] }, files: [] } as unknown as ResolvedFunction;
        const [container] = dependencyParts(fn, {
            image: "image",
            code: { volume: "code", path: code },
            variables: {},
        }).initContainers;
        const variables = container!.environment as Record<string, string>;
        const environment = Object.entries(variables).map(([name, value]) => [name, value.replace("/install", target)]);
        return run(container!.command as string[], Object.fromEntries(environment) as Record<string, string>, target);
    }

    it("puts what package.json needs where Node finds it, and runs none of its scripts", async () => {
        const greeting = path.join(folder, "greeting");
        fs.mkdirSync(greeting);
        fs.writeFileSync(path.join(greeting, "index.js"), "module.exports = 'hi';");
        fs.writeFileSync(
            path.join(greeting, "package.json"),
            JSON.stringify({ name: "greeting", version: "1.0.0", scripts: { install: "touch ran" } }),
        );
        const packed = await run(["npm", "pack", "--silent", greeting], { HOME: folder }, folder);
        assert.equal(packed.status, 0, packed.output);

        const outcome = await install("nodejs", {
            "package.json": JSON.stringify({ dependencies: { greeting: `file:${folder}/greeting-1.0.0.tgz` } }),
        });

        assert.equal(outcome.status, 0, outcome.output);
        assert.deepEqual(fs.readdirSync(path.join(folder, "nodejs/install/node_modules/greeting")).sort(), [
            "index.js",
            "package.json",
        ]);
    });

    it("puts what requirements.txt needs where Python finds it", async function () {
        if ((await run(["sh", "-c", "command -v pip"], {})).status !== 0) {
            this.skip(); // Debian's python3 comes without it.
        }
        const wheel = path.join(folder, "greeting-1.0.0-py3-none-any.whl");
        const text = (lines: string) => new TextEncoder().encode(lines);
        fs.writeFileSync(
            wheel,
            zipSync({
                "greeting.py": text("text = 'hi'\n"),
                "greeting-1.0.0.dist-info/METADATA": text("Metadata-Version: 2.1\nName: greeting\nVersion: 1.0.0\n"),
                "greeting-1.0.0.dist-info/WHEEL": text(
                    "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
                ),
                "greeting-1.0.0.dist-info/RECORD": text(""),
            }),
        );

        const outcome = await install("python", { "requirements.txt": `greeting @ file://${wheel}\n` });

        assert.equal(outcome.status, 0, outcome.output);
        assert.ok(fs.existsSync(path.join(folder, "python/install/packages/greeting.py")), outcome.output);
        assert.equal(fs.existsSync(path.join(folder, "python/install/.tmp")), false);
    });

    it("fails when something is missing, so that the pod does not start without it", async () => {
        const outcome = await install("nodejs", {
            "package.json": JSON.stringify({ dependencies: { missing: `file:${folder}/missing-1.0.0.tgz` } }),
        });
        assert.notEqual(outcome.status, 0);
    });
});
