import * as fs from "node:fs";
import * as path from "node:path";
import { FunctionRuntime } from "../args";
import type { SourceFile } from "../driver";

/** The folder beside the user's code that holds our adapter; no file of the user's may lie in it. */
export const adapterFolder = "kubernetes_faas_adapter";

/** Where the compiled modules of the Node adapter lie. */
const nodeFolder = path.join(__dirname, "node");

/** Python is not compiled, so its files lie among the sources, in the checkout as in the published package. */
const pythonFolder = path.join(__dirname, "../../../../..", "components/faas/function/portable/python");

/** The adapter's files for a platform: the core that all platforms share, and the platform's binding. */
export function adapterFiles(runtime: FunctionRuntime, binding: string): SourceFile[] {
    return runtime === FunctionRuntime.Nodejs
        ? ["answer.mjs", "core.mjs", `${binding}.mjs`].map((name) => adapterFile(nodeFolder, name))
        : ["__init__.py", "answer.py", "core.py", `${binding}.py`].map((name) => adapterFile(pythonFolder, name));
}

function adapterFile(folder: string, name: string): SourceFile {
    const text = fs.readFileSync(path.join(folder, name), "utf8");
    return { path: `${adapterFolder}/${name}`, content: Buffer.from(withoutSourceMap(text)) };
}

/** The map itself is not packaged, so the line that names it would only make debuggers complain. */
function withoutSourceMap(text: string): string {
    return text.replace(/^\/\/# sourceMappingURL=.*\n?/m, "");
}
