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

/** What every platform's adapter is built on. */
const coreModules: Readonly<Record<FunctionRuntime, readonly string[]>> = {
    [FunctionRuntime.Nodejs]: ["answer", "context", "core", "log", "request", "settings", "stream", "transport"],
    [FunctionRuntime.Python]: ["__init__", "answer", "context", "core", "log", "request", "stream"],
};

/** The adapter's files for a platform: the core that all platforms share, and the platform's binding. */
export function adapterFiles(runtime: FunctionRuntime, binding: string): SourceFile[] {
    return coreFiles(runtime, adapterFolder, runtime === FunctionRuntime.Python ? ["wsgi", binding] : [binding]);
}

/** The core, and modules beside it, for a folder of a package. */
export function coreFiles(runtime: FunctionRuntime, target: string, others: readonly string[] = []): SourceFile[] {
    const names = [...coreModules[runtime], ...others];
    return runtime === FunctionRuntime.Nodejs
        ? names.map((name) => packedFile(nodeFolder, `${name}.mjs`, target))
        : names.map((name) => packedFile(pythonFolder, `${name}.py`, target));
}

/** A file of ours as it goes into a package. */
export function packedFile(folder: string, name: string, target: string): SourceFile {
    const text = fs.readFileSync(path.join(folder, name), "utf8");
    return { path: `${target}/${name}`, content: Buffer.from(withoutSourceMap(text)) };
}

/** The map itself is not packaged, so the line that names it would only make debuggers complain. */
function withoutSourceMap(text: string): string {
    return text.replace(/^\/\/# sourceMappingURL=.*\n?/m, "");
}
