import { createHash } from "node:crypto";
import type { Fault } from "../../../core/errors";
import type { ResolvedFunction, SourceFile } from "../driver";
import { packageServer, type ServerPackage } from "../server";
import { directoryVariable, fileBindings, functionSecrets } from "../variables";
import type { FunctionWorkloadShape } from "./args";

/** The most that a ConfigMap holds. https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const configMapLimit = 1024 * 1024;

/** A function's files as a ConfigMap holds them, whose keys cannot have folders. */
export interface CodeConfig {
    /** Texts by key. */
    data: Record<string, string>;
    /** All else by key, in base64. */
    binaryData: Record<string, string>;
    /** The path of each key's file, for the volume that shows them. */
    paths: Record<string, string>;
}

/** Seconds for the last calls of a pod that is to end: as long as any call may take. */
export function drainSeconds({ timeoutSeconds }: ResolvedFunction): number {
    return timeoutSeconds;
}

/** The function's code with our server. */
export function packFunction(fn: ResolvedFunction, shape: FunctionWorkloadShape): ServerPackage {
    return packageServer({
        runtime: fn.runtime!,
        contract: shape.contract,
        handler: fn.handler,
        files: fn.files,
        settings: {
            functionName: fn.functionName,
            namespace: fn.namespace,
            timeoutSeconds: fn.timeoutSeconds,
            port: shape.port,
            healthPaths: shape.healthPaths,
            routes: (fn.routes ?? []).map(({ path }) => path),
            variables: [...Object.keys(fn.environment ?? {}), ...fileBindings(fn).map(directoryVariable)],
            secrets: functionSecrets(fn).map(({ variable }) => variable),
            drainSeconds: drainSeconds(fn),
        },
    });
}

/** The files as a ConfigMap. Equal files make an equal one. */
export function codeConfig(files: readonly SourceFile[]): CodeConfig {
    const config: CodeConfig = { data: {}, binaryData: {}, paths: {} };
    for (const { path, content } of files) {
        const key = keyOf(path);
        config.paths[key] = path;
        const text = content.toString("utf8");
        if (Buffer.from(text).equals(content)) {
            config.data[key] = text;
        } else {
            config.binaryData[key] = content.toString("base64");
        }
    }
    return config;
}

/** The path, as far as a key may look like it; a hash keeps two paths apart that then look the same. */
function keyOf(path: string): string {
    if (/^[-._a-zA-Z0-9]{1,200}$/.test(path)) {
        return path;
    }
    const hash = createHash("sha256").update(path).digest("hex").slice(0, 8);
    return `${path.slice(-200).replace(/[^-._a-zA-Z0-9]/g, "_")}-${hash}`;
}

/** What is wrong with the size of the packed code; nothing when it fits. */
export function codeSizeFaults(fn: ResolvedFunction, { files }: ServerPackage): Fault[] {
    const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
    if (bytes <= configMapLimit) {
        return [];
    }
    const own = fn.files.reduce((sum, { content }) => sum + content.length, 0);
    return [
        {
            propertyPath: fn.archive ? "archive" : "code",
            reason:
                `has ${own} bytes, and ${bytes} with the server that runs it, above the ${configMapLimit} (1 MiB) that a ` +
                "ConfigMap holds; leave out what is not needed to run, have packages installed by `dependencies`, " +
                "or build an image that listens by itself and give it as `image`",
        },
    ];
}
