import * as pulumi from "@pulumi/pulumi";
import { isPlain } from "./validation";

/** The value by a function, plain when the input is plain, so that a rendered object stays readable. */
export function mapInput<T, U>(input: pulumi.Input<T>, map: (value: T) => U): pulumi.Input<U> {
    if (isPlain(input)) {
        return map(input as T);
    }
    const output: pulumi.Output<unknown> = pulumi.output(input);
    return output.apply<U>((value) => map(value as T));
}

/** The value of two inputs by a function, plain when both are. */
export function mapInputs<T, U, V>(
    left: pulumi.Input<T>,
    right: pulumi.Input<U>,
    map: (left: T, right: U) => V,
): pulumi.Input<V> {
    if (isPlain(left)) {
        return mapInput(right, (value) => map(left as T, value));
    }
    return mapInput(
        pulumi.all([left as pulumi.Input<unknown>, right as pulumi.Input<unknown>]) as pulumi.Input<unknown[]>,
        ([first, second]) => map(first as T, second as U),
    );
}
