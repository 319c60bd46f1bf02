import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentsError } from "../errors";
import { isPlain } from "../validation";
import type { ObjectKey, WorkloadContainer } from "./container-args";

type EnvVar = k8s.types.input.core.v1.EnvVar;
type EnvVarSource = k8s.types.input.core.v1.EnvVarSource;
type EnvFromSource = k8s.types.input.core.v1.EnvFromSource;

/** The arguments that name environment variables; the plain ones come last, since they may refer to the others. */
export const environmentSources = [
    "environmentFromFields",
    "environmentFromResources",
    "environmentFromConfigMaps",
    "environmentFromSecrets",
    "environment",
] as const;

/**
 * The environment variables of a container; none when it has none.
 *
 * @param subject the component, for the message when a plain variable turns out to be secret
 * @param path the container's property path
 */
export function renderEnvironment(subject: string, path: string, container: WorkloadContainer): EnvVar[] | undefined {
    const from = <T>(sources: Record<string, T> | undefined, source: (value: T) => EnvVarSource): EnvVar[] =>
        Object.entries(sources ?? {}).map(([name, value]) => ({ name, valueFrom: source(value) }));
    const variables = [
        ...from(container.environmentFromFields, (fieldPath) => ({ fieldRef: { fieldPath } })),
        ...from(container.environmentFromResources, (resource) => ({ resourceFieldRef: { resource } })),
        ...from(container.environmentFromConfigMaps, (key) => ({ configMapKeyRef: keySelector(key) })),
        ...from(container.environmentFromSecrets, (key) => ({ secretKeyRef: keySelector(key) })),
        ...Object.entries(container.environment ?? {}).map(([name, value]) => ({
            name,
            value: readable(subject, `${path}.environment.${name}`, value),
        })),
    ];
    return variables.length > 0 ? variables : undefined;
}

/** The Secrets of which every key becomes a variable. */
export function renderEnvironmentSecrets(container: WorkloadContainer): EnvFromSource[] | undefined {
    return container.environmentSecrets?.map((name) => ({ secretRef: { name } }));
}

function keySelector(key: ObjectKey): k8s.types.input.core.v1.SecretKeySelector {
    return { name: key.name, key: key.key, optional: key.optional };
}

/** The value, or an error if it is secret: whoever may read the workload could read it too. */
function readable(subject: string, path: string, value: pulumi.Input<string>): pulumi.Input<string> {
    if (isPlain(value)) {
        return value;
    }
    const output = pulumi.output(value);
    return output.apply(async (text) => {
        if (await pulumi.isSecret(output)) {
            throw new ArgumentsError(subject, [{ propertyPath: path, reason: secretReason }]);
        }
        return text;
    });
}

const secretReason =
    "is secret, and would stand readable in the workload; " +
    "put it into a Secret (see rolledSecret) and name its key in `environmentFromSecrets`";
