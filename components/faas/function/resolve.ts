import type { Fault } from "../../core/errors";
import { FunctionRuntime, HandlerContract, type FaasFunctionArgs } from "./args";
import type { ResolvedFunction, SourceFile } from "./driver";
import { functionDriver } from "./drivers";
import { dependencyFaults } from "./dependencies";
import { findHandler, readSource } from "./portable";
import { validateFunction } from "./validate";

/** The handler of code that names none. */
const defaultHandler = "handler.handler";

/** A function with its defaults and its sources, and everything that is wrong with it. Registers nothing. */
export function resolveFunction(name: string, args: FaasFunctionArgs): { fn: ResolvedFunction; faults: Fault[] } {
    const { files, faults } = readCode(args);
    const fn: ResolvedFunction = {
        ...args,
        functionName: args.functionName ?? name,
        namespace: args.namespace ?? args.platform.functionNamespaces[0]!,
        contract: args.contract ?? HandlerContract.Portable,
        handler: args.handler ?? defaultHandler,
        timeoutSeconds: args.timeoutSeconds ?? 60,
        port: args.port ?? 8080,
        files,
    };
    const found = [...validateFunction(name, args), ...faults, ...dependencyFaults(fn)];
    // A platform's own rules may rely on arguments that are right by themselves.
    return { fn, faults: found.length > 0 ? found : functionDriver(args.platform.kind).validate(fn) };
}

/**
 * What is wrong with the arguments of a `FaasFunction`, its code and its platform's rules included; empty when nothing
 * is. Reads the code, registers nothing.
 */
export function validateFaasFunction(name: string, args: FaasFunctionArgs): Fault[] {
    return resolveFunction(name, args).faults;
}

/** The source files, and what is wrong with them; none for an image, or without a known language to read them in. */
function readCode(args: FaasFunctionArgs): { files: SourceFile[]; faults: Fault[] } {
    const { runtime, handler = defaultHandler, code, archive } = args;
    if (!Object.values(FunctionRuntime).includes(runtime!) || (code === undefined && archive === undefined)) {
        return { files: [], faults: [] };
    }
    const source = readSource({ code, archive, handler, runtime: runtime! });
    const readable = source.faults.length === 0 && args.contract !== HandlerContract.Native;
    return { files: source.files, faults: readable ? findHandler(source.files, handler, runtime!) : source.faults };
}
