import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { ArgumentsError, type Fault } from "../../components/core/errors";
import { suggest } from "../../components/core/validation";
import { type Configuration, configurationSchema } from "./schema";

/** The configuration of the running program. @throws {@link ArgumentsError} with everything that is wrong. */
export function readConfiguration(): Configuration {
    const project = pulumi.getProject();
    const values: Record<string, unknown> = {};
    const faults: Fault[] = [];
    for (const [fullKey, text] of Object.entries(pulumi.runtime.allConfig())) {
        const [namespace, ...rest] = fullKey.split(":");
        const key = rest.join(":");
        if (namespace !== project) {
            continue;
        }
        if (!isSecret(fullKey)) {
            values[key] = parseValue(text);
        } else if (key in configurationSchema.shape) {
            faults.push({ propertyPath: key, reason: nestedSecret });
        }
    }
    const result = checkConfiguration(values);
    faults.push(...result.faults);
    if (!result.configuration || faults.length > 0) {
        throw new ArgumentsError(`Configuration of stack ${pulumi.getStack()}`, faults);
    }
    return result.configuration;
}

const nestedSecret =
    "holds a `secure:` value; keep structured configuration readable, put the secret under a key of its own " +
    "(pulumi config set --secret NAME) and name that key where it is used";

/** The SDK knows which keys are secret, and has no public name for it. */
function isSecret(fullKey: string): boolean {
    return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(fullKey);
}

/** The engine hands over structured values as JSON and everything else as text. */
function parseValue(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

/** Checks plain values against the schema: the configuration, or everything that is wrong with it. */
export function checkConfiguration(values: unknown): { configuration?: Configuration; faults: Fault[] } {
    const result = configurationSchema.safeParse(values);
    return result.success
        ? { configuration: result.data, faults: [] }
        : { faults: result.error.issues.flatMap((issue) => describeIssue(issue, values)) };
}

function describeIssue(issue: z.core.$ZodIssue, values: unknown): Fault[] {
    const path = issue.path;
    const value = valueAt(values, path);
    switch (issue.code) {
        case "unrecognized_keys":
            return issue.keys.map((key) => unknownKey([...path, key], knownKeys(path)));
        case "invalid_value":
            return [{ propertyPath: showPath(path), reason: notOneOf(value, issue.values.map(String)) }];
        case "invalid_type":
            return [{ propertyPath: showPath(path), reason: wrongType(value, issue.expected) }];
        default:
            return [{ propertyPath: showPath(path), reason: `is ${JSON.stringify(value)}: ${issue.message}` }];
    }
}

/** `functions.hello.routes[0]`. */
function showPath(path: readonly PropertyKey[]): string {
    return path
        .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
        .join("")
        .slice(1);
}

function unknownKey(path: readonly PropertyKey[], known: string[]): Fault {
    const meant = suggest(String(path.at(-1)), known);
    return {
        propertyPath: showPath(path),
        reason: `is not a known key; ${meant ? `did you mean ${meant}?` : `there are ${known.join(", ")}`}`,
    };
}

function notOneOf(value: unknown, allowed: string[]): string {
    if (value === undefined) {
        return `is missing; give one of ${allowed.join(", ")}`;
    }
    const meant = typeof value === "string" ? suggest(value, allowed) : undefined;
    return `is ${JSON.stringify(value)}; ${meant ? `did you mean ${meant}?` : "it may be"} (${allowed.join(", ")})`;
}

function wrongType(value: unknown, expected: string): string {
    return value === undefined
        ? `is missing; give ${article(expected)}`
        : `is ${JSON.stringify(value)}, and must be ${article(expected)}`;
}

function article(type: string): string {
    const names: Record<string, string> = { record: "a map", object: "a map", array: "a list" };
    return names[type] ?? `a ${type}`;
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
    return path.reduce<unknown>(
        (value, key) =>
            value === null || value === undefined ? undefined : (value as Record<PropertyKey, unknown>)[key],
        values,
    );
}

/** The keys that the schema knows at a path. */
function knownKeys(path: readonly PropertyKey[]): string[] {
    let schema: z.core.$ZodType = configurationSchema;
    for (const key of path) {
        schema = unwrap(schema);
        if (schema instanceof z.ZodObject) {
            schema = (schema.shape as Record<PropertyKey, z.core.$ZodType>)[key]!;
        } else if (schema instanceof z.ZodRecord) {
            schema = schema.valueType;
        } else if (schema instanceof z.ZodArray) {
            schema = schema.element;
        }
    }
    schema = unwrap(schema);
    return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
    return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrap(schema.unwrap()) : schema;
}
