import * as pulumi from "@pulumi/pulumi";
import { assertValid } from "../errors";
import { Checks } from "./checks";
import { isPlain } from "./show";

/**
 * The same input, checked whenever its value becomes known: a plain one at once, an Output or promise when it resolves
 * (the resources that take it then fail with the message). A secret stays secret and is not repeated in the message.
 *
 * @param subject the component's type and name, for the message: `FaasFunction hello`
 * @param path the property's path
 * @param check what to check, with the collector, the path and the value
 * @returns the input itself when it is plain or missing, else an Output of it
 * @throws {@link ArgumentsError} at once for a plain value, else through the Output
 * @example
 * ```ts
 * const schedule = checked("FaasFunction hello", "schedule", args.schedule, (checks, path, value) =>
 *     checks.cron(path, value),
 * );
 * ```
 */
export function checked<T>(
    subject: string,
    path: string,
    input: pulumi.Input<T>,
    check: (checks: Checks, path: string, value: T) => void,
): pulumi.Input<T> {
    const assert = (value: T, hidden: boolean): T => {
        const checks = new Checks({ hidden });
        check(checks, path, value);
        assertValid(subject, checks.faults);
        return value;
    };
    if (input === undefined || input === null) {
        return input;
    }
    if (isPlain(input)) {
        return assert(input as T, false);
    }
    const output = pulumi.output(input as pulumi.Input<unknown>) as pulumi.Output<T>;
    return output.apply(async (value) => assert(value, await pulumi.isSecret(output)));
}
