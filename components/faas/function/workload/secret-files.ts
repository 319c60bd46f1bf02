import type * as pulumi from "@pulumi/pulumi";
import { nameLimits, physicalName } from "../../../core/names";
import type { VolumeMount, WorkloadVolume } from "../../../core/workload";
import type { FunctionBinding } from "../args";
import type { ResolvedFunction } from "../driver";
import { directoryVariable, fileBindings } from "../variables";

/** Secrets as files: where they come from and where they lie. */
export interface SecretFileParts {
    volumes: WorkloadVolume[];
    mounts: VolumeMount[];
    /** The variables that name the folders of bindings. */
    environment: Record<string, string>;
}

/** The Secrets that a function sees as files. */
export function secretFileParts(fn: ResolvedFunction): SecretFileParts {
    const named = (fn.secretFiles ?? []).map(({ secretName }) =>
        secretVolume(["secret", secretName], secretName, `/secrets/${fn.namespace}/${secretName}`),
    );
    const bindings = fileBindings(fn);
    const bound = bindings.map((binding) =>
        secretVolume(["binding", binding.prefix], binding.binding.secretName, bindingDirectory(binding)),
    );
    const parts = [...named, ...bound];
    return {
        volumes: parts.map(({ volume }) => volume),
        mounts: parts.map(({ mount }) => mount),
        environment: Object.fromEntries(bindings.map((each) => [directoryVariable(each), bindingDirectory(each)])),
    };
}

/** By the prefix, which stays: the Secret of a binding gets another name whenever something in it changes. */
function bindingDirectory({ prefix }: FunctionBinding): string {
    return `/bindings/${prefix}`;
}

function secretVolume(
    parts: string[],
    secretName: pulumi.Input<string>,
    path: string,
): { volume: WorkloadVolume; mount: VolumeMount } {
    const name = physicalName(parts, nameLimits.Pod);
    return { volume: { name, secret: { name: secretName } }, mount: { volume: name, path } };
}
