import * as pulumi from "@pulumi/pulumi";
import type { NumberLimits } from "./checks";

const longestShown = 80;

/** Whether a value is known now: neither missing nor an Output (which may be unknown or secret) nor a promise. */
export function isPlain(value: unknown): boolean {
    if (value === undefined || value === null || pulumi.Output.isInstance(value)) {
        return false;
    }
    return typeof (value as { then?: unknown }).then !== "function";
}

/** A value as a message shows it: quoted, on one line, not too long. */
export function show(value: unknown): string {
    if (typeof value === "number" || typeof value === "bigint") {
        return String(value);
    }
    const text = JSON.stringify(value) ?? String(value);
    return text.length > longestShown ? `${text.slice(0, longestShown)}...` : text;
}

/** The kind of a value, with its article. */
export function describeType(value: unknown): string {
    if (Array.isArray(value)) {
        return "a list";
    }
    const names: Record<string, string> = { string: "a text", object: "a map", boolean: "a boolean" };
    return names[typeof value] ?? `a ${typeof value}`;
}

/** The range that limits leave, beginning with a space, or nothing without limits. */
export function describeRange({ minimum, maximum }: NumberLimits): string {
    if (minimum !== undefined && maximum !== undefined) {
        return ` from ${minimum} to ${maximum}`;
    }
    if (minimum !== undefined) {
        return ` ${minimum} or more`;
    }
    return maximum !== undefined ? ` ${maximum} or less` : "";
}

/** `prefix.path`, where either may be empty and an index needs no dot. */
export function joinPath(prefix: string, path: string): string {
    return prefix === "" || path === "" || path.startsWith("[") ? prefix + path : `${prefix}.${path}`;
}

/** The key of a map as part of a property path: `name`, or `["key.with/others"]`. */
export function elementPath(key: string): string {
    return /^[A-Za-z_$][\w$]*$/.test(key) ? key : `[${JSON.stringify(key)}]`;
}
