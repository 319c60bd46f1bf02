import { SandboxError } from "../tools/error";
import { ServerEnded, startServer } from "./server";

/** A function that answers on this machine. */
export interface FunctionServer {
    /** `http://127.0.0.1:PORT`. */
    readonly url: string;
    /** Resolves when the process has ended. */
    readonly exited: Promise<unknown>;
    /** What the function has written so far. */
    output(): string;
    stop(): Promise<unknown>;
}

/** How to start a function's server. */
export interface FunctionServerOptions {
    /** Variables beside PATH and HOME. */
    variables?: Readonly<Record<string, string>>;
    /** Where it listens on 127.0.0.1. @default any port that is free */
    port?: number;
    /** Takes what the function writes as it comes. */
    onOutput?: (text: string) => void;
}

/**
 * Starts the function server (components/faas/function/server) as a container would; it listens when the function is loaded.
 *
 * @throws SandboxError when it does not load, with what the function has written unless `onOutput` has got it.
 */
export async function startFunctionServer(
    name: string,
    [program, ...args]: readonly string[],
    { variables, port = 0, onOutput }: FunctionServerOptions,
): Promise<FunctionServer> {
    const here = { KUBERNETES_FAAS_HOST: "127.0.0.1", KUBERNETES_FAAS_PORT: `${port}` };
    // The Node that runs this is as new as those of the images; another one on PATH may not be.
    const file = program === "node" ? process.execPath : program!;
    try {
        const server = await startServer(file, args, { env: { ...variables, ...here }, onOutput });
        return {
            url: `http://127.0.0.1:${server.port}`,
            exited: server.exited,
            output: () => server.output().replace(/^.*listening on \d+.*\n/m, ""),
            stop: () => server.stop(),
        };
    } catch (error) {
        if (error instanceof ServerEnded) {
            throw new SandboxError(`${name} did not load${onOutput ? "" : `:\n${error.output}`}`);
        }
        throw error;
    }
}
