/** What the server is told: by settings.json, which the packaging writes, and by the environment. */
import process from "node:process";
import { readSettings, type Settings } from "../../portable/node/settings.mjs";

/** The content of settings.json. */
export interface FunctionServerSettings extends Settings {
    contract: "portable" | "kubeless" | "funktion";
    /** Names of the variables of `environment`, whose values are the container's. */
    variables: string[];
    host: string | undefined;
    port: number;
    healthPaths: string[];
    livePath: string;
    metricsPath: string;
    routes: string[];
    concurrency: number;
    drainSeconds: number;
    headerSeconds: number;
    requestSeconds: number;
    corsOrigins: string[];
}

/** Whole seconds, ports: what the environment may say instead of the file. @throws Error for anything else */
function numberFrom(variable: string, otherwise: number): number {
    const text = process.env[variable];
    if (text === undefined || text === "") {
        return otherwise;
    }
    if (!/^\d{1,9}$/.test(text)) {
        throw new Error(`${variable} is ${JSON.stringify(text)}, which is not a whole number; give digits or unset it`);
    }
    return Number(text);
}

/**
 * Reads settings.json and what the environment overrides. Declared variables that are not set are left out of the
 * function's environment.
 */
export function readServerSettings(file: URL): FunctionServerSettings {
    const settings = readSettings<FunctionServerSettings>(file);
    const isKubeless = settings.contract === "kubeless";
    const set = settings.variables.filter((name) => process.env[name] !== undefined);
    return {
        ...settings,
        environment: Object.fromEntries(set.map((name) => [name, process.env[name]!])),
        host: process.env.KUBERNETES_FAAS_HOST,
        port: numberFrom("KUBERNETES_FAAS_PORT", isKubeless ? numberFrom("FUNC_PORT", settings.port) : settings.port),
        timeoutSeconds: isKubeless ? numberFrom("FUNC_TIMEOUT", settings.timeoutSeconds) : settings.timeoutSeconds,
    };
}

/** @throws Error when a declared secret is not in the environment */
export function checkSecrets({ secrets }: Settings): void {
    const missing = secrets.map(({ variable }) => variable).filter((name) => process.env[name] === undefined);
    if (missing.length > 0) {
        throw new Error(`The environment lacks the declared ${missing.join(", ")}; set each, or declare it no more.`);
    }
}
