import * as vm from "node:vm";

/** What a promise holds at this moment. */
export type Settled<T> =
    { state: "fulfilled"; value: T } | { state: "rejected"; reason: unknown } | { state: "pending" };

/**
 * Looks into a promise without waiting for it.
 *
 * The SDK wraps the path of a `FileAsset` and the text of a `StringAsset` into promises, which are settled as long as
 * the program gave plain values. A component must refuse wrong code in its constructor, which cannot await; so the
 * reaction runs in a context that has a microtask queue of its own, which Node empties before `runInContext` returns
 * (https://nodejs.org/api/vm.html, "microtaskMode"). No other pending work of the program runs meanwhile.
 */
export function settled<T>(promise: Promise<T>): Settled<T> {
    const holder: { promise: Promise<T>; result: Settled<T> } = { promise, result: { state: "pending" } };
    const context = vm.createContext({ holder }, { microtaskMode: "afterEvaluate" });
    vm.runInContext(
        `holder.promise.then(
            (value) => { holder.result = { state: "fulfilled", value }; },
            (reason) => { holder.result = { state: "rejected", reason }; },
        );`,
        context,
    );
    return holder.result;
}
