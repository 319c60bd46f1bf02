/**
 * The contract of Funktion's Node runtime (github.com/funktionio/funktion-nodejs-runtime, server.js):
 * `module.exports = function(context, callback)`. python/funktion.py has an equivalent.
 */
import type { HandlerRequest } from "../../portable/contract.js";
import { answerOf, type PlatformAnswer, problem } from "../../portable/node/answer.mjs";
import { exportedFunction, type Invoke, loadModule } from "../../portable/node/core.mjs";
import { type ExpressRequest, expressRequest, ExpressResponse, isJson, mediaType } from "./express.mjs";
import type { FunctionServerSettings } from "./settings.mjs";

type Callback = (status?: number, body?: unknown, headers?: Record<string, unknown>) => void;
type FunktionHandler = (context: { request: ExpressRequest; response: ExpressResponse }, callback: Callback) => unknown;

/** Loads the user's code. @throws Error as the portable contract does */
export async function loadFunktion(settings: FunctionServerSettings, root: URL): Promise<Invoke> {
    const module = await loadModule(settings, root);
    const whole = module.default;
    const handler = (
        typeof whole === "function" ? whole : exportedFunction(module, settings.handler)
    ) as FunktionHandler;
    return async (request, { requestId, log }) => {
        if (request.path !== "/") {
            return problem(404, "the function answers on / only", requestId);
        }
        const response = new ExpressResponse();
        return new Promise<PlatformAnswer>((resolve, reject) => {
            let isCalled = false;
            const callback: Callback = (status = 200, body, headers) => {
                if (isCalled) {
                    log.warn("the function called back more than once", { status });
                    return;
                }
                isCalled = true;
                resolve(answerOf(status, headers, body));
            };
            void response.answered.then(resolve, reject);
            const returned = (async () =>
                handler({ request: expressRequest(request, bodyOf(request)), response }, callback))();
            returned.catch(reject);
        });
    };
}

/** JSON and forms parsed, everything else as bytes; an empty body is an empty text. */
function bodyOf(request: HandlerRequest): unknown {
    const type = mediaType(request);
    if (request.body.length === 0) {
        return "";
    }
    if (isJson(type)) {
        return request.json();
    }
    if (type === "application/x-www-form-urlencoded") {
        return Object.fromEntries(new URLSearchParams(request.text()));
    }
    return request.body;
}
