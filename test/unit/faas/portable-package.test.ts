import assert from "node:assert/strict";
import * as fc from "fast-check";
import { FaasKind } from "../../../components/core/contracts";
import { FunctionRuntime } from "../../../components/faas/function/args";
import type { SourceFile } from "../../../components/faas/function/driver";
import { type PackagePortableArgs, adapterFolder, packagePortable } from "../../../components/faas/function/portable";

const hello: SourceFile = { path: "hello.js", content: Buffer.from("exports.handler = () => 'Hello';") };

function args(changes: Partial<PackagePortableArgs> = {}): PackagePortableArgs {
    return {
        runtime: FunctionRuntime.Nodejs,
        platform: FaasKind.Fission,
        handler: "hello.handler",
        files: [hello],
        settings: { functionName: "hello", namespace: "functions", timeoutSeconds: 60 },
        ...changes,
    };
}

function settingsOf(files: readonly SourceFile[]): Record<string, unknown> {
    const file = files.find(({ path }) => path === `${adapterFolder}/settings.json`);
    return JSON.parse(String(file?.content)) as Record<string, unknown>;
}

/** The path of an adapter's module. */
const inAdapter =
    (ending: string) =>
    (module: string): string =>
        `${adapterFolder}/${module}${ending}`;

describe("packaging of portable functions", () => {
    it("puts the Node adapter beside the code, for Fission", () => {
        const { files, entry } = packagePortable(args());
        assert.deepEqual(
            files.map(({ path }) => path),
            [
                "hello.js",
                ...["answer", "context", "core", "fission", "log", "request"].map(inAdapter(".mjs")),
                "kubernetes_faas_adapter/settings.json",
                ...["settings", "stream", "transport"].map(inAdapter(".mjs")),
            ],
        );
        assert.equal(entry, "kubernetes_faas_adapter/fission");
        assert.equal(files[0]?.content, hello.content);
    });

    it("puts the Python adapter beside the code, for Fission", () => {
        const file = { path: "shop/orders.py", content: Buffer.from("def handler(request, context):\n    pass\n") };
        const python = { runtime: FunctionRuntime.Python, handler: "shop/orders.handler", files: [file] };
        const { files, entry } = packagePortable(args(python));
        assert.deepEqual(
            files.map(({ path }) => path),
            [
                ...["__init__", "answer", "context", "core", "fission", "log", "request"].map(inAdapter(".py")),
                "kubernetes_faas_adapter/settings.json",
                ...["stream", "wsgi"].map(inAdapter(".py")),
                "shop/orders.py",
            ],
        );
        assert.equal(entry, "kubernetes_faas_adapter.fission.main");
        assert.deepEqual(settingsOf(files).handler, { file: "shop/orders.py", functionName: "handler" });
    });

    it("writes names of secrets and their files, and every default", () => {
        const secrets = [
            { variable: "ORDERS_PASSWORD", secretName: "orders-db", key: "password" },
            { variable: "API_TOKEN", secretName: "api", key: "token" },
        ];
        const settings = { ...args().settings, environment: { B: "2", A: "1" }, secrets };
        assert.deepEqual(settingsOf(packagePortable(args({ settings })).files), {
            functionName: "hello",
            namespace: "functions",
            handler: { file: "hello.js", functionName: "handler" },
            timeoutSeconds: 60,
            maxBodyBytes: 6_291_456,
            environment: { A: "1", B: "2" },
            secrets: [
                { variable: "API_TOKEN", file: "/secrets/functions/api/token" },
                { variable: "ORDERS_PASSWORD", file: "/secrets/functions/orders-db/password" },
            ],
        });
    });

    it("takes the handler's file by Node's order of endings", () => {
        const files = [".cjs", ".mjs", ".js"].map((ending) => ({ ...hello, path: `hello${ending}` }));
        const { file } = settingsOf(packagePortable(args({ files })).files).handler as { file: string };
        assert.equal(file, "hello.js");
    });

    it("names no source map, which is not packaged", () => {
        for (const { content } of packagePortable(args()).files) {
            assert.doesNotMatch(String(content), /sourceMappingURL/);
        }
    });

    it("makes the same bytes whatever the order of files, variables and secrets", () => {
        const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 6 });
        fc.assert(
            fc.property(names, (given) => {
                const make = (ordered: string[]): string => {
                    const files = [
                        hello,
                        ...ordered.map((name) => ({ path: `lib/${name}.js`, content: Buffer.from(name) })),
                    ];
                    const environment = Object.fromEntries(ordered.map((name) => [name.toUpperCase(), name]));
                    const secrets = ordered.map((name) => ({ variable: `S_${name}`, secretName: name, key: "k" }));
                    const settings = { ...args().settings, environment, secrets };
                    return JSON.stringify(packagePortable(args({ files, settings })));
                };
                assert.equal(make(given), make([...given].reverse()));
            }),
        );
    });

    it("changes none of its arguments", () => {
        const given = args({ files: [{ ...hello, path: "z.js" }, hello] });
        const before = JSON.stringify(given);
        packagePortable(given);
        assert.equal(JSON.stringify(given), before);
    });

    it("throws for a platform without an adapter and for a handler that is nowhere", () => {
        assert.throws(() => packagePortable(args({ platform: FaasKind.OpenWhisk })), /no adapter .* for openwhisk/);
        assert.throws(
            () => packagePortable(args({ handler: "other.handler" })),
            /"other.handler" is in none of the files/,
        );
    });
});
