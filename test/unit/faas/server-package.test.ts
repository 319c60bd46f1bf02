import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { FunctionRuntime } from "../../../components/faas/function/args";
import type { SourceFile } from "../../../components/faas/function/driver";
import { adapterFolder } from "../../../components/faas/function/portable";
import {
    functionDirectory,
    livePath,
    metricsPath,
    packageServer,
    type PackageServerArgs,
    ServerContract,
    serverPort,
    terminationGraceSeconds,
} from "../../../components/faas/function/server";
import { projectRoot } from "../../../sandbox/tools/paths";

const hello = { path: "hello.js", content: Buffer.from("exports.handler = () => 'Hello';\n") };
const helloPython = { path: "hello.py", content: Buffer.from("def handler(request, context):\n    return 'Hello'\n") };
const runtimes = [FunctionRuntime.Nodejs, FunctionRuntime.Python];

function args(changes: Partial<PackageServerArgs> = {}): PackageServerArgs {
    return {
        runtime: FunctionRuntime.Nodejs,
        contract: ServerContract.Portable,
        handler: "hello.handler",
        files: [hello, helloPython],
        settings: { functionName: "hello", namespace: "functions", timeoutSeconds: 60 },
        ...changes,
    };
}

function settingsOf({ files }: ReturnType<typeof packageServer>): Record<string, unknown> {
    const file = files.find((each) => each.path === `${adapterFolder}/settings.json`);
    return JSON.parse(file!.content.toString()) as Record<string, unknown>;
}

/** Where this project keeps the sources that a package's modules are made of. */
const sources: Readonly<Record<FunctionRuntime, { folder: string; ending: string; packedEnding: string }>> = {
    nodejs: { folder: "node", ending: ".mts", packedEnding: ".mjs" },
    python: { folder: "python", ending: ".py", packedEnding: ".py" },
};

/** The files that a packed module imports from others of ours. */
function importsOf({ path: importer, content }: SourceFile, runtime: FunctionRuntime): string[] {
    const folder = path.posix.dirname(importer);
    const text = content.toString();
    if (runtime === FunctionRuntime.Nodejs) {
        return [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, name]) => path.posix.join(folder, name!));
    }
    return [...text.matchAll(/^ *from \.(\.*)([\w.]*) import (.+)$/gm)].flatMap(([, up, module, names]) => {
        const base = path.posix.join(folder, "../".repeat(up!.length), module!.replaceAll(".", "/"));
        return module === "" ? names!.split(", ").map((name) => `${base}/${name}.py`) : [`${base}.py`];
    });
}

describe("packaging of functions with their server", () => {
    it("starts the server with the language's interpreter, from a folder of its own", () => {
        assert.deepEqual(packageServer(args()).command, [
            "node",
            `${functionDirectory}/${adapterFolder}/server/node/main.mjs`,
        ]);
        assert.deepEqual(packageServer(args({ runtime: FunctionRuntime.Python })).command, [
            "python3",
            "-B",
            `${functionDirectory}/${adapterFolder}/server/python/main.py`,
        ]);
    });

    for (const runtime of runtimes) {
        it(`packs every module of the server in ${runtime}, the user's files unchanged, in order`, () => {
            const { files } = packageServer(args({ runtime }));
            const paths = files.map((file) => file.path);
            const { folder, ending, packedEnding } = sources[runtime];
            const modules = fs
                .readdirSync(path.join(projectRoot, "components/faas/function/server", folder))
                .filter((name) => name.endsWith(ending))
                .map((name) => `${adapterFolder}/server/${folder}/${name.slice(0, -ending.length)}${packedEnding}`);
            assert.ok(modules.length > 10);
            assert.deepEqual(
                modules.filter((module) => !paths.includes(module)),
                [],
            );
            assert.deepEqual(paths, [...new Set(paths)].sort());
            assert.equal(files.find((file) => file.path === hello.path)?.content, hello.content);
        });

        it(`packs everything that the modules in ${runtime} import from each other, and nothing of a platform's`, () => {
            const { files } = packageServer(args({ runtime }));
            const paths = files.map((file) => file.path);
            const own = files.filter((file) => file.path.startsWith(`${adapterFolder}/`));
            const imported = own.flatMap((file) => importsOf(file, runtime));
            assert.ok(imported.length > 30, `${imported.length}`);
            assert.deepEqual(
                imported.filter((file) => !paths.includes(file)),
                [],
            );
            assert.ok(!paths.some((name) => /fission|wsgi/.test(name)));
        });

        it(`leaves room for the code in a ConfigMap of 1 MiB in ${runtime}`, () => {
            const { files } = packageServer(args({ runtime }));
            assert.ok(files.reduce((sum, { content }) => sum + content.length, 0) < 128 * 1024);
        });
    }

    it("gives the same bytes for the same arguments, in whatever order names are listed", () => {
        const settings = { functionName: "hello", namespace: "functions", timeoutSeconds: 60 };
        const one = packageServer(args({ settings: { ...settings, variables: ["B", "A"], secrets: ["D", "C"] } }));
        const two = packageServer(args({ settings: { ...settings, variables: ["A", "B"], secrets: ["C", "D"] } }));
        assert.deepEqual(one, two);
    });

    it("writes names and every default, and no value of a variable", () => {
        const settings = {
            functionName: "hello",
            namespace: "functions",
            timeoutSeconds: 60,
            variables: ["GREETING"],
            secrets: ["API_TOKEN"],
        };
        assert.deepEqual(settingsOf(packageServer(args({ settings }))), {
            contract: "portable",
            functionName: "hello",
            namespace: "functions",
            handler: { file: "hello.js", functionName: "handler" },
            timeoutSeconds: 60,
            maxBodyBytes: 6 * 1024 * 1024,
            variables: ["GREETING"],
            environment: {},
            secrets: [{ variable: "API_TOKEN" }],
            port: 8080,
            healthPaths: ["/_/health"],
            livePath: "/_/live",
            metricsPath: "/_/metrics",
            routes: [],
            concurrency: 64,
            drainSeconds: 5,
            headerSeconds: 10,
            requestSeconds: 60,
            corsOrigins: [],
        });
    });

    it("keeps to the ports and paths that each contract's callers know", () => {
        const found = Object.values(ServerContract).map((contract) => {
            const { port, healthPaths, metricsPath: metrics } = settingsOf(packageServer(args({ contract })));
            assert.deepEqual([port, metrics], [serverPort(contract), metricsPath(contract)]);
            return [contract, port, healthPaths, metrics];
        });
        assert.deepEqual(found, [
            ["portable", 8080, ["/_/health"], "/_/metrics"],
            ["kubeless", 8080, ["/_/health", "/healthz"], "/metrics"],
            ["funktion", 8888, ["/_/health", "/healthz"], "/_/metrics"],
        ]);
        assert.equal(livePath, "/_/live");
    });

    it("asks Kubernetes for the time to serve on, to end the longest call, and a little more", () => {
        assert.equal(terminationGraceSeconds({ timeoutSeconds: 60 }), 70);
        assert.equal(terminationGraceSeconds({ timeoutSeconds: 30, drainSeconds: 10 }), 45);
    });

    it("refuses a handler that none of the files holds", () => {
        assert.throws(
            () => packageServer(args({ handler: "other.handler" })),
            /The handler "other\.handler" is in none/,
        );
    });
});
