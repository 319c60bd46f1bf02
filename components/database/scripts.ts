import * as fs from "node:fs";
import * as path from "node:path";
import type { DatabaseEngine } from "../core/contracts";

/** Scripts lie beside the sources, which the compiled files are a folder deeper than. */
const sources = path.resolve(__dirname, "../../../components/database");

/** A script of an engine, or one that several engines use. */
export function readScript(folder: DatabaseEngine | "backup" | "mysql-family" | "shared", file: string): string {
    return fs.readFileSync(path.join(sources, folder, file), "utf8");
}

/** The `prepare.sh` of an engine whose data has a note of its version. */
export function notingPrepare(engine: DatabaseEngine): string {
    return [readScript("shared", "version-note.sh"), readScript(engine, "prepare.sh")].join("\n");
}
