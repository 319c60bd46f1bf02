import type * as k8s from "@pulumi/kubernetes";

/** A structural schema, as a CustomResourceDefinition holds it. */
export type Schema = k8s.types.input.apiextensions.v1.JSONSchemaProps;

/**
 * A compact notation for structural schemas. In {@link object} and {@link open}, a property whose name ends in `!` is
 * required: `object({ "image!": str(), command: str() })`.
 */
export type Properties = Record<string, Schema>;

/** A text. */
export function str(rules: Schema = {}): Schema {
    return { type: "string", ...rules };
}

/** One of these texts. */
export function oneOf(...values: string[]): Schema {
    return str({ enum: values });
}

/** A whole number. */
export function int(rules: Schema = {}): Schema {
    return { type: "integer", ...rules };
}

export function bool(): Schema {
    return { type: "boolean" };
}

/** A list; server-side apply replaces it as a whole. */
export function list(items: Schema, rules: Schema = {}): Schema {
    return { type: "array", items, ...rules };
}

/** A list without duplicates. */
export function set(items: Schema): Schema {
    return list(items, { x_kubernetes_list_type: "set" });
}

/** A list whose items are told apart by one of their properties. */
export function listBy(key: string, items: Schema, rules: Schema = {}): Schema {
    return list(items, { x_kubernetes_list_type: "map", x_kubernetes_list_map_keys: [key], ...rules });
}

/** Values by key. */
export function map(values: Schema, rules: Schema = {}): Schema {
    return { type: "object", additionalProperties: values, ...rules };
}

/** An object of known properties; others are dropped by the API server. */
export function object(properties: Properties, ...rules: Rule[]): Schema {
    const required = Object.keys(properties).filter((key) => key.endsWith("!"));
    return {
        type: "object",
        properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [plainName(key), value])),
        ...(required.length > 0 ? { required: required.map(plainName) } : {}),
        ...(rules.length > 0 ? { x_kubernetes_validations: rules } : {}),
    };
}

/** An object that keeps properties that the schema does not name. */
export function open(properties: Properties): Schema {
    return { ...object(properties), x_kubernetes_preserve_unknown_fields: true };
}

/** Anything at all. */
export function anything(): Schema {
    return { x_kubernetes_preserve_unknown_fields: true };
}

/** A rule in the Common Expression Language that an object has to satisfy. */
export interface Rule {
    rule: string;
    message: string;
}

/**
 * A condition that holds only where the field is there. `path` begins below `self`: `podspec.hostPID`. The API server
 * estimates what a rule may cost; it can for a field that is read like this, but not for one read by `orValue`.
 */
export function whenGiven(path: string, condition: (field: string) => string): string {
    const steps = path.split(".").map((_step, index, all) => `self.${all.slice(0, index + 1).join(".")}`);
    return [...steps.map((step) => `!has(${step})`), condition(steps.at(-1)!)].join(" || ");
}

/** A value that never changes once it is there. */
export function immutable(schema: Schema, what: string): Schema {
    return { ...schema, x_kubernetes_validations: [{ rule: "self == oldSelf", message: `${what} is immutable` }] };
}

function plainName(key: string): string {
    return key.replace(/!$/, "");
}
