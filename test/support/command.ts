import { type ChildProcess, spawn } from "node:child_process";
import * as readline from "node:readline";
import type { Readable } from "node:stream";

export interface CommandOptions {
    cwd: string;
    env?: NodeJS.ProcessEnv;
    /** Put before each line of the output, for commands that run side by side. @default the output as it is */
    label?: string;
}

const running = new Set<ChildProcess>();

// A terminal's Ctrl-C reaches the commands by itself; a signal to this process alone does not.
for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
        running.forEach((child) => child.kill(signal));
        process.exit(1);
    });
}

/** Runs a command to its end and gives its status; a command that does not start has status 127. */
export function runCommand(
    command: string,
    args: readonly string[],
    { cwd, env, label }: CommandOptions,
): Promise<number> {
    const child = spawn(command, args, {
        cwd,
        env,
        stdio: label === undefined ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    if (label !== undefined) {
        pass(child.stdout!, process.stdout, label);
        pass(child.stderr!, process.stderr, label);
    }
    return new Promise((resolve) => {
        child.on("error", ({ message }) => {
            console.error(`${command} did not start: ${message}`);
            resolve(127);
        });
        // "close", not "exit": by then the last line has come.
        child.on("close", (status) => resolve(status ?? 1));
    }).finally(() => running.delete(child)) as Promise<number>;
}

/** A stack trace or a difference of two texts stays readable: its lines come at once. */
function pass(from: Readable, to: NodeJS.WritableStream, label: string): void {
    readline.createInterface({ input: from }).on("line", (line) => to.write(`${label.padEnd(10)} | ${line}\n`));
}
