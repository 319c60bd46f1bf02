/** Lets browsers call from named origins. Upstream's Kubeless let them call from all. python/cors.py is its twin. */
import { Buffer } from "node:buffer";
import type { HandlerRequest } from "../../portable/contract.js";
import type { PlatformAnswer } from "../../portable/node/answer.mjs";
import type { Invoke } from "../../portable/node/core.mjs";

type Fields = PlatformAnswer["headers"];

/** Seconds for which a browser may keep the answer to a preflight. */
const preflightSeconds = "600";

/** Answers preflights, and names the origin in answers, when it is one of these; `*` is all. */
export function withCors(origins: readonly string[], invoke: Invoke): Invoke {
    if (origins.length === 0) {
        return invoke;
    }
    return async (request, context) => {
        const fields = originFields(origins, request.headers.origin);
        const asked = request.headers["access-control-request-method"];
        if (request.method === "OPTIONS" && asked !== undefined) {
            const headers =
                fields.length > 1 || origins.includes("*") ? [...fields, ...preflight(request, asked)] : fields;
            return { status: 204, headers, body: Buffer.alloc(0) };
        }
        const answer = await invoke(request, context);
        return { ...answer, headers: [...answer.headers, ...fields] };
    };
}

function originFields(origins: readonly string[], origin: string | undefined): Fields {
    if (origins.includes("*")) {
        return [["access-control-allow-origin", "*"]];
    }
    const isAllowed = origin !== undefined && origins.includes(origin);
    return [["vary", "origin"], ...(isAllowed ? ([["access-control-allow-origin", origin]] as Fields) : [])];
}

function preflight({ headers }: HandlerRequest, method: string): Fields {
    const asked = headers["access-control-request-headers"];
    return [
        ["access-control-allow-methods", method],
        ...(asked === undefined ? [] : ([["access-control-allow-headers", asked]] as Fields)),
        ["access-control-max-age", preflightSeconds],
    ];
}
