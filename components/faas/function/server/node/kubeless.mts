/**
 * The contract of Kubeless's Node runtime (github.com/vmware-archive/runtimes, DEVELOPER_GUIDE.md and stable/nodejs):
 * `handler(event, context)`. python/kubeless.py is its twin.
 */
import process from "node:process";
import type { HandlerRequest } from "../../portable/contract.js";
import { answerOf } from "../../portable/node/answer.mjs";
import { exportedFunction, type Invoke, loadModule } from "../../portable/node/core.mjs";
import { withCors } from "./cors.mjs";
import { expressRequest, ExpressResponse, isJson, mediaType } from "./express.mjs";
import type { FunctionServerSettings } from "./settings.mjs";

type KubelessHandler = (event: Record<string, unknown>, context: Record<string, unknown>) => unknown;

/** Loads the user's code. @throws Error as the portable contract does */
export async function loadKubeless(settings: FunctionServerSettings, root: URL): Promise<Invoke> {
    const variables = runtimeVariables(settings);
    Object.assign(process.env, variables);
    const handler = exportedFunction(await loadModule(settings, root), settings.handler) as KubelessHandler;
    const context = Object.freeze({
        "function-name": variables.FUNC_HANDLER,
        timeout: settings.timeoutSeconds,
        runtime: variables.FUNC_RUNTIME,
        "memory-limit": variables.FUNC_MEMORY_LIMIT,
    });
    const invoke: Invoke = async (request) => {
        const response = new ExpressResponse();
        const work = (async () => handler(toEvent(request, response), context))();
        const result = await Promise.race([work, response.answered]);
        return response.isUsed ? response.answered : answerOf(200, {}, result ?? "");
    };
    return withCors(settings.corsOrigins, invoke);
}

/** What Kubeless's controller set; values that the container has win. */
function runtimeVariables({ handler, timeoutSeconds, port }: FunctionServerSettings): Record<string, string> {
    const { MOD_NAME, FUNC_HANDLER, FUNC_RUNTIME, FUNC_MEMORY_LIMIT } = process.env;
    return {
        MOD_NAME: MOD_NAME ?? handler.file.slice(0, handler.file.lastIndexOf(".")),
        FUNC_HANDLER: FUNC_HANDLER ?? handler.functionName,
        FUNC_TIMEOUT: String(timeoutSeconds),
        FUNC_RUNTIME: FUNC_RUNTIME ?? `nodejs${process.versions.node.split(".")[0]}`,
        FUNC_MEMORY_LIMIT: FUNC_MEMORY_LIMIT ?? "0",
        FUNC_PORT: String(port),
    };
}

function toEvent(request: HandlerRequest, response: ExpressResponse): Record<string, unknown> {
    const { headers } = request;
    const data = eventData(request);
    return {
        data,
        "event-id": headers["event-id"],
        "event-type": headers["event-type"],
        "event-time": headers["event-time"],
        "event-namespace": headers["event-namespace"],
        extensions: { request: expressRequest(request, data), response },
    };
}

/** JSON parsed, text as text, everything else as bytes; an empty body is an empty text. */
function eventData(request: HandlerRequest): unknown {
    const type = mediaType(request);
    if (request.body.length === 0) {
        return "";
    }
    if (isJson(type)) {
        return request.json();
    }
    const isText = /^$|^text\/|^application\/(x-www-form-urlencoded|xml|javascript)$|\+xml$/.test(type);
    return isText ? request.text() : request.body;
}
