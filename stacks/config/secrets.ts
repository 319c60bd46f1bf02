import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../components";
import type { Configuration } from "./schema";

/** Where a configuration names one of its secret values. */
interface NamedSecret {
    propertyPath: string;
    key: string;
}

/** A secret value of the configuration, by its key. */
export function secretValue(key: string): pulumi.Output<string> {
    return new pulumi.Config().requireSecret(key);
}

/**
 * What is wrong with the secret values that a configuration names.
 *
 * @param isSecret whether there is a secret value of this key
 */
export function secretFaults(configuration: Configuration, isSecret: (key: string) => boolean): Fault[] {
    return namedSecrets(configuration)
        .filter(({ key }) => !isSecret(key))
        .map(({ propertyPath, key }) => ({
            propertyPath,
            reason: `is "${key}", and the configuration has no secret value of this key; pulumi config set --secret ${key}`,
        }));
}

function namedSecrets({ faas, functions }: Configuration): NamedSecret[] {
    const found: NamedSecret[] = [];
    const add = (propertyPath: string, key: string | undefined): void => {
        if (key !== undefined) {
            found.push({ propertyPath, key });
        }
    };
    add("faas.passwordFrom", "passwordFrom" in faas ? faas.passwordFrom : undefined);
    add("faas.kafka.tls.clientKeyFrom", "kafka" in faas ? faas.kafka?.tls?.clientKeyFrom : undefined);
    for (const [name, { secrets }] of Object.entries(functions)) {
        secrets?.forEach(({ valueFrom }, index) => add(`functions.${name}.secrets[${index}].valueFrom`, valueFrom));
    }
    return found;
}
