/** A platform's HTTP request, turned into the portable one. python/request.py is its twin. */
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import type { HandlerRequest } from "../contract.js";

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

/** Thrown by the request's helpers for what is the caller's fault: answered with 400 unless the handler catches it. */
export class BadRequest extends Error {
    override readonly name = "BadRequest";
}

/** Header fields by lower-case name. */
export function foldHeaders(rawHeaders: readonly string[]): Record<string, string> {
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
export function chooseRequestId(headers: Record<string, string>): string {
    const given = requestIdHeaders.map((name) => headers[name]).find((value) => value !== undefined);
    return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}

/** The request that the handler sees. */
export function portableRequest(
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
export function splitTarget(target: string): [path: string, query: string] {
    const local = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
    const mark = local.indexOf("?");
    const path = mark < 0 ? local : local.slice(0, mark);
    return [path.startsWith("/") ? path : `/${path}`, mark < 0 ? "" : local.slice(mark + 1)];
}

/** Like `decodeURIComponent`, but what is no UTF-8 becomes U+FFFD instead of an error. */
export function percentDecode(path: string): string {
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
