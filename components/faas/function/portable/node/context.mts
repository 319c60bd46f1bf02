/** Where and for how long a function runs, and what it was given. Part of python/core.py is its twin. */
import process from "node:process";
import type { HandlerContext } from "../contract.js";
import { requestLog } from "./log.mjs";
import type { Settings } from "./settings.mjs";

/** The context of one request. */
export function portableContext(settings: Settings, requestId: string, deadline: Date): HandlerContext {
    const { functionName, namespace, environment } = settings;
    return Object.freeze({
        functionName,
        namespace,
        requestId,
        deadline,
        remainingMilliseconds: () => Math.max(0, deadline.getTime() - Date.now()),
        environment: Object.freeze({ ...environment }),
        secret: (variable: string) => secretOf(settings, variable),
        log: requestLog(settings, requestId),
    });
}

function secretOf({ secrets }: Settings, variable: string): string {
    const names = secrets.map((secret) => secret.variable);
    if (!names.includes(variable)) {
        const declared = names.join(", ") || "none";
        throw new Error(`The function declares no secret "${variable}"; it declares ${declared}.`);
    }
    return process.env[variable] ?? "";
}
