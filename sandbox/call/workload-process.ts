import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { SandboxError } from "../tools/error";
import { startFunctionServer } from "./function-server";
import { writeFiles } from "./pod-files";
import { type CallAnswer, type CallRequest, sendRequest } from "./request";
import type { ContainerProcess, ScratchMount, WorkloadFunction } from "./workload";

/** How long dependencies may take to install, in milliseconds. */
const preparationTimeout = 5 * 60_000;

/**
 * Runs what a function's pod would run, with the same files and variables, and sends it one request. The pod's files lie
 * below a folder here, so paths that lead to them are rewritten in commands, and in variables that hold nothing else.
 *
 * @param directory an empty folder for the pod's files
 * @throws SandboxError when the dependencies can't be installed, or the function does not load.
 */
export async function callWorkload(directory: string, fn: WorkloadFunction, request: CallRequest): Promise<CallAnswer> {
    const outerFirst = [...fn.scratch].sort((left, right) => left.mountPath.length - right.mountPath.length);
    outerFirst.forEach((mount) => mountScratch(directory, mount));
    writeFiles(directory, fn.files);
    for (const preparation of fn.preparations) {
        await prepare(fn.name, relocated(preparation, fn.mounts, directory), directory);
    }
    const { command, variables } = relocated(fn.server, fn.mounts, directory);
    const server = await startFunctionServer(fn.name, command, { variables });
    try {
        const answer = await sendRequest(server.url, request);
        return { ...answer, log: server.output() };
    } finally {
        await server.stop();
    }
}

/** Containers may see the same volume at several paths, so it lies apart and the paths lead to it. */
function mountScratch(directory: string, { mountPath, folder }: ScratchMount): void {
    const volume = path.join(directory, ".volumes", folder);
    const link = path.join(directory, mountPath);
    fs.mkdirSync(volume, { recursive: true });
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(path.resolve(volume), link, "dir");
}

/** Runs an init container's command, which installs what the code depends on. */
async function prepare(name: string, container: ContainerProcess, root: string): Promise<void> {
    const { command, variables, directory = root } = container;
    const [file, ...args] = command;
    const child = spawn(file!, args, {
        cwd: directory,
        // The package manager's own settings on this machine count: a registry, a proxy, a cache.
        env: { ...process.env, ...variables, HOME: process.env.HOME },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: preparationTimeout,
    });
    let output = "";
    const collect = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const problem = await new Promise<string | undefined>((resolve) => {
        child.once("error", (error) => resolve(error.message));
        child.once("close", (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? code}`));
    });
    if (problem !== undefined) {
        const tail = output.trim().split("\n").slice(-15).join("\n");
        throw new SandboxError(`the dependencies of ${name} were not installed: ${file} ${problem}\n${tail}`);
    }
}

/** A container's process with the paths of its volumes below a folder of this machine. */
function relocated(
    { command, variables, directory, ...rest }: ContainerProcess,
    mounts: readonly string[],
    root: string,
): ContainerProcess {
    const deepest = [...mounts].sort((left, right) => right.length - left.length).map(escapeExpression);
    // In a shell's line a path stands after a space, a quote, a colon or an equals sign.
    const inWords = new RegExp(`(?<![\\w./-])(?=(?:${deepest.join("|")})(?![\\w.-]))`, "g");
    const whole = new RegExp(`^(?:${deepest.join("|")})(?:/|$)`);
    return {
        ...rest,
        directory: directory !== undefined && whole.test(directory) ? root + directory : undefined,
        command: command.map((word) => (deepest.length > 0 ? word.replace(inWords, root) : word)),
        variables: Object.fromEntries(
            Object.entries(variables).map(([variable, value]) => [
                variable,
                deepest.length > 0 && whole.test(value) ? root + value : value,
            ]),
        ),
    };
}

function escapeExpression(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
