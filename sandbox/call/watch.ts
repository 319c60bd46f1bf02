import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { FunctionRuntime } from "../../components/faas/function";
import { findHandler, readSource } from "../../components/faas/function/portable";
import { functionDirectory, packageServer, ServerContract } from "../../components/faas/function/server";
import { SandboxError } from "../tools/error";
import { freePort } from "../tools/ports";
import { type FunctionServer, startFunctionServer } from "./function-server";
import { byLine, plainLine } from "./plain-log";
import { writeFiles } from "./pod-files";

/** A function to serve from its files. */
export interface WatchOptions {
    /** A source file, or a folder of them. */
    source: string;
    /** @default what the file's ending says */
    runtime?: FunctionRuntime;
    /** `file.function`. @default the file's name and `handler` */
    handler?: string;
    /** @default `portable` */
    contract?: ServerContract;
    /** Port on 127.0.0.1. @default 8080, or any that is free */
    port?: number;
    /** Variables of the function. */
    environment?: Record<string, string>;
    /** Names of those variables that are secrets. */
    secrets?: string[];
    /** Seconds that a call may take. @default 60 */
    timeoutSeconds?: number;
    /** Takes what is to be said, and what the function writes, line by line. */
    report: (line: string) => void;
    /** Ends the service. */
    signal: AbortSignal;
}

/** An editor writes a file in several steps; what follows within this time, in milliseconds, is one change. */
const settleTime = 100;

const usualPort = 8080;

/**
 * Serves a function on 127.0.0.1 as a platform would, by the function server of the library, and again whenever its files
 * change. What is wrong with it is reported, and the next change tries again. Needs no cluster.
 *
 * @throws SandboxError when there is no such source, or its language is not known.
 */
export async function watchFunction(options: WatchOptions): Promise<void> {
    const source = path.resolve(options.source);
    const fn = describeFunction(source, options);
    const port = options.port ?? (await freePort(usualPort));
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-watch-"));
    const changes = new Changes(source, options.signal);
    try {
        while (!options.signal.aborted) {
            const changed = changes.next();
            const server = await tryToServe(fn, port, directory, options);
            await Promise.all([changed, server && reportEnd(server, changed, options)]);
            await server?.stop();
        }
    } finally {
        changes.close();
        fs.rmSync(directory, { recursive: true });
    }
}

/** A function whose language and handler are known. */
interface WatchedFunction {
    source: string;
    isFolder: boolean;
    runtime: FunctionRuntime;
    handler: string;
}

function describeFunction(source: string, { runtime, handler }: WatchOptions): WatchedFunction {
    if (!fs.existsSync(source)) {
        throw new SandboxError(`there is no file or folder ${source}`);
    }
    const isFolder = fs.statSync(source).isDirectory();
    const known = runtime ?? runtimeOf(path.extname(source));
    if (known === undefined) {
        const languages = Object.values(FunctionRuntime).join(" or ");
        throw new SandboxError(`${source} does not tell its language; say it by --runtime: ${languages}`);
    }
    const file = isFolder ? "handler" : path.parse(source).name;
    return { source, isFolder, runtime: known, handler: handler ?? `${file}.handler` };
}

function runtimeOf(ending: string): FunctionRuntime | undefined {
    if ([".js", ".mjs", ".cjs"].includes(ending)) {
        return FunctionRuntime.Nodejs;
    }
    return ending === ".py" ? FunctionRuntime.Python : undefined;
}

async function tryToServe(
    fn: WatchedFunction,
    port: number,
    directory: string,
    options: WatchOptions,
): Promise<FunctionServer | undefined> {
    try {
        const server = await serve(fn, port, directory, options);
        options.report(`${fn.handler} answers at ${server.url}/`);
        return server;
    } catch (error) {
        if (!(error instanceof SandboxError)) {
            throw error;
        }
        options.report(`${error.message.trimEnd()}; waiting for a change`);
        return undefined;
    }
}

/** Packs the function anew and starts its server. */
function serve(fn: WatchedFunction, port: number, directory: string, options: WatchOptions): Promise<FunctionServer> {
    const { runtime, handler, source, isFolder } = fn;
    const { contract = ServerContract.Portable, environment = {}, secrets = [], timeoutSeconds = 60 } = options;
    const { files, faults } = readSource({
        runtime,
        handler,
        ...(isFolder
            ? { archive: new pulumi.asset.FileArchive(source) }
            : { code: new pulumi.asset.FileAsset(source) }),
    });
    const problems = faults.length > 0 ? faults : findHandler(files, handler, runtime);
    if (problems.length > 0) {
        throw new SandboxError(problems.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`).join("\n"));
    }
    const functionName = handler.split(".")[0]!;
    const variables = Object.keys(environment).filter((name) => !secrets.includes(name));
    const settings = { functionName, namespace: "local", timeoutSeconds, variables, secrets };
    const packed = packageServer({ runtime, contract, handler, files, settings });

    const code = path.join(directory, functionDirectory);
    fs.rmSync(path.dirname(code), { recursive: true, force: true });
    writeFiles(code, packed.files);
    linkPackages(fn, path.dirname(code));
    const command = packed.command.map((word) => word.replace(functionDirectory, code));
    // Places in errors are those of the files that somebody edits.
    const written = isFolder ? source : path.dirname(source);
    const onOutput = byLine((line) => isStart(line) || options.report(plainLine(line).replaceAll(code, written)));
    return startFunctionServer(handler, command, { variables: environment, port, onOutput });
}

/** The server says that it listens, which is reported in other words. */
const isStart = (line: string): boolean => /"message":"listening on \d+"/.test(line);

/** What `npm install` has put into the folder is where the function looks for it; in a cluster it is installed there. */
function linkPackages({ source, isFolder }: WatchedFunction, place: string): void {
    const installed = path.join(source, "node_modules");
    if (isFolder && fs.existsSync(installed)) {
        fs.symlinkSync(installed, path.join(place, "node_modules"), "dir");
    }
}

/** Says so when the function ends by itself. */
async function reportEnd(server: FunctionServer, changed: Promise<unknown>, { report }: WatchOptions): Promise<void> {
    const first = await Promise.race([server.exited.then(() => "ended"), changed.then(() => "changed")]);
    if (first === "ended") {
        report("the function has ended its process; waiting for a change");
    }
}

/** The changes of a file or of a folder. */
class Changes {
    private readonly watcher: fs.FSWatcher;
    private wake: (() => void) | undefined;
    private missed = false;

    constructor(source: string, signal: AbortSignal) {
        const isFolder = fs.statSync(source).isDirectory();
        // Editors put a new file in the place of the old one, so the folder is watched and not the file.
        const folder = isFolder ? source : path.dirname(source);
        let timer: NodeJS.Timeout | undefined;
        this.watcher = fs.watch(folder, { recursive: isFolder }, (_event, name) => {
            if (isFolder ? isSource(name) : name === path.basename(source)) {
                clearTimeout(timer);
                timer = setTimeout(() => this.notify(), settleTime);
            }
        });
        signal.addEventListener("abort", () => this.notify(), { once: true });
    }

    /** Resolves at the next change, or when the service is to end; at once after one that nobody waited for. */
    next(): Promise<void> {
        if (this.missed) {
            this.missed = false;
            return Promise.resolve();
        }
        return new Promise((resolve) => (this.wake = resolve));
    }

    private notify(): void {
        this.missed = this.wake === undefined;
        this.wake?.();
        this.wake = undefined;
    }

    close(): void {
        this.watcher.close();
    }
}

/** What is left out when a folder is packed is no reason to pack it again. */
function isSource(name: string | null): boolean {
    return name === null || !name.split(path.sep).some((part) => /^\.|^(node_modules|__pycache__)$/.test(part));
}
