import * as pulumi from "@pulumi/pulumi";
import { ArgumentsError, type Fault } from "../../components/core/errors";
import { describeIssue } from "./describe";
import { type Configuration, configurationSchema } from "./schema";
import { secretFaults } from "./secrets";

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
    if (result.configuration) {
        faults.push(...secretFaults(configurationSchema, result.configuration, (key) => isSecret(`${project}:${key}`)));
    }
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
        : { faults: result.error.issues.flatMap((issue) => describeIssue(configurationSchema, issue, values)) };
}
