import * as fs from "node:fs";
import * as path from "node:path";
import type { DatabaseEngine } from "../core/contracts";

/** Scripts lie beside the sources, which the compiled files are a folder deeper than. */
const sources = path.resolve(__dirname, "../../../components/database");

/** A script of an engine, or one that every engine uses. */
export function readScript(engine: DatabaseEngine | "backup", file: string): string {
    return fs.readFileSync(path.join(sources, engine, file), "utf8");
}
