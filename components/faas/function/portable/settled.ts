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
    let result: Settled<T> = { state: "pending" };
    const fulfil = (value: T): void => void (result = { state: "fulfilled", value });
    const reject = (reason: unknown): void => void (result = { state: "rejected", reason });
    const context = vm.createContext({ promise, fulfil, reject }, { microtaskMode: "afterEvaluate" });
    // The reactions are functions of the new context, which decides whose queue they wait in.
    vm.runInContext("promise.then((value) => fulfil(value), (reason) => reject(reason))", context);
    return result;
}
