import { z } from "zod";
import type { Fault } from "../../components/core/errors";
import { suggest } from "../../components/core/validation";

/** What the schema finds wrong with values, in words that name the value and the fix. */
export function describeIssue(schema: z.ZodType, issue: z.core.$ZodIssue, values: unknown): Fault[] {
    const path = issue.path;
    const value = valueAt(values, path);
    switch (issue.code) {
        case "unrecognized_keys":
            return issue.keys.map((key) => unknownKey([...path, key], knownKeys(schema, values, path)));
        case "invalid_value":
            return [{ propertyPath: showPath(path), reason: notOneOf(value, issue.values.map(String)) }];
        case "invalid_union":
            return [{ propertyPath: showPath(path), reason: notOneOf(value, choices(schema, values, path)) }];
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
function knownKeys(schema: z.core.$ZodType, values: unknown, path: readonly PropertyKey[]): string[] {
    const found = schemaAt(schema, values, path);
    return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** What may stand at the path of the key by which the alternatives of a union differ. */
function choices(schema: z.core.$ZodType, values: unknown, path: readonly PropertyKey[]): string[] {
    const union = unwrap(parentAt(schema, values, path));
    return union instanceof z.ZodDiscriminatedUnion ? alternatives(union).map(([name]) => name) : [];
}

/** The schema at a path, one alternative of a union by the value that says which. */
function schemaAt(schema: z.core.$ZodType, values: unknown, path: readonly PropertyKey[]): z.core.$ZodType {
    const found = path.length === 0 ? schema : childOf(parentAt(schema, values, path), path.at(-1)!);
    return alternativeOf(found, valueAt(values, path));
}

/** The schema itself, or of a union the alternative that a value is of. */
export function alternativeOf(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
    const found = unwrap(schema);
    if (!(found instanceof z.ZodDiscriminatedUnion)) {
        return found;
    }
    const chosen = valueAt(value, [found.def.discriminator]);
    return alternatives(found).find(([name]) => name === chosen)?.[1] ?? found;
}

const parentAt = (schema: z.core.$ZodType, values: unknown, path: readonly PropertyKey[]): z.core.$ZodType =>
    path.length <= 1 ? schema : schemaAt(schema, values, path.slice(0, -1));

/** The schema of a key of a map, or of an item of a list. */
export function childOf(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType {
    const parent = unwrap(schema);
    if (parent instanceof z.ZodObject) {
        return (parent.shape as Record<PropertyKey, z.core.$ZodType>)[key]!;
    }
    if (parent instanceof z.ZodRecord) {
        return parent.valueType;
    }
    return parent instanceof z.ZodArray ? parent.element : parent;
}

/** The alternatives of a union by the value that stands for each. */
function alternatives(union: z.ZodDiscriminatedUnion): [string, z.ZodObject][] {
    return (union.options as z.ZodObject[]).map((option) => {
        const literal = (option.shape as Record<string, z.ZodLiteral>)[union.def.discriminator]!;
        return [String(literal.value), option];
    });
}

/** The schema of a value that may be left out. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
    return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrap(schema.unwrap()) : schema;
}
