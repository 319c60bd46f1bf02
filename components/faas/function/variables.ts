import * as pulumi from "@pulumi/pulumi";
import { ArgumentsError } from "../../core/errors";
import type { FaasFunctionArgs, FunctionBinding, FunctionSecret } from "./args";

/** The arguments that give a function variables. */
type Variables = Pick<FaasFunctionArgs, "environment" | "secrets" | "bindings">;

/** Every key of a Secret that a function sees as a variable: those it names, and those of its bindings. */
export function functionSecrets({ secrets = [], bindings = [] }: Variables): FunctionSecret[] {
    const bound = bindings.flatMap(({ prefix, binding }) =>
        binding.keys.map((key) => ({
            variable: `${prefix}_${key.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`,
            secretName: binding.secretName,
            key,
        })),
    );
    return [...secrets, ...bound];
}

/** The bindings whose keys a function sees as files. */
export function fileBindings({ bindings = [] }: Variables): FunctionBinding[] {
    return bindings.filter(({ asFiles }) => asFiles);
}

/** The variable that names the folder with a binding's files. */
export function directoryVariable({ prefix }: FunctionBinding): string {
    return `${prefix}_DIRECTORY`;
}

/** The name of every variable that a function is given, as often as it is given. */
export function variableNames(args: Variables): string[] {
    return [
        ...Object.keys(args.environment ?? {}),
        ...functionSecrets(args).map(({ variable }) => variable),
        ...fileBindings(args).map(directoryVariable),
    ];
}

/**
 * The variables of `environment`. One that is secret after all is an error when it becomes known: a function's objects
 * can be read by everybody who may read functions.
 *
 * @param name the function's logical name, for the message
 */
export function plainVariables(name: string, { environment = {} }: Variables): Record<string, pulumi.Input<string>> {
    return Object.fromEntries(
        Object.entries(environment).map(([variable, value]) => [variable, readable(name, variable, value)]),
    );
}

function readable(name: string, variable: string, value: pulumi.Input<string>): pulumi.Input<string> {
    if (typeof value === "string") {
        return value;
    }
    const output = pulumi.output(value);
    return output.apply(async (text) => {
        if (await pulumi.isSecret(output)) {
            throw new ArgumentsError(`FaasFunction ${name}`, [
                { propertyPath: `environment.${variable}`, reason: secretReason },
            ]);
        }
        return text;
    });
}

const secretReason =
    "is secret, and would stand readable in the function's objects; put it into a Secret and name its key in `secrets`";
