/**
 * What a portable function sees and says. The types here are for authors who write handlers in TypeScript; the same
 * contract in Python has the names in snake case (docs/functions.md).
 *
 * @example
 * ```ts
 * import type { Handler } from "kubernetes-faas";
 *
 * export const handler: Handler = (request, context) => {
 *     context.log.info("greeting", { from: request.headers["user-agent"] });
 *     return { status: 200, headers: { "cache-control": "no-store" }, body: `Hello ${request.query.name ?? "world"}` };
 * };
 * ```
 */
export type Handler = (request: HandlerRequest, context: HandlerContext) => HandlerResult | Promise<HandlerResult>;

/** One HTTP request, the same on every platform. */
export interface HandlerRequest {
    /** In capitals: `GET`. */
    readonly method: string;
    /** What follows the function's own route, percent-decoded as UTF-8; begins with `/`. */
    readonly path: string;
    /** The first value of each query parameter; a parameter without a value is the empty text. */
    readonly query: Readonly<Record<string, string>>;
    /**
     * Header fields by lower-case name. Repeated fields are joined by a comma, cookies by `; `. Fields with `_` in their
     * name are left out, since gateways cannot tell `x_user` from `x-user`.
     */
    readonly headers: Readonly<Record<string, string>>;
    /** The body's bytes, exactly as they were sent; empty without a body. */
    readonly body: Buffer;
    /** Every value of a query parameter, in order; an empty list when it is absent. */
    queryAll(name: string): string[];
    /** The body as UTF-8 text; what is not UTF-8 becomes U+FFFD. */
    text(): string;
    /** The body as JSON. What is thrown when it is none answers the caller with 400, unless the handler catches it. */
    json(): unknown;
}

/** Where and for how long a function runs, and what it was given. */
export interface HandlerContext {
    readonly functionName: string;
    readonly namespace: string;
    /** The caller's or the gateway's identifier of the request, else a new one. It is in every log line and in the answer's `x-request-id`. */
    readonly requestId: string;
    /** When the platform gives the request up. */
    readonly deadline: Date;
    /** Milliseconds until the deadline, 0 when it has passed. */
    remainingMilliseconds(): number;
    /** The function's declared environment variables that are no secrets. */
    readonly environment: Readonly<Record<string, string>>;
    /** A declared secret by the name of its environment variable. @throws Error when the function declares none of that name */
    secret(variable: string): string;
    /** Writes one JSON line per call; values of declared secrets are masked. */
    readonly log: HandlerLog;
}

/** Writes structured lines; `fields` must have a JSON form. */
export interface HandlerLog {
    debug(message: string, fields?: Record<string, unknown>): void;
    info(message: string, fields?: Record<string, unknown>): void;
    warn(message: string, fields?: Record<string, unknown>): void;
    error(message: string, fields?: Record<string, unknown>): void;
}

/**
 * What a handler returns: a full answer, or a shorthand for one. An object is a full answer when its `status` is a whole
 * number and it has no key but `status`, `headers` and `body`; any other plain object or list is data.
 *
 * | returned | status | content type |
 * |---|---|---|
 * | text | 200 | `text/plain; charset=utf-8` |
 * | bytes | 200 | `application/octet-stream` |
 * | a stream | 200 | `application/octet-stream` |
 * | nothing | 204 | none |
 * | any other data | 200 | `application/json` |
 */
export type HandlerResult = HandlerAnswer | HandlerBody;

/** A full answer. */
export interface HandlerAnswer {
    /** 200 to 599. */
    status: number;
    /** Header fields; a list repeats the field. Those that belong to the connection, like `content-length`, are ignored. */
    headers?: Record<string, HandlerHeaderValue | HandlerHeaderValue[] | undefined>;
    /** Takes the same shorthands; its content type yields to one in `headers`. */
    body?: HandlerBody;
}

/** The value of a header field: visible Latin-1 characters, spaces and tabs. */
export type HandlerHeaderValue = string | number;

/**
 * Text, bytes, a stream, nothing, or data that is sent as JSON. A stream is an asynchronous iterable or an iterator, such
 * as generators and Node's streams are; it is sent piece by piece, and each piece is a text or bytes.
 */
export type HandlerBody =
    | string
    | Uint8Array
    | AsyncIterable<string | Uint8Array>
    | Iterator<string | Uint8Array>
    | number
    | boolean
    | object
    | null
    | undefined
    | void;
