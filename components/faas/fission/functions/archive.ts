import { createHash } from "node:crypto";
import { FaasKind } from "../../../core/contracts";
import type { Fault } from "../../../core/errors";
import { nameLimits, physicalName } from "../../../core/names";
import { FunctionRuntime, HandlerContract, type ResolvedFunction, type SourceFile } from "../../function";
import { packagePortable, type PortableSecret, zipFiles } from "../../function/portable";

/** The largest archive that a Package holds itself (fission/fission v1.27.0, `ArchiveLiteralSizeLimit`). */
export const literalLimit = 256 * 1024;

/** A function's code as Fission loads it. */
export interface PackedCode {
    /** A zip in base64; equal code makes equal bytes. A text, since Outputs take a Buffer apart. */
    literal: string;
    /** Size of the zip. */
    bytes: number;
    /** What of it is called: the Function's `package.functionName`. */
    entry: string;
}

/** The variables that the portable handler's adapter sets, with every value known. */
export interface KnownVariables {
    environment: Record<string, string>;
    secrets: PortableSecret[];
}

/** Packs the code, for the portable contract together with its adapter. */
export function packCode(fn: ResolvedFunction, variables: KnownVariables): PackedCode {
    if (fn.contract === HandlerContract.Native) {
        return packed(fn.files, nativeEntry(fn));
    }
    const { files, entry } = packagePortable({
        runtime: fn.runtime!,
        platform: FaasKind.Fission,
        handler: fn.handler,
        files: fn.files,
        settings: {
            functionName: fn.functionName,
            namespace: fn.namespace,
            timeoutSeconds: fn.timeoutSeconds,
            ...variables,
        },
    });
    return packed(files, entry);
}

function packed(files: readonly SourceFile[], entry: string): PackedCode {
    const zip = zipFiles(files);
    return { literal: zip.toString("base64"), bytes: zip.length, entry };
}

/** Python names modules with dots, Node files with slashes. */
function nativeEntry({ runtime, handler }: ResolvedFunction): string {
    return runtime === FunctionRuntime.Python ? handler.replaceAll("/", ".") : handler;
}

/** What is wrong with the size of the packed code; nothing when it fits. */
export function sizeFaults(fn: ResolvedFunction, { bytes }: PackedCode): Fault[] {
    if (bytes <= literalLimit) {
        return [];
    }
    return [
        {
            propertyPath: fn.archive ? "archive" : "code",
            reason:
                `has ${bytes} bytes when packed, above the ${literalLimit} (256 KiB) that Fission keeps in a Package; ` +
                "leave out what is not needed to run, or build an image that listens by itself and give it as `image`, " +
                "or make a Package of type oci, or of type url with a sha256 checksum, and a Function for it yourself",
        },
    ];
}

/**
 * The name of a Package. It changes with the code and with everything else that new pods are needed for, since Fission
 * replaces the pods of a function when the name of its Package changes, not when the Package does
 * (fission/fission#2928).
 */
export function packageName(fn: ResolvedFunction, code: PackedCode, surroundings: unknown): string {
    const hash = createHash("sha256").update(JSON.stringify([code.literal, code.entry, surroundings ?? null]));
    return physicalName([fn.functionName, hash.digest("hex").slice(0, 10)], nameLimits.Deployment);
}
