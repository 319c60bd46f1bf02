import * as fs from "node:fs";
import * as path from "node:path";
import { SandboxError } from "../tools/error";

/** A file that a function finds in its pod. */
export interface PodFile {
    /** Relative to its folder. */
    path: string;
    content: Uint8Array;
}

/** Writes files below a folder, readable by nobody else. @throws SandboxError when one of them would lie outside of it. */
export function writeFiles(folder: string, files: readonly PodFile[]): void {
    for (const { path: name, content } of files) {
        const file = path.join(folder, name);
        if (!file.startsWith(folder + path.sep)) {
            throw new SandboxError(`the function has a file outside of its folder: ${name}`);
        }
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content, { mode: 0o600 });
    }
}
