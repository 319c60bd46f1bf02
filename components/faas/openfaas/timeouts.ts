import type { OpenFaasArgs } from "./args";

const defaultTimeoutSeconds = 60;

/**
 * What the servers wait longer than the call itself may take, so that the caller is told why a call was given up: the
 * distance of upstream's chart 15.0.6.
 */
const marginSeconds = 5;

/** After how many seconds a call is given up. */
export function timeoutOf({ timeoutSeconds }: Pick<OpenFaasArgs, "timeoutSeconds">): number {
    return timeoutSeconds ?? defaultTimeoutSeconds;
}

/** The time that a call may take, as a Go duration. */
export function callTimeout(seconds: number): string {
    return `${seconds}s`;
}

/** The time that servers and queues on the way of such a call wait, as a Go duration. */
export function serverTimeout(seconds: number): string {
    return `${seconds + marginSeconds}s`;
}
