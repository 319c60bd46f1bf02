import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { ArgumentsError, assertValid } from "../components";
import { suggest } from "../components/core/validation";

/** The name of the project in Pulumi.yaml. */
export const projectName = "kubernetes-faas";

/** The checkout. */
export const root = path.resolve(__dirname, "../..");

const directory = path.join(root, "stacks");

/** The configuration in a stack's file, by full key, structured values as they are. */
export type StackFile = Record<string, unknown>;

/**
 * Reads `stacks/Pulumi.<stack>.yaml`.
 *
 * @throws {@link ArgumentsError} when there is no such file, naming those that there are.
 */
export function readStackFile(stack: string): StackFile {
    const file = path.join(directory, `Pulumi.${stack}.yaml`);
    if (!fs.existsSync(file)) {
        throw new ArgumentsError("Stack", [{ propertyPath: "stack", reason: unknownStack(stack) }]);
    }
    const content = parse(fs.readFileSync(file, "utf8")) as { config?: StackFile } | null;
    return content?.config ?? {};
}

function unknownStack(stack: string): string {
    const stacks = fs
        .readdirSync(directory)
        .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
        .sort();
    const meant = suggest(stack, stacks);
    return `is "${stack}", and stacks/Pulumi.${stack}.yaml does not exist; ${meant ? `did you mean ${meant}?` : `there are ${stacks.join(", ")}`}`;
}

/** Whether a value is one that only the stack's passphrase opens. */
export function isSealed(value: unknown): boolean {
    return typeof value === "object" && value !== null && "secure" in value;
}

/**
 * A configuration as the engine takes it: structured values as JSON.
 *
 * @throws {@link ArgumentsError} when a value is sealed: with which passphrase is known to `pulumi up` only.
 */
export function asConfig(file: StackFile): Record<string, string> {
    const sealed = Object.keys(file).filter((key) => isSealed(file[key]));
    assertValid(
        "Stack",
        sealed.map((propertyPath) => ({
            propertyPath,
            reason: "is a `secure:` value, which is opened with the stack's own passphrase; deploy this stack with `pulumi up`",
        })),
    );
    return Object.fromEntries(
        Object.entries(file).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
}

/**
 * Secret values of the configuration that lie in environment variables, so that none of them is typed or stored in clear.
 *
 * @param pairs `KEY=VARIABLE`, the key without the project's name
 * @throws {@link ArgumentsError} for a pair of another form, and for a variable that is not set.
 */
export function secretConfig(
    pairs: readonly string[],
    env: NodeJS.ProcessEnv,
): Record<string, { value: string; secret: true }> {
    const entries = pairs.map((pair) => [pair, ...(/^([^=]+)=(\w+)$/.exec(pair)?.slice(1) ?? [])]);
    const faults = entries.flatMap(([pair, key, variable]) =>
        key !== undefined && env[variable!]
            ? []
            : [{ propertyPath: "--secret", reason: secretReason(pair!, variable) }],
    );
    assertValid("npm start", faults);
    return Object.fromEntries(
        entries.map(([, key, variable]) => [`${projectName}:${key}`, { value: env[variable!]!, secret: true }]),
    );
}

function secretReason(pair: string, variable: string | undefined): string {
    return variable === undefined
        ? `is "${pair}"; give a key of the configuration and a variable of your environment: "apiToken=API_TOKEN"`
        : `is "${pair}", and your environment has no variable ${variable}; set it to the secret value`;
}
