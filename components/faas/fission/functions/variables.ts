import * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import { ArgumentsError } from "../../../core/errors";
import type { FunctionSecret, ResolvedFunction } from "../../function";
import type { ObjectReference } from "../objects";

type EnvVar = k8s.types.input.core.v1.EnvVar;

/** Every key of a Secret that the function sees as a variable: those it names, and those of its bindings. */
export function functionSecrets(fn: ResolvedFunction): FunctionSecret[] {
    const bound = (fn.bindings ?? []).flatMap(({ prefix, binding }) =>
        binding.keys.map((key) => ({
            variable: `${prefix}_${key.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`,
            secretName: binding.secretName,
            key,
        })),
    );
    return [...(fn.secrets ?? []), ...bound];
}

/** Whether the function sees variables of its own at all. */
export function hasVariables(fn: ResolvedFunction): boolean {
    return functionSecrets(fn).length > 0 || Object.keys(fn.environment ?? {}).length > 0;
}

/** The variables, for a container of the function's own. */
export function environmentVariables(name: string, fn: ResolvedFunction): EnvVar[] {
    const plain = Object.entries(readableEnvironment(name, fn)).map(([variable, value]) => ({ name: variable, value }));
    const secret = functionSecrets(fn).map(({ variable, secretName, key }) => ({
        name: variable,
        valueFrom: { secretKeyRef: { name: secretName, key } },
    }));
    return [...plain, ...secret];
}

/** The Secrets that the function uses, each once. Fission gives up the pods of a function when one of these changes. */
export function secretReferences(
    fn: ResolvedFunction,
    namespace: pulumi.Input<string>,
): pulumi.Input<ObjectReference[]> | undefined {
    const names = functionSecrets(fn).map(({ secretName }) => secretName);
    if (names.length === 0) {
        return undefined;
    }
    return pulumi.all(names).apply((known) => [...new Set(known)].sort().map((name) => ({ name, namespace })));
}

/**
 * The variables that are no secrets. One that is secret after all is an error when it becomes known: Fission keeps
 * variables in objects that everybody may read who may read functions.
 */
export function readableEnvironment(name: string, fn: ResolvedFunction): Record<string, pulumi.Input<string>> {
    return Object.fromEntries(
        Object.entries(fn.environment ?? {}).map(([variable, value]): [string, pulumi.Input<string>] => {
            if (typeof value === "string") {
                return [variable, value];
            }
            const output = pulumi.output(value);
            const readable = output.apply(async (text) => {
                if (await pulumi.isSecret(output)) {
                    throw new ArgumentsError(`FaasFunction ${name}`, [
                        { propertyPath: `environment.${variable}`, reason: secretReason },
                    ]);
                }
                return text;
            });
            return [variable, readable];
        }),
    );
}

const secretReason =
    "is secret, and would stand readable in the function's objects; put it into a Secret and name its key in `secrets`";
