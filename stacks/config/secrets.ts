import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Fault } from "../../components";
import { elementPath, joinPath } from "../../components/core/validation/show";
import { alternativeOf, childOf, unwrap } from "./describe";
import { type SecretKey, secretKey } from "./parts";

/** Gives a secret value of the configuration by its key. */
export type SecretReader = (key: string) => pulumi.Input<string>;

/** A secret value of the configuration, for what is deployed. */
export const secretValue = (key: string): pulumi.Output<string> => new pulumi.Config().requireSecret(key);

/** A secret value in clear, for checks before anything is deployed: they don't repeat what is secret. */
export const secretInClear = (key: string): string => pulumi.runtime.allConfig()[`${pulumi.getProject()}:${key}`]!;

/**
 * What is wrong with the secret values that a configuration names.
 *
 * @param isSecret whether there is a secret value of this key
 */
export function secretFaults(
    schema: z.core.$ZodType,
    configuration: unknown,
    isSecret: (key: string) => boolean,
): Fault[] {
    return namedSecrets(schema, configuration)
        .filter(({ key }) => !isSecret(key))
        .map(({ propertyPath, key }) => ({
            propertyPath,
            reason: `is "${key}", and the configuration has no secret value of this key; pulumi config set --secret ${key}`,
        }));
}

/** Where a configuration names one of its secret values. */
interface NamedSecret {
    propertyPath: string;
    key: string;
}

/** Everywhere that a configuration names a secret value. */
export function namedSecrets(schema: z.core.$ZodType, value: unknown, propertyPath = ""): NamedSecret[] {
    const found = alternativeOf(schema, value);
    if (found === secretKey) {
        return [{ propertyPath, key: value as string }];
    }
    if (Array.isArray(value)) {
        return value.flatMap((item, index) => namedSecrets(childOf(found, index), item, `${propertyPath}[${index}]`));
    }
    return entriesOf(value).flatMap(([key, each]) =>
        namedSecrets(childOf(found, key), each, propertyPath === "" ? key : `${propertyPath}.${key}`),
    );
}

/** A part of the configuration with the values of its secrets: `passwordFrom: dbPassword` is `password: ...`. */
export type WithSecrets<T> = T extends SecretKey
    ? pulumi.Input<string>
    : T extends readonly (infer Item)[]
      ? WithSecrets<Item>[]
      : T extends object
        ? { [Key in keyof T as ArgumentName<Key, NonNullable<T[Key]>>]: WithSecrets<T[Key]> }
        : T;

type ArgumentName<Key, Value> = Value extends SecretKey | Record<string, SecretKey>
    ? Key extends `${infer Name}From`
        ? Name
        : Key
    : Key;

/** Arguments made of a part of the configuration. */
export interface ArgumentsFrom<T> {
    args: WithSecrets<T>;
    /** What was found wrong with the arguments, by the keys of the configuration. */
    byKey: (faults: readonly Fault[]) => Fault[];
}

/** The arguments that a part of the configuration stands for, with the values of its secrets. */
export function withSecrets<Schema extends z.core.$ZodType>(
    schema: Schema,
    value: z.output<Schema>,
    read: SecretReader,
): ArgumentsFrom<z.output<Schema>> {
    const renamed: Renamed[] = [];
    return {
        args: argumentsOf(schema, value, { read, renamed, path: "" }) as WithSecrets<z.output<Schema>>,
        byKey: (faults) =>
            faults.map(({ propertyPath, reason }) => ({ propertyPath: keyOf(propertyPath, renamed), reason })),
    };
}

/** An argument whose key in the configuration has another name. */
interface Renamed {
    argument: string;
    key: string;
}

/** Where in the arguments something is, and what is found there. */
interface Place {
    read: SecretReader;
    renamed: Renamed[];
    path: string;
}

function argumentsOf(schema: z.core.$ZodType, value: unknown, place: Place): unknown {
    const found = alternativeOf(schema, value);
    if (found === secretKey) {
        return place.read(value as string);
    }
    const { path } = place;
    if (Array.isArray(value)) {
        return value.map((item, index) =>
            argumentsOf(childOf(found, index), item, { ...place, path: `${path}[${index}]` }),
        );
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const entries = entriesOf(value).map(([key, each]) => {
        const child = childOf(found, key);
        const name = namesSecrets(child) ? key.replace(/From$/, "") : key;
        const argument = joinPath(path, elementPath(name));
        if (name !== key) {
            place.renamed.push({ argument, key: joinPath(path, elementPath(key)) });
        }
        return [name, argumentsOf(child, each, { ...place, path: argument })];
    });
    return Object.fromEntries(entries);
}

function namesSecrets(schema: z.core.$ZodType): boolean {
    const found = unwrap(schema);
    return found === secretKey || (found instanceof z.ZodRecord && found.valueType === secretKey);
}

function keyOf(propertyPath: string, renamed: readonly Renamed[]): string {
    const found = renamed.find(
        ({ argument }) =>
            propertyPath === argument ||
            (propertyPath.startsWith(argument) && /^[.[]/.test(propertyPath.slice(argument.length))),
    );
    return found ? found.key + propertyPath.slice(found.argument.length) : propertyPath;
}

/** The entries that have values: a key without one is as good as none. */
function entriesOf(value: unknown): [string, unknown][] {
    return typeof value === "object" && value !== null
        ? Object.entries(value).filter(([, each]) => each !== undefined)
        : [];
}
