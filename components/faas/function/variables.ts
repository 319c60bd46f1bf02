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
