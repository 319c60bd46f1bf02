import assert from "node:assert/strict";
import { FunctionRuntime } from "../../../components/faas/function/args";
import { findHandler } from "../../../components/faas/function/portable";

/** The reason why a handler is refused, or nothing. */
function reason(files: Record<string, string>, handler: string, runtime: FunctionRuntime): string | undefined {
    const sources = Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) }));
    const faults = findHandler(sources, handler, runtime);
    assert.ok(faults.length <= 1);
    assert.ok(faults.every(({ propertyPath }) => propertyPath === "handler"));
    return faults[0]?.reason;
}

const node = (files: Record<string, string>, handler: string): string | undefined =>
    reason(files, handler, FunctionRuntime.Nodejs);
const python = (files: Record<string, string>, handler: string): string | undefined =>
    reason(files, handler, FunctionRuntime.Python);

describe("finding a handler in the sources", () => {
    for (const handler of [
        "",
        "handler",
        ".handler",
        "a.",
        "a.b c",
        "../a.handler",
        "a//b.handler",
        "./a.handler",
        "a\\b.c",
    ]) {
        it(`refuses the name ${JSON.stringify(handler)}`, () => {
            assert.equal(
                node({ "a.js": "" }, handler),
                `is ${JSON.stringify(handler)}, which is not the name of a file without its ending, a dot and the name of a function, like "hello.handler"`,
            );
        });
    }

    it("refuses names in Python that cannot be imported", () => {
        assert.match(python({ "my-file.py": "" }, "my-file.handler") ?? "", /is not the name of a file/);
        assert.match(python({ "a/1b.py": "" }, "a/1b.handler") ?? "", /is not the name of a file/);
    });

    it("suggests the file that is nearly called so", () => {
        assert.equal(
            node({ "hello.js": "", "lib/x.js": "" }, "helo.handler"),
            'is "helo.handler", but the code holds no "helo.js" or "helo.mjs" or "helo.cjs"; did you mean "hello.handler"?',
        );
        assert.equal(
            python({ "main.py": "" }, "orders.handler"),
            'is "orders.handler", but the code holds no "orders.py"; there is "main.handler"',
        );
        assert.equal(node({}, "a.b"), 'is "a.b", but the code holds no "a.js" or "a.mjs" or "a.cjs"');
    });

    it("asks for compiled code where there is TypeScript only", () => {
        assert.match(
            node({ "hello.ts": "" }, "hello.handler") ?? "",
            /holds TypeScript only; compile it to "hello.js"/,
        );
    });
});

describe("finding a handler in a Node module", () => {
    const present: Record<string, string> = {
        "a.mjs": "export async function handler() {}",
        "b.mjs": "const h = 1; export { h as handler };",
        "c.mjs": "export * from './lib.mjs';",
        "d.mjs": "export { handler } from './lib.mjs';",
        "e.mjs": "import * as lib from './lib.mjs'; export default lib;",
        "f.cjs": "exports.handler = () => 1;",
        "g.cjs": "module.exports = { other: () => 1, handler: async () => 2 };",
        "h.cjs": "module.exports = require('./lib.cjs');",
        "i.cjs": "module.exports = makeHandlers();",
        "j.cjs": "for (const name of ['hand' + 'ler']) exports[name] = () => 1;",
        "k.cjs": "Object.assign(exports, require('./lib.cjs'));",
        "l.cjs": "module.exports = { ...require('./lib.cjs') };",
        "m.js": "export const handler = 1;",
        "n.js": "exports.handler = 1;",
        "o.cjs": "#!/usr/bin/env node\nexports.handler = 1;",
        "p.cjs": "class Api { handler() {} }\nmodule.exports = new Api();",
        "r.cjs": "module.exports = async () => 1;\nmodule.exports.handler = async () => 1;",
        "q.mjs": "export const { handler } = make();",
    };
    for (const [file, text] of Object.entries(present)) {
        it(`accepts ${text.replace("\n", " ")}`, () => {
            assert.equal(node({ [file]: text }, `${file[0]}.handler`), undefined);
        });
    }

    const absent: [file: string, text: string, hint: string][] = [
        ["a.mjs", "export const handle = 1;", '; did you mean "a.handle"?'],
        ["a.mjs", "export default async function handler() {}", '; there is "a.default"'],
        ["a.mjs", "export default (request) => 1;", '; there is "a.default"'],
        ["a.mjs", "console.log('handler');", ""],
        ["a.cjs", "exports.hello = () => 1;", '; there is "a.hello"'],
        ["a.cjs", "module.exports = async function handler() {};", '; there is "a.default"'],
        ["a.cjs", "module.exports = (handler) => handler;", '; there is "a.default"'],
        ["a.cjs", "const handle = 1;", ""],
    ];
    for (const [file, text, hint] of absent) {
        it(`refuses ${text}`, () => {
            assert.equal(node({ [file]: text }, "a.handler"), `is "a.handler", but "${file}" has no "handler"${hint}`);
        });
    }

    it("reads a .js file as its package.json says", () => {
        const text = "exports.handler = 1; // no ES module";
        assert.equal(node({ "a.js": text }, "a.handler"), undefined);
        assert.match(
            node({ "a.js": text, "package.json": '{"type":"module"}' }, "a.handler") ?? "",
            /has no "handler"/,
        );
        const nested = {
            "src/a.js": text,
            "src/package.json": '{"type":"commonjs"}',
            "package.json": '{"type":"module"}',
        };
        assert.equal(node(nested, "src/a.handler"), undefined);
    });

    it("tells where a CommonJS file cannot be parsed", () => {
        assert.equal(
            node({ "a.cjs": "exports.handler = () => {\n    return 1;\n);" }, "a.handler"),
            `is "a.handler", but "a.cjs:3" cannot be parsed: Unexpected token ')'`,
        );
    });
});

describe("finding a handler in a Python module", () => {
    const present = [
        "def handler(request, context):\n    pass",
        "async def handler(request, context):\n    pass",
        "handler = make()",
        "handler: Handler = make()",
        "class handler:\n    pass",
        "from lib import handler",
        "from lib import (\n    other,\n    handler,\n)",
        "from lib import *",
        "if True:\n    def handler(request, context):\n        pass",
        "other, handler = make()",
        "globals()['hand' + 'ler'] = 1",
        "def __getattr__(name):\n    return make()",
        "@decorated\ndef handler(request, context):\n    pass",
    ];
    for (const text of present) {
        it(`accepts ${JSON.stringify(text)}`, () => assert.equal(python({ "a.py": text }, "a.handler"), undefined));
    }

    it("refuses a module that never mentions it, and suggests", () => {
        const text =
            "import os\n\n\ndef handle(request, context):\n    return os.name\n\n\nprint('x')\nif os.name:\n    pass\n";
        assert.equal(
            python({ "a.py": text }, "a.handler"),
            'is "a.handler", but "a.py" has no "handler"; did you mean "a.handle"?',
        );
        assert.equal(python({ "a.py": "" }, "a.handler"), 'is "a.handler", but "a.py" has no "handler"');
        const others = "setup(name='x')\nfor x in y: pass\nNAME = 1\nasync def main(): pass\nwith a as b: pass\n";
        assert.equal(
            python({ "a.py": others }, "a.handler"),
            'is "a.handler", but "a.py" has no "handler"; there is "a.NAME", "a.main"',
        );
    });
});
