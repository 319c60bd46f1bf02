import assert from "node:assert/strict";
import { FunctionRuntime } from "../../../components/faas/function/args";
import { get, withServer } from "./support";

describe("dependencies of functions on the function server", () => {
    it("are found in node_modules beside the code, by import and by require", () =>
        withServer(
            {
                runtime: FunctionRuntime.Nodejs,
                files: [
                    {
                        path: "a.mjs",
                        content: Buffer.from(
                            "import word from 'word';\nimport { more } from './lib/b.cjs';\nexport const handler = () => word + more;",
                        ),
                    },
                    { path: "lib/b.cjs", content: Buffer.from("exports.more = require('word');") },
                ],
                installed: [
                    {
                        path: "node_modules/word/package.json",
                        content: Buffer.from('{"name":"word","main":"index.js"}'),
                    },
                    { path: "node_modules/word/index.js", content: Buffer.from("module.exports = 'yes';") },
                ],
            },
            async (served) => assert.equal((await get(served)).body.toString(), "yesyes"),
        ));

    it("are found in packages beside the code, and the user's own files go before them", () =>
        withServer(
            {
                runtime: FunctionRuntime.Python,
                handler: "shop/a.handler",
                files: [
                    { path: "shop/__init__.py", content: Buffer.from("") },
                    {
                        path: "shop/a.py",
                        content: Buffer.from(
                            "import own, word\nfrom . import b\ndef handler(request, context):\n    return own.NAME + word.NAME + b.NAME\n",
                        ),
                    },
                    { path: "shop/b.py", content: Buffer.from("NAME = 'c'\n") },
                    { path: "own.py", content: Buffer.from("NAME = 'a'\n") },
                ],
                installed: [
                    { path: "packages/own.py", content: Buffer.from("NAME = 'wrong'\n") },
                    { path: "packages/word/__init__.py", content: Buffer.from("NAME = 'b'\n") },
                ],
            },
            async (served) => assert.equal((await get(served)).body.toString(), "abc"),
        ));

    for (const name of ["settings", "server", "json", "http", "queue"]) {
        it(`do not mix up a user's ${name}.py with the server's or Python's own`, () =>
            withServer(
                {
                    runtime: FunctionRuntime.Python,
                    handler: `${name}.handler`,
                    files: [
                        {
                            path: `${name}.py`,
                            content: Buffer.from("def handler(request, context):\n    return 'yes'\n"),
                        },
                    ],
                },
                async (served) => assert.equal((await get(served)).body.toString(), "yes"),
            ));
    }
});
