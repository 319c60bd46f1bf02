/** What the packaging told the function about itself. python/settings.py is its twin. */
import { readFileSync } from "node:fs";

/** The content of settings.json, which the packaging writes. */
export interface Settings {
    functionName: string;
    namespace: string;
    handler: { file: string; functionName: string };
    timeoutSeconds: number;
    maxBodyBytes: number;
    /** Variables to set; a platform that sets its own leaves it empty. */
    environment: Record<string, string>;
    /** Secrets: in `file`, or, without one, already in the environment. */
    secrets: { variable: string; file?: string }[];
}

/** Reads settings.json. */
export function readSettings<S extends Settings>(file: URL): S {
    return JSON.parse(readFileSync(file, "utf8")) as S;
}
