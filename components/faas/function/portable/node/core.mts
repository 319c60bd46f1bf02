/**
 * The portable handler for Node: turns a platform's HTTP request into the portable one, calls the user's handler, and
 * turns what it returns into an answer. It runs inside a platform's function container, beside the user's code, so it
 * imports nothing but Node itself. python/core.py is its twin: what changes here changes there, and the shared table of
 * cases holds both to it.
 */
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import process from "node:process";
import { type PlatformAnswer, headerBytes, maxHeaderBytes, problem, toAnswer } from "./answer.mjs";
import type { Handler, HandlerContext, HandlerLog, HandlerRequest } from "../contract.js";

/** The content of settings.json, which the packaging writes. */
export interface Settings {
    functionName: string;
    namespace: string;
    handler: { file: string; functionName: string };
    timeoutSeconds: number;
    maxBodyBytes: number;
    /** Variables to set; a platform that sets its own leaves it empty. */
    environment: Record<string, string>;
    /** Secrets: in `file`, or, without one, already in the environment. */
    secrets: { variable: string; file?: string }[];
}

/** A request as the platform's server has it. */
export interface PlatformRequest {
    method: string;
    /** The request line's target: path and query, not decoded. */
    target: string;
    /** Names and values in turn, as Node's `rawHeaders`. */
    rawHeaders: readonly string[];
    /** Nothing when it was larger than allowed. */
    body: Buffer | undefined;
}

/** Where gateways put the identifier of a request, most specific first. */
const requestIdHeaders = ["x-fission-request-id", "x-request-id", "x-call-id"];

/** Shorter values would mask half of every line. */
const shortestMasked = 6;

/** Thrown by the request's helpers for what is the caller's fault: answered with 400 unless the handler catches it. */
export class BadRequest extends Error {
    override readonly name = "BadRequest";
}

/** Reads settings.json beside a module of the adapter. */
export function readSettings(moduleUrl: string): Settings {
    return JSON.parse(readFileSync(new URL("settings.json", moduleUrl), "utf8")) as Settings;
}

/**
 * Sets the declared environment, then loads the user's module from the folder above the adapter's.
 *
 * @throws Error when a secret's file or the handler is missing, or when the module itself fails
 */
export async function loadFunction(settings: Settings, moduleUrl: string): Promise<PortableFunction> {
    Object.assign(process.env, settings.environment);
    for (const { variable, file } of settings.secrets) {
        if (file !== undefined) {
            process.env[variable] = readSecret(variable, file);
        }
    }
    const path = settings.handler.file.split("/").map(encodeURIComponent).join("/");
    const module = (await import(new URL(`../${path}`, moduleUrl).href)) as Record<string, unknown>;
    return new PortableFunction(exportedHandler(module, settings.handler), settings);
}

function readSecret(variable: string, file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new Error(`The secret for ${variable} is missing: ${(error as Error).message}`, { cause: error });
    }
}

/** A CommonJS module arrives as the default export, and not all of its exports are found by name. */
function exportedHandler(module: Record<string, unknown>, { file, functionName }: Settings["handler"]): Handler {
    const whole = module.default as Record<string, unknown> | undefined;
    const found = [module[functionName], whole?.[functionName]].find((each) => typeof each === "function");
    if (found) {
        return found as Handler;
    }
    const names = [...new Set([...Object.keys(module), ...Object.keys(whole ?? {})])].join(", ") || "nothing";
    throw new Error(`${file} exports no function "${functionName}"; it exports ${names}`);
}

/** A user's handler, ready to answer requests. */
export class PortableFunction {
    readonly #handler: Handler;
    readonly #settings: Settings;

    constructor(handler: Handler, settings: Settings) {
        this.#handler = handler;
        this.#settings = settings;
    }

    /** Answers a request of Node's own HTTP server. @throws Error when somebody has read its body already */
    async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        const { method = "GET", url = "/", rawHeaders } = incoming;
        if (incoming.readableEnded) {
            throw new Error("the body was read before it reached the adapter");
        }
        const body = await readBody(incoming, this.#settings.maxBodyBytes).catch(() => null);
        if (body === null) {
            // The caller has gone away in the middle of the body.
            response.destroy();
            return;
        }
        const answer = await this.answer({ method, target: url, rawHeaders, body });
        write(response, answer, method === "HEAD");
    }

    /** Answers a request. Never rejects: what the handler throws becomes an answer and a line in the log. */
    async answer(platformRequest: PlatformRequest): Promise<PlatformAnswer> {
        const headers = foldHeaders(platformRequest.rawHeaders);
        const requestId = chooseRequestId(headers);
        const log = this.#log(requestId);
        const answer = await this.#call(platformRequest, headers, requestId, log).catch((error: unknown) => {
            if (error instanceof BadRequest) {
                return problem(400, error.message, requestId);
            }
            log.error("the handler failed", { error });
            return problem(500, "internal error", requestId);
        });
        if (!answer.headers.some(([name]) => name === "x-request-id")) {
            answer.headers.push(["x-request-id", requestId]);
        }
        return answer;
    }

    async #call(
        { method, target, rawHeaders, body }: PlatformRequest,
        headers: Record<string, string>,
        requestId: string,
        log: HandlerLog,
    ): Promise<PlatformAnswer> {
        if (headerBytes(rawHeaders) > maxHeaderBytes) {
            return problem(431, "the header fields are too large", requestId);
        }
        if (body === undefined) {
            return problem(413, `the body is larger than ${this.#settings.maxBodyBytes} bytes`, requestId);
        }
        const request = portableRequest(method, target, headers, body);
        return toAnswer(await this.#handler(request, this.#context(requestId, log)));
    }

    #context(requestId: string, log: HandlerLog): HandlerContext {
        const { functionName, namespace, environment, timeoutSeconds } = this.#settings;
        const deadline = new Date(Date.now() + timeoutSeconds * 1000);
        return Object.freeze({
            functionName,
            namespace,
            requestId,
            deadline,
            remainingMilliseconds: () => Math.max(0, deadline.getTime() - Date.now()),
            environment: Object.freeze({ ...environment }),
            secret: (variable: string) => this.#secret(variable),
            log,
        });
    }

    #secret(variable: string): string {
        const names = this.#settings.secrets.map((secret) => secret.variable);
        if (!names.includes(variable)) {
            const declared = names.join(", ") || "none";
            throw new Error(`The function declares no secret "${variable}"; it declares ${declared}.`);
        }
        return process.env[variable] ?? "";
    }

    #log(requestId: string): HandlerLog {
        const write = (level: string) => (message: string, fields?: Record<string, unknown>) =>
            writeLine(this.#settings, level, message, { ...fields, requestId });
        return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
    }
}

/** Writes one line of the log, without the values of declared secrets. */
export function writeLine(settings: Settings, level: string, message: string, fields: Record<string, unknown>): void {
    const { functionName, namespace } = settings;
    const own = { time: new Date().toISOString(), level, message, function: functionName, namespace };
    let line: string;
    try {
        line = JSON.stringify({ ...own, ...fields, ...own }, loggable);
    } catch {
        line = JSON.stringify({ ...own, requestId: fields.requestId, fields: "have no JSON form" });
    }
    process.stdout.write(`${mask(line, settings)}\n`);
}

/** Errors and large integers have no JSON form of their own. */
function loggable(_key: string, value: unknown): unknown {
    if (value instanceof Error) {
        const { name, message, stack, cause } = value;
        return { name, message, stack, cause };
    }
    return typeof value === "bigint" ? String(value) : value;
}

/** Puts asterisks in the place of secrets, in the form that they have inside a JSON text. */
function mask(line: string, { secrets }: Settings): string {
    return secrets
        .map(({ variable }) => process.env[variable] ?? "")
        .filter((secret) => secret.length >= shortestMasked)
        .reduce((masked, secret) => masked.replaceAll(JSON.stringify(secret).slice(1, -1), "***"), line);
}

/** The body, or `undefined` when it is too large; it is read to its end all the same, or the caller would miss the answer. */
async function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes <= limit) {
            chunks.push(chunk);
        } else {
            chunks.length = 0;
        }
    }
    return bytes <= limit ? Buffer.concat(chunks) : undefined;
}

function foldHeaders(rawHeaders: readonly string[]): Record<string, string> {
    const headers = Object.create(null) as Record<string, string>;
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
        const name = rawHeaders[index]!.toLowerCase();
        const value = rawHeaders[index + 1]!;
        if (!name.includes("_")) {
            const before = headers[name];
            headers[name] = before === undefined ? value : before + (name === "cookie" ? "; " : ", ") + value;
        }
    }
    return headers;
}

/** The gateway's identifier when it is fit for logs and headers. */
function chooseRequestId(headers: Record<string, string>): string {
    const given = requestIdHeaders.map((name) => headers[name]).find((value) => value !== undefined);
    return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}

function portableRequest(
    method: string,
    target: string,
    headers: Record<string, string>,
    body: Buffer,
): HandlerRequest {
    const [path, queryText] = splitTarget(target);
    // With the question mark, since a text that begins with one would lose it.
    const values = new URLSearchParams(`?${queryText}`);
    const query = Object.create(null) as Record<string, string>;
    for (const [name, value] of values) {
        query[name] ??= value;
    }
    const text = (): string => body.toString("utf8");
    return Object.freeze({
        method: method.toUpperCase(),
        path: percentDecode(path),
        query: Object.freeze(query),
        headers: Object.freeze(headers),
        body,
        queryAll: (name: string) => values.getAll(name),
        text,
        json: () => parseJson(text()),
    });
}

/** Path and query of a request target, which a proxy may write as a whole URL (RFC 9112, section 3.2.2). */
function splitTarget(target: string): [path: string, query: string] {
    const local = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
    const mark = local.indexOf("?");
    const path = mark < 0 ? local : local.slice(0, mark);
    return [path.startsWith("/") ? path : `/${path}`, mark < 0 ? "" : local.slice(mark + 1)];
}

/** Like `decodeURIComponent`, but what is no UTF-8 becomes U+FFFD instead of an error. */
function percentDecode(path: string): string {
    const latin1 = path.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
    return Buffer.from(latin1, "latin1").toString("utf8");
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        throw new BadRequest("the body is not JSON");
    }
}

function write(response: ServerResponse, { status, headers, body }: PlatformAnswer, headOnly: boolean): void {
    response.statusCode = status;
    for (const name of new Set(headers.map(([each]) => each))) {
        const values = headers.filter(([each]) => each === name).map(([, value]) => value);
        response.setHeader(name, values.length === 1 ? values[0]! : values);
    }
    if (status !== 204 && status !== 304) {
        response.setHeader("content-length", body.length);
    }
    response.end(headOnly ? undefined : body);
}
