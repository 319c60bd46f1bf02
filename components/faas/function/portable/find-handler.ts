import type { Fault } from "../../../core/errors";
import { suggest } from "../../../core/validation";
import { FunctionRuntime } from "../args";
import type { SourceFile } from "../driver";
import { type HandlerName, handlerFile, parseHandler, sourceEndings } from "./handler-name";
import { nodeExports } from "./node-exports";
import type { Offered } from "./offered";
import { pythonDefinitions } from "./python-definitions";

/**
 * What is wrong with a handler's name, as far as the sources tell without being run: its form, its file, its function.
 * Nothing is reported that might work.
 */
export function findHandler(files: readonly SourceFile[], handler: string, runtime: FunctionRuntime): Fault[] {
    const reason = problemOf(files, handler, runtime);
    return reason === undefined
        ? []
        : [{ propertyPath: "handler", reason: `is ${JSON.stringify(handler)}, ${reason}` }];
}

function problemOf(files: readonly SourceFile[], handler: string, runtime: FunctionRuntime): string | undefined {
    const name = parseHandler(handler, runtime);
    if (!name) {
        return 'which is not the name of a file without its ending, a dot and the name of a function, like "hello.handler"';
    }
    const file = handlerFile(files, name, runtime);
    if (!file) {
        return problemOfFile(files, name, runtime);
    }
    const offered =
        runtime === FunctionRuntime.Nodejs ? nodeExports(file, files) : pythonDefinitions(file.content.toString());
    return offered.problem === undefined ? problemOfFunction(file, name, offered) : offered.problem;
}

function problemOfFile(
    files: readonly SourceFile[],
    { file, functionName }: HandlerName,
    runtime: FunctionRuntime,
): string {
    const endings = sourceEndings[runtime];
    const wanted = endings.map((ending) => JSON.stringify(file + ending)).join(" or ");
    if (files.some(({ path }) => path === `${file}.ts` || path === `${file}.mts`)) {
        return `but the code holds TypeScript only; compile it to ${wanted} first`;
    }
    const candidates = files
        .map(({ path }) => ({ path, ending: endings.find((ending) => path.endsWith(ending)) }))
        .flatMap(({ path, ending }) => (ending ? [path.slice(0, -ending.length)] : []));
    return `but the code holds no ${wanted}${listed(
        `${file}.${functionName}`,
        candidates.map((each) => `${each}.${functionName}`),
    )}`;
}

function problemOfFunction(file: SourceFile, { functionName }: HandlerName, offered: Offered): string | undefined {
    if (offered.names.includes(functionName) || offered.mayOffer(functionName)) {
        return undefined;
    }
    const prefix = file.path.slice(0, file.path.lastIndexOf("."));
    const candidates = offered.names.map((name) => `${prefix}.${name}`);
    return `but "${file.path}" has no "${functionName}"${listed(`${prefix}.${functionName}`, candidates)}`;
}

/** The way out: the nearest of the candidates, or all when there are few. */
function listed(wanted: string, candidates: readonly string[]): string {
    const meant = suggest(wanted, candidates);
    if (meant) {
        return `; did you mean ${JSON.stringify(meant)}?`;
    }
    const some = candidates.slice(0, 5).map((candidate) => JSON.stringify(candidate));
    return some.length > 0 ? `; there is ${some.join(", ")}` : "";
}
