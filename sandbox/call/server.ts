import { type ChildProcess, spawn } from "node:child_process";
import { SandboxError } from "../tools/error";

/** A server that runs as a process of its own and prints `listening on PORT`. */
export interface ServerProcess {
    readonly port: number;
    /** What it has written so far. */
    output(): string;
    /** Ends the process and waits for it. */
    stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a server and waits until it listens. */
export async function startServer(
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv = {},
): Promise<ServerProcess> {
    const child = spawn(command, args, {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer): void => {
        output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const port = await Promise.race([listening(child, () => output), exited.then(() => undefined)]);
    if (port === undefined) {
        throw new SandboxError(`${command} ${args.join(" ")} ended:\n${output}`);
    }
    return {
        port,
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
