import { esModuleLexer } from "../../../core/lazy-modules";
import { FunctionRuntime } from "../args";
import type { SourceFile } from "../driver";

/** A handler's name in parts. */
export interface HandlerName {
    /** Path of the file without its ending: `hello`, `orders/create`. */
    file: string;
    /** Name of the exported function. */
    functionName: string;
}

/** Endings of the files that can hold a handler; the first is the one for code given as text. */
export const sourceEndings: Readonly<Record<FunctionRuntime, readonly string[]>> = {
    [FunctionRuntime.Nodejs]: [".js", ".mjs", ".cjs"],
    [FunctionRuntime.Python]: [".py"],
};

const identifier = {
    [FunctionRuntime.Nodejs]: /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u,
    [FunctionRuntime.Python]: /^[\p{ID_Start}_]\p{ID_Continue}*$/u,
};

/** The parts of `file.function`, or nothing when it has another form. In Python every part of the path must be a name. */
export function parseHandler(handler: string, runtime: FunctionRuntime): HandlerName | undefined {
    const dot = handler.lastIndexOf(".");
    const file = handler.slice(0, dot);
    const functionName = handler.slice(dot + 1);
    const segments = file.split("/");
    const good =
        dot > 0 &&
        identifier[runtime].test(functionName) &&
        segments.every((segment) => goodSegment(segment, runtime)) &&
        !file.includes("\\");
    return good ? { file, functionName } : undefined;
}

function goodSegment(segment: string, runtime: FunctionRuntime): boolean {
    if (runtime === FunctionRuntime.Python) {
        return identifier[runtime].test(segment);
    }
    return segment !== "" && segment !== "." && segment !== "..";
}

/** The file that a handler names, or nothing when the sources do not hold it. */
export function handlerFile(
    files: readonly SourceFile[],
    { file }: HandlerName,
    runtime: FunctionRuntime,
): SourceFile | undefined {
    for (const ending of sourceEndings[runtime]) {
        const found = files.find(({ path }) => path === file + ending);
        if (found) {
            return found;
        }
    }
    return undefined;
}

/**
 * The ending for code that is given as text. A Node module that uses `import` or `export` says so by its ending, so that
 * Node need not guess.
 */
export function textEnding(text: string, runtime: FunctionRuntime): string {
    return runtime === FunctionRuntime.Nodejs && hasModuleSyntax(text) ? ".mjs" : sourceEndings[runtime][0]!;
}

/** Whether JavaScript uses `import` or `export`; not when it cannot be read. */
export function hasModuleSyntax(text: string): boolean {
    try {
        return esModuleLexer.parse(text)[3];
    } catch {
        return false;
    }
}
