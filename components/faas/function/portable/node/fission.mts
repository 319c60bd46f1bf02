/**
 * Binds the portable handler to Fission's node-env (github.com/fission/environments, nodejs/server.js, 1.35). That
 * server imports this module when a pod is specialized and calls its default export with the Express request and
 * response. What it exports instead of a function is sent to the executor as the reason of the failure.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { loadHandler, serveRequest } from "./core.mjs";
import { writeLine } from "./log.mjs";
import { readSettings } from "./settings.mjs";

/** What node-env passes; `request` and `response` are Express's, which extend Node's. */
interface FissionContext {
    request: IncomingMessage;
    response: ServerResponse;
}

/** Tells node-env that the answer has been sent already. */
const answered = {};

/** Published by Node when a response has been handed over; https://nodejs.org/api/diagnostics_channel.html#http */
const responseFinished = "http.server.response.finish";

/**
 * node-env parses bodies before it calls a function: it answers malformed JSON itself, refuses more than 1 MB, and keeps
 * of JSON and forms only what it made of them. Its parsers look at the content type, so that is hidden from them; the
 * portable request is made from the raw header fields, where it still stands. The server is the one that answers the
 * very call that loads this module.
 */
function keepBodiesRaw(): void {
    const onFinish = (message: unknown): void => {
        const { request, server } = message as { request: IncomingMessage; server: Server };
        if (request.url === "/v2/specialize" || request.url === "/specialize") {
            unsubscribe(responseFinished, onFinish);
            server.prependListener("request", (incoming: IncomingMessage) => {
                delete incoming.headers["content-type"];
            });
        }
    };
    subscribe(responseFinished, onFinish);
}

async function load(): Promise<unknown> {
    const settings = readSettings(new URL("settings.json", import.meta.url));
    try {
        const invoke = await loadHandler(settings, new URL("../", import.meta.url));
        keepBodiesRaw();
        return async ({ request, response }: FissionContext) => {
            response.removeHeader("x-powered-by");
            await serveRequest(settings, invoke, request, response);
            return answered;
        };
    } catch (error) {
        // node-env itself would print the reason of its last attempt only: that it finds no file of another name.
        writeLine(settings, "error", "the function cannot be loaded", { error });
        const reason = error instanceof Error ? error.message : String(error);
        return { error: `The function ${settings.functionName} cannot be loaded: ${reason}` };
    }
}

export default await load();
