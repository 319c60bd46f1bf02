/** The signature of the user's code. */
export const ServerContract = {
    /** `handler(request, context)`, the same on every platform. */
    Portable: "portable",
    /** `handler(event, context)`, as Kubeless called it. */
    Kubeless: "kubeless",
    /** `module.exports = function(context, callback)`, as Funktion called it. */
    Funktion: "funktion",
} as const;
export type ServerContract = (typeof ServerContract)[keyof typeof ServerContract];

/**
 * What the server is told about its function. Everything is plain by now. Values of variables and secrets are in the
 * container's environment, so that nothing secret is in the package and the package is known when the program runs.
 */
export interface ServerSettings {
    functionName: string;
    namespace: string;
    /** Whole seconds that a call may take, from the moment when the request has arrived whole. */
    timeoutSeconds: number;
    /** @default {@link serverPort} of the contract */
    port?: number;
    /**
     * Paths on which the server itself answers 200 when the function can be called, else 503: while the code is being
     * loaded, and from SIGTERM on. They are for readiness; {@link livePath} is for liveness.
     * @default `["/_/health"]`, for Kubeless and Funktion `/healthz` too
     */
    healthPaths?: string[];
    /** Path prefixes that lead to the function; the longest that fits is taken off before the function sees the path. @default `[]` */
    routes?: string[];
    /** Names of the declared variables that are no secrets, for `context.environment`. @default `[]` */
    variables?: string[];
    /** Names of the declared variables that hold secrets: they must be set, and are masked in the log. @default `[]` */
    secrets?: string[];
    /** Largest request body in bytes; a larger one is answered with 413. @default 6291456 */
    maxBodyBytes?: number;
    /** Calls that run at once; up to ten times as many wait, and what comes above is answered with 503. @default 64 */
    concurrency?: number;
    /** Whole seconds after SIGTERM in which new connections are still served, until every proxy knows. @default 5 */
    drainSeconds?: number;
    /** Whole seconds in which a request's header fields must arrive; else 408. @default 10 */
    headerSeconds?: number;
    /** Whole seconds in which a request must arrive whole; else 408. @default 60 */
    requestSeconds?: number;
    /** Origins that browsers may call from, for the Kubeless contract, which upstream opened to all; `*` means all. @default `[]` */
    corsOrigins?: string[];
}

/** Where the server answers the liveness probe: 200 as long as the process can answer, also while it drains. */
export const livePath = "/_/live";

/** Where a contract's server listens. */
export function serverPort(contract: ServerContract): number {
    return contract === ServerContract.Funktion ? 8888 : 8080;
}

/** Where Prometheus finds the function's metrics. */
export function metricsPath(contract: ServerContract): string {
    return contract === ServerContract.Kubeless ? "/metrics" : "/_/metrics";
}

/**
 * Seconds that Kubernetes should give a pod to end: those in which new connections are still served, the longest call,
 * and a little for the process itself.
 */
export function terminationGraceSeconds(settings: Pick<ServerSettings, "drainSeconds" | "timeoutSeconds">): number {
    return (settings.drainSeconds ?? serverDefaults.drainSeconds) + settings.timeoutSeconds + 5;
}

/** Defaults of {@link ServerSettings}, as documented there. */
export const serverDefaults = {
    concurrency: 64,
    drainSeconds: 5,
    headerSeconds: 10,
    requestSeconds: 60,
} as const;

/** The default of {@link ServerSettings.healthPaths}. The portable contract leaves `/healthz` to the function. */
export function defaultHealthPaths(contract: ServerContract): string[] {
    return contract === ServerContract.Portable ? ["/_/health"] : ["/_/health", "/healthz"];
}
