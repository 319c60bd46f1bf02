import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { FunctionRuntime } from "../../../components/faas/function/args";
import type { SourceFile } from "../../../components/faas/function/driver";
import {
    functionDirectory,
    packageServer,
    ServerContract,
    type ServerSettings,
} from "../../../components/faas/function/server";
import { type ServerProcess, startServer } from "../../../sandbox/call/server";
import { type Answer, logLines, send, waitFor } from "../portable/table";

/** The secret of every function; it needs escaping inside JSON. */
export const secretValue = 's3cr3t "quoted" value';

/** What a function is made of; the rest is usual. */
export interface ServedFunction {
    runtime: FunctionRuntime;
    contract?: ServerContract;
    /** @default `a.handler` */
    handler?: string;
    /** Files by path, or one file's text, which is then `a.mjs` or `a.py`. */
    files: readonly SourceFile[] | string;
    settings?: Partial<ServerSettings>;
    /** Variables of the container. */
    env?: Record<string, string>;
    /** Files beside the code's folder, where dependencies are installed. */
    installed?: readonly SourceFile[];
}

/** A function's server, as a process, in the folders of a pod. */
export interface RunningFunction extends ServerProcess {
    /** Where the code is mounted. */
    code: string;
}

/** Lays a function out as the mounted ConfigMap does, and starts its server with the variables of its container. */
export async function startFunction(fn: ServedFunction): Promise<RunningFunction> {
    const { code, program, words, env, remove } = layOut(fn);
    try {
        const server = await startServer(program, words, { env });
        const stop = (signal?: NodeJS.Signals): Promise<number | null> => server.stop(signal).finally(remove);
        return { ...server, code, stop };
    } catch (error) {
        remove();
        throw error;
    }
}

/** Runs a function's server that ends by itself before it listens. */
export function runToEnd(fn: ServedFunction): { status: number | null; output: string } {
    const { program, words, env, remove } = layOut(fn);
    const { status, stdout } = spawnSync(program, words, {
        env: { PATH: process.env.PATH, ...env },
        encoding: "utf8",
        timeout: 20_000,
    });
    remove();
    return { status, output: stdout };
}

/** The files of a function as in its pod, and the process of its container. */
function layOut(fn: ServedFunction): {
    code: string;
    program: string;
    words: string[];
    env: Record<string, string>;
    remove: () => void;
} {
    const pod = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-server-"));
    const code = path.join(pod, "code");
    const { files, command } = packageServer({
        runtime: fn.runtime,
        contract: fn.contract ?? ServerContract.Portable,
        handler: fn.handler ?? "a.handler",
        files: sourceFiles(fn),
        settings: {
            functionName: "a",
            namespace: "functions",
            timeoutSeconds: 60,
            drainSeconds: 0,
            variables: ["GREETING"],
            secrets: ["API_TOKEN"],
            ...fn.settings,
        },
    });
    mount(code, files);
    (fn.installed ?? []).forEach((file) => write(pod, file));
    const [program, ...words] = command.map((word) => word.replace(functionDirectory, code));
    const env = {
        KUBERNETES_FAAS_HOST: "127.0.0.1",
        KUBERNETES_FAAS_PORT: "0",
        GREETING: "Grüß Gott",
        API_TOKEN: secretValue,
        ...fn.env,
    };
    return {
        code,
        // The Node that runs the tests is as new as the image's; another one on PATH may not be.
        program: program === "node" ? process.execPath : program!,
        words,
        env,
        remove: () => fs.rmSync(pod, { recursive: true, force: true }),
    };
}

/** Uses a function, and ends its server afterwards. */
export async function withServer(fn: ServedFunction, use: (served: RunningFunction) => Promise<void>): Promise<void> {
    const served = await startFunction(fn);
    try {
        await use(served);
    } finally {
        await served.stop();
    }
}

function sourceFiles({ runtime, files }: ServedFunction): readonly SourceFile[] {
    const name = runtime === FunctionRuntime.Nodejs ? "a.mjs" : "a.py";
    return typeof files === "string" ? [{ path: name, content: Buffer.from(files) }] : files;
}

/** Links as the kubelet's: each top-level name leads through `..data` to a folder that holds this version's files. */
function mount(code: string, files: readonly SourceFile[]): void {
    const version = "..2026_11_22_09_00_00.1";
    files.forEach((file) => write(path.join(code, version), file));
    fs.symlinkSync(version, path.join(code, "..data"));
    for (const name of new Set(files.map((file) => file.path.split("/")[0]!))) {
        fs.symlinkSync(path.join("..data", name), path.join(code, name));
    }
    fs.readdirSync(code, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .forEach((entry) => fs.chmodSync(path.join(entry.parentPath, entry.name), 0o555));
}

function write(folder: string, { path: name, content }: SourceFile): void {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode: 0o444 });
}

/** A GET of a path. */
export function get(served: Pick<ServerProcess, "port">, target = "/"): Promise<Answer> {
    return send(served.port, { method: "GET", target });
}

/** The first line of the log with this message. */
export function logLine(
    served: Pick<ServerProcess, "output">,
    message: string,
): Promise<ReturnType<typeof logLines>[0]> {
    return waitFor(() => logLines(served.output()).find((line) => line.message === message));
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
    return new Promise((resolve, reject) => {
        const server = net.createServer().once("error", reject);
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as net.AddressInfo;
            server.close(() => resolve(port));
        });
    });
}

/** Sends bytes as they are, and collects what comes back until the other side closes. */
export function raw(port: number, ...pieces: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
        let seen = "";
        const socket = net.connect(port, "127.0.0.1", () => pieces.forEach((piece) => socket.write(piece, "latin1")));
        socket.on("data", (chunk: Buffer) => (seen += chunk.toString("latin1")));
        socket.once("close", () => resolve(seen));
        socket.once("error", reject);
    });
}
