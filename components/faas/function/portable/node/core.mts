/**
 * The portable handler for Node: turns a platform's HTTP request into the portable one, calls the user's handler, and
 * turns what it returns into an answer. It runs inside a platform's function container, beside the user's code, so it
 * and its neighbours import nothing but Node itself. python/core.py is its twin: what changes here changes there, and
 * the shared table of cases holds both to it.
 */
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import process from "node:process";
import { type PlatformAnswer, headerBytes, maxHeaderBytes, problem, toAnswer } from "./answer.mjs";
import type { Handler, HandlerContext, HandlerRequest } from "../contract.js";
import { portableContext } from "./context.mjs";
import { writeLine } from "./log.mjs";
import { BadRequest, type PlatformRequest, chooseRequestId, foldHeaders, portableRequest } from "./request.mjs";
import type { Settings } from "./settings.mjs";
import { readBody, writeAnswer } from "./transport.mjs";

/** Calls the user's code with one request. What it throws becomes an answer. */
export type Invoke = (request: HandlerRequest, context: HandlerContext) => Promise<PlatformAnswer>;

/**
 * Sets the declared environment, then loads the user's module.
 *
 * @param root the folder of the user's code
 * @throws Error when a secret's file is missing, or when the module itself fails
 */
export async function loadModule(settings: Settings, root: URL): Promise<Record<string, unknown>> {
    Object.assign(process.env, settings.environment);
    for (const { variable, file } of settings.secrets) {
        if (file !== undefined) {
            process.env[variable] = readSecret(variable, file);
        }
    }
    const path = settings.handler.file.split("/").map(encodeURIComponent).join("/");
    return (await import(new URL(path, root).href)) as Record<string, unknown>;
}

function readSecret(variable: string, file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new Error(`The secret for ${variable} is missing: ${(error as Error).message}`, { cause: error });
    }
}

/**
 * The function that the settings name. A CommonJS module arrives as the default export, and not all of its exports are
 * found by name.
 *
 * @throws Error when there is none
 */
export function exportedFunction(
    module: Record<string, unknown>,
    { file, functionName }: Settings["handler"],
): unknown {
    const whole = module.default as Record<string, unknown> | undefined;
    const found = [module[functionName], whole?.[functionName]].find((each) => typeof each === "function");
    if (found) {
        return found;
    }
    const names = [...new Set([...Object.keys(module), ...Object.keys(whole ?? {})])].join(", ") || "nothing";
    throw new Error(`${file} exports no function "${functionName}"; it exports ${names}`);
}

/** Loads a portable handler. @throws Error as {@link loadModule} and {@link exportedFunction} do */
export async function loadHandler(settings: Settings, root: URL): Promise<Invoke> {
    const handler = exportedFunction(await loadModule(settings, root), settings.handler) as Handler;
    return async (request, context) => toAnswer(await handler(request, context));
}

/**
 * Answers a request. Never rejects: what the handler throws becomes an answer and a line in the log.
 *
 * @param deadline when the platform gives the request up, by default the function's timeout from now
 */
export async function answerRequest(
    settings: Settings,
    platformRequest: PlatformRequest,
    invoke: Invoke,
    deadline = new Date(Date.now() + settings.timeoutSeconds * 1000),
): Promise<PlatformAnswer> {
    const headers = foldHeaders(platformRequest.rawHeaders);
    const context = portableContext(settings, chooseRequestId(headers), deadline);
    const answer = await call(settings, platformRequest, headers, context, invoke).catch((error: unknown) => {
        if (error instanceof BadRequest) {
            return problem(400, error.message, context.requestId);
        }
        context.log.error("the handler failed", { error });
        return problem(500, "internal error", context.requestId);
    });
    if (!answer.headers.some(([name]) => name === "x-request-id")) {
        answer.headers.push(["x-request-id", context.requestId]);
    }
    return answer;
}

async function call(
    { maxBodyBytes }: Settings,
    { method, target, rawHeaders, body }: PlatformRequest,
    headers: Record<string, string>,
    context: HandlerContext,
    invoke: Invoke,
): Promise<PlatformAnswer> {
    if (headerBytes(rawHeaders) > maxHeaderBytes) {
        return problem(431, "the header fields are too large", context.requestId);
    }
    if (body === undefined) {
        return problem(413, `the body is larger than ${maxBodyBytes} bytes`, context.requestId);
    }
    return invoke(portableRequest(method, target, headers, body), context);
}

/** Answers a request of Node's own HTTP server. @throws Error when somebody has read its body already */
export async function serveRequest(
    settings: Settings,
    invoke: Invoke,
    incoming: IncomingMessage,
    response: ServerResponse,
): Promise<void> {
    const { method = "GET", url = "/", rawHeaders } = incoming;
    if (incoming.readableEnded) {
        throw new Error("the body was read before it reached the adapter");
    }
    const body = await readBody(incoming, settings.maxBodyBytes).catch(() => null);
    if (body === null) {
        // The caller has gone away in the middle of the body.
        response.destroy();
        return;
    }
    const answer = await answerRequest(settings, { method, target: url, rawHeaders, body }, invoke);
    await writeAnswer(response, answer, method === "HEAD").catch((error: unknown) =>
        logBrokenStream(settings, answer, error),
    );
}

/** Notes that a stream failed when its status was sent already. */
export function logBrokenStream(settings: Settings, { headers }: PlatformAnswer, error: unknown): void {
    const requestId = headers.find(([name]) => name === "x-request-id")?.[1];
    writeLine(settings, "error", "the handler failed while its answer was sent", { error, requestId });
}
