/** The function's log: JSON lines on the standard output. python/log.py is its twin. */
import process from "node:process";
import type { HandlerLog } from "../contract.js";
import type { Settings } from "./settings.mjs";

/** Shorter values would mask half of every line. */
const shortestMasked = 6;

/** The log of one request. */
export function requestLog(settings: Settings, requestId: string): HandlerLog {
    const write = (level: string) => (message: string, fields?: Record<string, unknown>) =>
        writeLine(settings, level, message, { ...fields, requestId });
    return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Writes one line of the log, without the values of declared secrets. */
export function writeLine(settings: Settings, level: string, message: string, fields: Record<string, unknown>): void {
    process.stdout.write(logLine(settings, level, message, fields));
}

/** One line of the log, with its end. */
export function logLine(settings: Settings, level: string, message: string, fields: Record<string, unknown>): string {
    const { functionName, namespace } = settings;
    const own = { time: new Date().toISOString(), level, message, function: functionName, namespace };
    let line: string;
    try {
        line = JSON.stringify({ ...own, ...fields, ...own }, loggable);
    } catch {
        line = JSON.stringify({ ...own, requestId: fields.requestId, fields: "have no JSON form" });
    }
    return `${mask(line, settings)}\n`;
}

/** Errors and large integers have no JSON form of their own. */
function loggable(_key: string, value: unknown): unknown {
    if (value instanceof Error) {
        const { name, message, stack, cause } = value;
        return { name, message, stack, cause };
    }
    return typeof value === "bigint" ? String(value) : value;
}

/** Puts asterisks in the place of secrets, in the form that they have inside a JSON text. */
function mask(line: string, { secrets }: Settings): string {
    return secrets
        .map(({ variable }) => process.env[variable] ?? "")
        .filter((secret) => secret.length >= shortestMasked)
        .reduce((masked, secret) => masked.replaceAll(JSON.stringify(secret).slice(1, -1), "***"), line);
}
