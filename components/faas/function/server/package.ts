import * as path from "node:path";
import { FunctionRuntime } from "../args";
import type { SourceFile } from "../driver";
import { adapterFolder, coreFiles, packedFile } from "../portable/adapter-files";
import { byPath, compare, resolvedHandler } from "../portable/package";
import { defaultMaxBodyBytes } from "../portable/settings";
import {
    defaultHealthPaths,
    livePath,
    metricsPath,
    ServerContract,
    serverDefaults,
    serverPort,
    type ServerSettings,
} from "./settings";

/** What {@link packageServer} takes. */
export interface PackageServerArgs {
    runtime: FunctionRuntime;
    /** The signature of the user's code. */
    contract: ServerContract;
    /** `file.function`, without the file's ending. For Funktion `file.default` is the module itself. */
    handler: string;
    /** The user's files. */
    files: readonly SourceFile[];
    settings: ServerSettings;
}

/** A function with its server, ready for a language's stock image. */
export interface ServerPackage {
    /** The user's files, unchanged, and the server's in a folder of their own; sorted by path. */
    files: SourceFile[];
    /** What starts the server, with the files in {@link functionDirectory}; elsewhere replace that prefix. */
    command: string[];
}

/**
 * Where the files of a package are mounted. The folder above holds what is installed: `/function/node_modules`, which
 * Node finds from there, and `/function/packages`, which the server adds to Python's path.
 */
export const functionDirectory = "/function/code";

/** The server's modules; each language has a folder of this name. */
const serverModules: Readonly<Record<FunctionRuntime, readonly string[]>> = {
    [FunctionRuntime.Nodejs]: [
        "call",
        "contract",
        "cors",
        "express",
        "funktion",
        "gate",
        "kubeless",
        "lifecycle",
        "main",
        "metrics",
        "paths",
        "server",
        "settings",
    ],
    [FunctionRuntime.Python]: [
        "call",
        "contract",
        "cors",
        "exchange",
        "funktion",
        "gate",
        "http1",
        "kubeless",
        "lifecycle",
        "loop",
        "main",
        "metrics",
        "paths",
        "run",
        "server",
        "settings",
    ],
};

/** Python is told to write no bytecode: a mounted ConfigMap takes none. */
const interpreters: Readonly<Record<FunctionRuntime, readonly string[]>> = {
    [FunctionRuntime.Nodejs]: ["node"],
    [FunctionRuntime.Python]: ["python3", "-B"],
};

/** The packed folders mirror those of the sources, so that imports between them hold in both. */
const folders: Readonly<Record<FunctionRuntime, string>> = {
    [FunctionRuntime.Nodejs]: "node",
    [FunctionRuntime.Python]: "python",
};

/** Python is not compiled, so its files lie among the sources, in the checkout as in the published package. */
const sourceFolders: Readonly<Record<FunctionRuntime, string>> = {
    [FunctionRuntime.Nodejs]: path.join(__dirname, "node"),
    [FunctionRuntime.Python]: path.join(__dirname, "../../../../..", "components/faas/function/server/python"),
};

/**
 * Puts the function server beside the user's code, for platforms that run a stock language image with the files mounted
 * (docs/function-server.md). The same arguments give the same bytes.
 *
 * @example
 * ```ts
 * const { files, command } = packageServer({
 *     runtime: "nodejs",
 *     contract: "portable",
 *     handler: "hello.handler",
 *     files: [{ path: "hello.js", content: Buffer.from("exports.handler = () => 'Hello';") }],
 *     settings: { functionName: "hello", namespace: "functions", timeoutSeconds: 60 },
 * });
 * ```
 * @throws Error when the handler's file is missing, which `findHandler` reports in the user's words
 */
export function packageServer(args: PackageServerArgs): ServerPackage {
    const { runtime } = args;
    const folder = folders[runtime];
    const target = `${adapterFolder}/server/${folder}`;
    const ending = runtime === FunctionRuntime.Nodejs ? "mjs" : "py";
    const own = serverModules[runtime].map((name) => packedFile(sourceFolders[runtime], `${name}.${ending}`, target));
    const core = coreFiles(runtime, `${adapterFolder}/portable/${folder}`);
    return {
        files: [...args.files, ...core, ...own, settingsFile(args)].sort(byPath),
        command: [...interpreters[runtime], `${functionDirectory}/${target}/main.${ending}`],
    };
}

function settingsFile(args: PackageServerArgs): SourceFile {
    const { contract, settings } = args;
    const content = {
        contract,
        functionName: settings.functionName,
        namespace: settings.namespace,
        handler: resolvedHandler(args),
        timeoutSeconds: settings.timeoutSeconds,
        maxBodyBytes: settings.maxBodyBytes ?? defaultMaxBodyBytes,
        variables: [...(settings.variables ?? [])].sort(compare),
        environment: {},
        secrets: [...(settings.secrets ?? [])].sort(compare).map((variable) => ({ variable })),
        port: settings.port ?? serverPort(contract),
        healthPaths: settings.healthPaths ?? defaultHealthPaths(contract),
        livePath,
        metricsPath: metricsPath(contract),
        routes: settings.routes ?? [],
        concurrency: settings.concurrency ?? serverDefaults.concurrency,
        drainSeconds: settings.drainSeconds ?? serverDefaults.drainSeconds,
        headerSeconds: settings.headerSeconds ?? serverDefaults.headerSeconds,
        requestSeconds: settings.requestSeconds ?? serverDefaults.requestSeconds,
        corsOrigins: settings.corsOrigins ?? [],
    };
    return {
        path: `${adapterFolder}/settings.json`,
        content: Buffer.from(`${JSON.stringify(content, undefined, 4)}\n`),
    };
}
