import * as path from "node:path";
import { type BuildFailure, buildSync } from "esbuild";
import type { Fault } from "../../components";
import { root } from "../stack-file";

/** A source file with everything that it imports. */
export interface Bundle {
    /** Empty when something is wrong. */
    text: string;
    faults: Fault[];
}

/**
 * Packs a source file and everything that it imports, the packages that the checkout has among them, into one text that
 * needs nothing but Node. The same sources give the same text.
 *
 * @param file its absolute path
 * @param functionName what of it is called, which the text offers under the same name
 */
export function bundle(file: string, functionName: string): Bundle {
    try {
        const { outputFiles } = buildSync({
            // An entry of CommonJS would offer nothing by name.
            stdin: {
                contents: `export { ${functionName} } from ${JSON.stringify(`./${path.basename(file)}`)};`,
                resolveDir: path.dirname(file),
            },
            absWorkingDir: root,
            bundle: true,
            format: "cjs",
            logLevel: "silent",
            minify: true,
            keepNames: true,
            platform: "node",
            // The oldest that the images of functions have.
            target: "node22",
            write: false,
        });
        return { text: outputFiles[0]!.text, faults: [] };
    } catch (error) {
        return { text: "", faults: faultsOf(error as BuildFailure) };
    }
}

function faultsOf({ errors }: BuildFailure): Fault[] {
    return errors.map(({ text, location }) => ({
        propertyPath: "code",
        reason: `can't be bundled: ${location ? `${location.file}:${location.line}: ` : ""}${text}`,
    }));
}
