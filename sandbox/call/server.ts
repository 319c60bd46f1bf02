import { type ChildProcess, spawn } from "node:child_process";
import { SandboxError } from "../tools/error";

/** A server that runs as a process of its own and prints `listening on PORT`. */
export interface ServerProcess {
    readonly port: number;
    /** Resolves with the exit code when the process ends by itself or is stopped; null after a signal. */
    readonly exited: Promise<number | null>;
    /** What it has written so far. */
    output(): string;
    /** Ends the process and waits for it. */
    stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** How to start a server. */
export interface ServerOptions {
    /** Variables beside PATH and HOME. */
    env?: NodeJS.ProcessEnv;
    /** Takes what it writes as it comes. */
    onOutput?: (text: string) => void;
}

/** A server ended before it listened. */
export class ServerEnded extends SandboxError {
    constructor(
        command: string,
        /** What it has written. */
        readonly output: string,
    ) {
        super(`${command} ended:\n${output}`);
    }
}

/** How long a server may take until it listens, in milliseconds. */
const startTimeout = 60_000;

/**
 * Starts a server and waits until it listens.
 *
 * @throws ServerEnded with what it has written, when it ends before, can't be started or takes a minute.
 */
export async function startServer(
    command: string,
    args: string[],
    { env = {}, onOutput }: ServerOptions = {},
): Promise<ServerProcess> {
    const child = spawn(command, args, {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer): void => {
        output += chunk.toString();
        onOutput?.(chunk.toString());
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const exited = new Promise<number | null>((resolve) => {
        child.once("close", resolve);
        child.once("error", (error) => {
            output += `${error.message}\n`;
            resolve(null);
        });
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), startTimeout);
    const port = await Promise.race([listening(child, () => output), exited.then(() => undefined)]);
    clearTimeout(timer);
    if (port === undefined) {
        throw new ServerEnded([command, ...args].join(" "), output);
    }
    return {
        port,
        exited,
        output: () => output,
        stop: (signal = "SIGKILL") => {
            child.kill(signal);
            return exited;
        },
    };
}

function listening(child: ChildProcess, output: () => string): Promise<number> {
    return new Promise((resolve) => {
        child.stdout!.on("data", () => {
            const port = /listening on (\d+)/.exec(output())?.[1];
            if (port) {
                resolve(Number(port));
            }
        });
    });
}
