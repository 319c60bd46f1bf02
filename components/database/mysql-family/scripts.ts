import type { DatabaseEngine } from "../../core/contracts";
import { readScript } from "../scripts";

/** What a script of the family needs before it. */
const parts: Readonly<Record<string, readonly string[]>> = {
    "prepare.sh": ["server.sh", "prepare.sh"],
    "access.sh": ["access.sh"],
    "dump.sh": ["server.sh", "manifest.sh", "dump.sh"],
    "restore.sh": ["server.sh", "manifest.sh", "restore.sh"],
    "verify.sh": ["server.sh", "manifest.sh", "verify.sh"],
};

/** A script of the family for one engine: what this does its own way, then what both do alike. */
export function familyScript(engine: DatabaseEngine, file: string): string {
    return [readScript(engine, "engine.sh"), ...parts[file]!.map((part) => readScript("mysql-family", part))].join(
        "\n",
    );
}
