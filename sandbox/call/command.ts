import * as fs from "node:fs";
import type { Command } from "commander";
import { SandboxError } from "../tools/error";
import type { FindOptions } from "./find";
import type { CallAnswer, CallRequest } from "./request";

/** What the command line says of a request. */
export interface RequestOptions extends FindOptions {
    method?: string;
    path?: string;
    header: string[];
    data?: string;
}

/** The options of a command that sends a request to a function. */
export function addRequestOptions(command: Command): Command {
    return command
        .option("-X, --method <method>", "HTTP method (default: GET, or POST with --data)")
        .option("-p, --path <path>", "path below the function's route, with the query", "/")
        .option("-H, --header <header>", "a header, as in `Name: value`; may be repeated", collect, [])
        .option("-d, --data <text>", "body of the request; `@FILE` reads it from a file, `@-` from standard input")
        .option("-N, --namespace <namespace>", "the function's namespace, where several have one of its name");
}

/** The request that the command line describes. @throws SandboxError for a header without a colon, or a missing file. */
export function requestOf({ method, path, header, data }: RequestOptions): CallRequest {
    const headers = Object.fromEntries(header.map(headerOf));
    return { method, path, headers, body: data === undefined ? undefined : bodyOf(data) };
}

/** Prints an answer: its body to standard output, all else to standard error. The exit code tells a failure. */
export function printAnswer({ status, bytes, body, log }: CallAnswer, how: string): void {
    process.stderr.write(`${how}\n${log}${log === "" || log.endsWith("\n") ? "" : "\n"}${status}\n`);
    process.stdout.write(bytes);
    if (process.stdout.isTTY && !body.endsWith("\n")) {
        process.stdout.write("\n");
    }
    process.exitCode = status < 400 ? 0 : 1;
}

/** How a function of the sandbox was called. */
export const simulatedCall =
    "The sandbox simulates pods: what the API server holds for the function ran here, as a process. What it logged:";

/** Takes one more value of an option that may be repeated. */
export function collect(value: string, earlier: string[]): string[] {
    return [...earlier, value];
}

function headerOf(text: string): [string, string] {
    const colon = text.indexOf(":");
    if (colon < 1) {
        throw new SandboxError(`--header is "${text}"; write a name, a colon and a value: "accept: text/plain"`);
    }
    return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function bodyOf(data: string): string | Uint8Array {
    if (!data.startsWith("@")) {
        return data;
    }
    const file = data.slice(1);
    try {
        return fs.readFileSync(file === "-" ? 0 : file);
    } catch (error) {
        throw new SandboxError(`--data is "${data}", and the file can't be read: ${(error as Error).message}`);
    }
}
