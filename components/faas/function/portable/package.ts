import { FaasKind } from "../../../core/contracts";
import { FunctionRuntime } from "../args";
import type { SourceFile } from "../driver";
import { adapterFiles, adapterFolder } from "./adapter-files";
import { handlerFile, parseHandler } from "./handler-name";
import { defaultMaxBodyBytes, type PortableSettings } from "./settings";

/** What {@link packagePortable} takes. */
export interface PackagePortableArgs {
    runtime: FunctionRuntime;
    /** The platform whose convention the package follows. */
    platform: FaasKind;
    /** `file.function`, without the file's ending. */
    handler: string;
    /** The user's files. */
    files: readonly SourceFile[];
    settings: PortableSettings;
}

/** A function ready for a platform. */
export interface PortablePackage {
    /** The user's files, unchanged, and the adapter's in a folder of their own; sorted by path. */
    files: SourceFile[];
    /**
     * What the platform calls, in its own words.
     * Fission: the Function's `package.functionName`.
     */
    entry: string;
}

/** How one platform loads a function. */
interface Binding {
    /** The adapter's file for the platform, without its ending. */
    name: string;
    entry: Readonly<Record<FunctionRuntime, string>>;
    /** The directory in which `<namespace>/<secret>/<key>` lie as files. */
    secretsDirectory: string;
}

const bindings: Readonly<Partial<Record<FaasKind, Binding>>> = {
    [FaasKind.Fission]: {
        name: "fission",
        // node-env joins a name without a dot to the folder of the code and tries .js, .mjs and .cjs
        // (github.com/fission/environments, nodejs/server.js, node-env 1.35); python-env imports up to the last dot.
        entry: {
            [FunctionRuntime.Nodejs]: `${adapterFolder}/fission`,
            [FunctionRuntime.Python]: `${adapterFolder}.fission.main`,
        },
        // The fetcher writes them (github.com/fission/fission, pkg/fetcher/config, v1.27.0).
        secretsDirectory: "/secrets",
    },
};

/**
 * Environment variables that a Fission Environment sets for its server, so that it serves the portable contract.
 *
 * python-env chooses gevent by `WSGI_FRAMEWORK` (github.com/fission/environments, python/server.py, 1.35.0); its default,
 * bjoern 3.2.2, joins repeated header fields without a separator. Express answers its own errors with a stack trace
 * unless `NODE_ENV` is `production`.
 */
export const fissionServerEnvironment: Readonly<Record<FunctionRuntime, Readonly<Record<string, string>>>> = {
    [FunctionRuntime.Nodejs]: { NODE_ENV: "production" },
    [FunctionRuntime.Python]: { WSGI_FRAMEWORK: "GEVENT" },
};

/**
 * Puts the adapter for a platform beside a function's code. The same arguments make the same bytes, whatever their order.
 *
 * @example
 * ```ts
 * const { files, entry } = packagePortable({
 *     runtime: "nodejs",
 *     platform: "fission",
 *     handler: "hello.handler",
 *     files: [{ path: "hello.js", content: Buffer.from("exports.handler = () => 'Hello';") }],
 *     settings: { functionName: "hello", namespace: "functions", timeoutSeconds: 60 },
 * });
 * ```
 * @throws Error when the handler's file is missing, which {@link findHandler} reports in the user's words, or when the
 * platform has no adapter.
 */
export function packagePortable(args: PackagePortableArgs): PortablePackage {
    const binding = bindings[args.platform];
    if (!binding) {
        throw new Error(`There is no adapter of the portable handler for ${args.platform}.`);
    }
    const files = [...args.files, ...adapterFiles(args.runtime, binding.name), settingsFile(args, binding)];
    return { files: files.sort(byPath), entry: binding.entry[args.runtime] };
}

function settingsFile(args: PackagePortableArgs, binding: Binding): SourceFile {
    const { settings } = args;
    const directory = `${settings.secretsDirectory ?? binding.secretsDirectory}/${settings.namespace}`;
    const secrets = (settings.secrets ?? []).map(({ variable, secretName, key }) => ({
        variable,
        file: `${directory}/${secretName}/${key}`,
    }));
    const content = {
        functionName: settings.functionName,
        namespace: settings.namespace,
        handler: resolvedHandler(args),
        timeoutSeconds: settings.timeoutSeconds,
        maxBodyBytes: settings.maxBodyBytes ?? defaultMaxBodyBytes,
        environment: Object.fromEntries(Object.entries(settings.environment ?? {}).sort(byKey)),
        secrets: secrets.sort((left, right) => compare(left.variable, right.variable)),
    };
    return {
        path: `${adapterFolder}/settings.json`,
        content: Buffer.from(`${JSON.stringify(content, undefined, 4)}\n`),
    };
}

/** The file and function that a handler names. @throws Error when none of the files holds it */
export function resolvedHandler({
    files,
    handler,
    runtime,
}: Pick<PackagePortableArgs, "files" | "handler" | "runtime">): { file: string; functionName: string } {
    const name = parseHandler(handler, runtime);
    const file = name && handlerFile(files, name, runtime);
    if (!file) {
        throw new Error(`The handler "${handler}" is in none of the files.`);
    }
    return { file: file.path, functionName: name.functionName };
}

/** Orders files. */
export function byPath(left: SourceFile, right: SourceFile): number {
    return compare(left.path, right.path);
}

function byKey([left]: [string, string], [right]: [string, string]): number {
    return compare(left, right);
}

/** By code units, so that no locale has a say. */
export function compare(left: string, right: string): number {
    return left < right ? -1 : Number(left > right);
}
