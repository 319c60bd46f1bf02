import assert from "node:assert/strict";
import * as path from "node:path";
import { FunctionRuntime } from "../../../components/faas/function/args";
import { ServerContract } from "../../../components/faas/function/server";
import { projectRoot } from "../../../sandbox/tools/paths";
import { filesIn } from "../portable/fission";
import { describeCases, readCases, send } from "../portable/table";
import { type RunningFunction, startFunction, withServer } from "./support";

const folder = path.join(projectRoot, "test/behaviour/server/contracts");
const runtimes = [FunctionRuntime.Nodejs, FunctionRuntime.Python];

for (const runtime of runtimes) {
    describe(`contract of Kubeless on the function server in ${runtime}`, () => {
        const serve = (name: string): Promise<RunningFunction> =>
            startFunction({
                runtime,
                contract: ServerContract.Kubeless,
                handler: `${name}.handler`,
                files: filesIn(path.join(folder, "kubeless"), runtime, name),
                env: { FUNC_TIMEOUT: "1", FUNC_MEMORY_LIMIT: "128Mi" },
            });
        describeCases(readCases(path.join(folder, "kubeless/cases.json")), serve);

        it("answers browsers of the origins that are named, and no others", () =>
            withServer(
                {
                    runtime,
                    contract: ServerContract.Kubeless,
                    handler: "answers.handler",
                    files: filesIn(path.join(folder, "kubeless"), runtime, "answers"),
                    settings: { corsOrigins: ["https://shop.example"] },
                },
                async ({ port }) => {
                    const from = async (origin: string, preflight: boolean): Promise<unknown> => {
                        const asked: [string, string][] = preflight ? [["access-control-request-method", "PUT"]] : [];
                        const method = preflight ? "OPTIONS" : "GET";
                        const headers: [string, string][] = [["origin", origin], ...asked];
                        const answer = await send(port, { method, target: "/text", headers });
                        const field = (name: string): unknown => answer.headers[`access-control-allow-${name}`];
                        return [answer.status, field("origin"), field("methods"), answer.headers.vary];
                    };
                    const own = "https://shop.example";
                    assert.deepEqual(await from(own, false), [200, own, undefined, "origin"]);
                    assert.deepEqual(await from(own, true), [204, own, "PUT", "origin"]);
                    const other = "https://other.example";
                    assert.deepEqual(await from(other, false), [200, undefined, undefined, "origin"]);
                    assert.deepEqual(await from(other, true), [204, undefined, undefined, "origin"]);
                },
            ));
    });

    describe(`contract of Funktion on the function server in ${runtime}`, () => {
        const serve = (name: string): Promise<RunningFunction> =>
            startFunction({
                runtime,
                contract: ServerContract.Funktion,
                handler: `${name}.default`,
                files: filesIn(path.join(folder, "funktion"), runtime, name),
                settings: { timeoutSeconds: 1 },
            });
        describeCases(readCases(path.join(folder, "funktion/cases.json")), serve);
    });
}

describe("what functions of Kubeless and Funktion know from Express", () => {
    const text = `exports.handler = ({ extensions: { request, response } }) => DEEDS[request.path](request, response);
        const { Readable } = require("node:stream");
        const DEEDS = {
            "/write": (request, response) => {
                response.writeHead(203, { "content-type": "text/csv" });
                response.write("a,");
                response.end("b");
            },
            "/pipe": (request, response) => void Readable.from(["one, ", "two"]).pipe(response),
            "/callback": (request, response) =>
                new Promise(() => setTimeout(() => response.type("text/html").send("<p>later</p>"), 10)),
            "/status": (request, response) => response.sendStatus(404),
            "/query": ({ query, url, headers }) => ({ query, url, host: typeof headers.host }),
            "/twice": (request, response) => {
                response.send("first");
                response.send("second");
            },
        };`;
    let served: RunningFunction;

    before(async () => {
        served = await startFunction({
            runtime: FunctionRuntime.Nodejs,
            contract: ServerContract.Kubeless,
            files: [{ path: "a.cjs", content: Buffer.from(text) }],
        });
    });

    after(() => served?.stop());

    const answers: Record<string, [status: number, type: string, body: string]> = {
        "/write": [203, "text/csv", "a,b"],
        "/pipe": [200, "application/octet-stream", "one, two"],
        "/callback": [200, "text/html", "<p>later</p>"],
        "/status": [404, "text/plain; charset=utf-8", "Not Found"],
        "/query?a=1&a=2&b=x": [
            200,
            "application/json",
            '{"query":{"a":["1","2"],"b":"x"},"url":"/query?a=1&a=2&b=x","host":"string"}',
        ],
        "/twice": [200, "text/plain; charset=utf-8", "first"],
    };
    for (const [target, wanted] of Object.entries(answers)) {
        it(`${target.slice(1)} works`, async () => {
            const { status, headers, body } = await send(served.port, { method: "GET", target });
            assert.deepEqual([status, headers["content-type"], body.toString()], wanted, served.output());
        });
    }
});
