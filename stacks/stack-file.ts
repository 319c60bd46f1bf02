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
