import * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import { mapInput } from "../../../core/inputs";
import type { ResolvedFunction } from "../../function";
import { directoryVariable, fileBindings, functionSecrets, plainVariables } from "../../function/variables";
import type { ObjectReference } from "../objects";

type EnvVar = k8s.types.input.core.v1.EnvVar;

/** Where Secrets lie as files. The fetcher writes them there (fission/fission v1.27.0, pkg/fetcher/config). */
const secretsDirectory = "/secrets";

/** Whether the function sees variables of its own at all. */
export function hasVariables(fn: ResolvedFunction): boolean {
    return functionSecrets(fn).length > 0 || Object.keys(fn.environment ?? {}).length > 0;
}

/** The folder of a Secret's files. */
export function secretDirectory(
    { namespace }: ResolvedFunction,
    secretName: pulumi.Input<string>,
): pulumi.Input<string> {
    return mapInput(secretName, (name) => `${secretsDirectory}/${namespace}/${name}`);
}

/** The Secrets that the function sees as files: those it names, and those of its bindings. */
export function fileSecrets(fn: ResolvedFunction): pulumi.Input<string>[] {
    return [
        ...(fn.secretFiles ?? []).map(({ secretName }) => secretName),
        ...fileBindings(fn).map(({ binding }) => binding.secretName),
    ];
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
    const names = [...functionSecrets(fn).map(({ secretName }) => secretName), ...fileSecrets(fn)];
    if (names.length === 0) {
        return undefined;
    }
    return pulumi.all(names).apply((known) => [...new Set(known)].sort().map((name) => ({ name, namespace })));
}

/** The variables that are no secrets, with the folders of files among them. */
export function readableEnvironment(name: string, fn: ResolvedFunction): Record<string, pulumi.Input<string>> {
    const directories = fileBindings(fn).map((binding): [string, pulumi.Input<string>] => [
        directoryVariable(binding),
        secretDirectory(fn, binding.binding.secretName),
    ]);
    return { ...plainVariables(name, fn), ...Object.fromEntries(directories) };
}
