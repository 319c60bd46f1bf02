import * as pulumi from "@pulumi/pulumi";

/** One thing that is wrong with the arguments of a component. */
export interface Fault {
    /** Where it is, as the user wrote it: `scaling.minimum`, `routes[1].path`. */
    readonly propertyPath: string;
    /** The value, why it is wrong and what to do about it, in one sentence or two. */
    readonly reason: string;
}

/**
 * All that is wrong with the arguments of one construction, in one error.
 *
 * It is a `RunError`, so a local program prints the message without a stack trace, and it carries the brand by which
 * the SDK recognises an `InputPropertiesError`, so that the engine shows each fault beside its property when the
 * component is used from another language. (A plain `InputPropertiesError` prints no reason in a local program.)
 *
 * @example
 * ```ts
 * throw new ArgumentsError("FaasFunction hello", [
 *     { propertyPath: "timeoutSeconds", reason: "is -1; give a whole number of seconds, 1 or more" },
 * ]);
 * ```
 */
export class ArgumentsError extends pulumi.RunError {
    /** The faults, in the order in which they were found. */
    readonly errors: Fault[];

    /** The brand that `pulumi.InputPropertiesError.isInstance` looks for. */
    protected readonly __pulumiInputPropertiesError = true;

    constructor(subject: string, faults: readonly Fault[]) {
        super(`${subject}: ${describe(faults)}`);
        this.name = "ArgumentsError";
        this.errors = [...faults];
    }
}

function describe(faults: readonly Fault[]): string {
    const lines = faults.map((fault) => `${fault.propertyPath} ${fault.reason}`);
    if (lines.length === 1) {
        return lines[0]!;
    }
    return `${lines.length} arguments are wrong:\n${lines.map((line) => `  - ${line}`).join("\n")}`;
}

/**
 * Throws when there are faults; does nothing otherwise. Every component calls it first in its constructor, with the
 * answer of its pure `validate` function.
 *
 * @throws {@link ArgumentsError}
 */
export function assertValid(subject: string, faults: readonly Fault[]): void {
    if (faults.length > 0) {
        throw new ArgumentsError(subject, faults);
    }
}
