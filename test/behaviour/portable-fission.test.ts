import assert from "node:assert/strict";
import { FunctionRuntime } from "../../components/faas/function/args";
import {
    type PythonFramework,
    pythonRequirements,
    type StartEnvironment,
    startNodeEnv,
    startPythonEnv,
} from "../../sandbox/call/environments";
import { pythonWith } from "../../sandbox/call/python";
import { type Specialized, functionFiles, specialize } from "./portable/fission";
import { type Deviations, describeCases, readCases } from "./portable/table";

/** Runs the whole table against one environment, each function in a process of its own. */
function table(runtime: FunctionRuntime, start: () => StartEnvironment, deviations: Deviations = {}): void {
    const serve = async (name: string): Promise<Specialized> => {
        const handler = `${name}.handler`;
        const served = await specialize(start(), { runtime, handler, files: functionFiles(runtime, name) });
        assert.ok(served.loaded.status < 300, `${served.loaded.body.toString()}\n${served.output()}`);
        return served;
    };
    describeCases(readCases(), serve, deviations);
}

describe("portable handler on Fission's node-env (real: adapter, Node, Express 5; emulated: server.js around them)", () => {
    table(FunctionRuntime.Nodejs, () => startNodeEnv);
});

/** Starts python-env on a server, or skips with the reason why that server is not to be had. */
function pythonEnvironment(framework: PythonFramework): () => StartEnvironment {
    let start: StartEnvironment;

    before(function () {
        this.timeout(180_000);
        const found = pythonWith(pythonRequirements[framework]);
        if ("missing" in found) {
            console.log(`      skipped: ${found.missing}`);
            this.skip();
        }
        start = startPythonEnv(found.python, framework);
    });

    return () => start;
}

describe("portable handler on Fission's python-env (real: adapter, Python, Flask 3 on gevent; emulated: server.py around them)", () => {
    table(FunctionRuntime.Python, pythonEnvironment("GEVENT"));
});

describe("portable handler on Fission's python-env (real: adapter, Python, Flask 3 on bjoern; emulated: server.py around them)", () => {
    table(FunctionRuntime.Python, pythonEnvironment("BJOERN"), {
        "repeated headers are joined": "bjoern 3.2.2 joins them without a separator",
        "a percent sign without digits in the path stays": "bjoern 3.2.2 refuses such a path itself",
    });
});
