/** The parts of Express's request and response that functions of Kubeless and Funktion were written with. */
import { Buffer } from "node:buffer";
import { STATUS_CODES } from "node:http";
import { PassThrough, Writable } from "node:stream";
import type { HandlerRequest } from "../../portable/contract.js";
import { answerOf, type PlatformAnswer } from "../../portable/node/answer.mjs";

/** What a function sees of Express's request. */
export interface ExpressRequest {
    method: string;
    url: string;
    path: string;
    /** A repeated parameter is a list. */
    query: Record<string, string | string[]>;
    headers: Readonly<Record<string, string>>;
    params: Record<string, string>;
    body: unknown;
    rawBody: Buffer;
    get(name: string): string | undefined;
    header(name: string): string | undefined;
}

/** @param body what `request.body` is, after parsing */
export function expressRequest(request: HandlerRequest, body: unknown): ExpressRequest {
    const { method, path, headers, body: rawBody } = request;
    const parameters = Object.keys(request.query).flatMap((name) =>
        request.queryAll(name).map((value): [string, string] => [name, value]),
    );
    const search = new URLSearchParams(parameters).toString();
    const get = (name: string): string | undefined => headers[name.toLowerCase()];
    const query = Object.keys(request.query).map((name): [string, string | string[]] => {
        const values = request.queryAll(name);
        return [name, values.length === 1 ? values[0]! : values];
    });
    return {
        method,
        url: encodeURI(path) + (search && `?${search}`),
        path,
        query: Object.fromEntries(query),
        headers,
        params: {},
        body,
        rawBody,
        get,
        header: get,
    };
}

/** The media type of a request's body, without parameters, in lower case; empty when it has none. */
export function mediaType({ headers }: HandlerRequest): string {
    return (headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
}

/** Whether a media type is JSON. */
export function isJson(type: string): boolean {
    return type === "application/json" || type.endsWith("+json");
}

/** What a function sees of Express's response. The answer goes out when it ends, or with the first piece written. */
export class ExpressResponse extends Writable {
    statusCode = 200;
    /** The answer, as soon as there is one. */
    readonly answered: Promise<PlatformAnswer>;
    /** Whether something is written or going to be. */
    isUsed = false;
    #hasBegun = false;
    readonly #headers: Record<string, unknown> = {};
    readonly #pieces = new PassThrough();
    #answer!: (answer: Promise<PlatformAnswer>) => void;

    constructor() {
        super();
        this.answered = new Promise((resolve) => {
            this.#answer = resolve;
        });
        this.answered.catch(() => undefined);
        this.once("pipe", () => {
            this.isUsed = true;
        });
        this.#pieces.once("close", () => this.destroy());
    }

    get headersSent(): boolean {
        return this.isUsed;
    }

    status(code: number): this {
        this.statusCode = code;
        return this;
    }

    set(names: string | Record<string, unknown>, value?: unknown): this {
        for (const [name, each] of typeof names === "string" ? [[names, value] as const] : Object.entries(names)) {
            this.#headers[name.toLowerCase()] = each;
        }
        return this;
    }

    header(names: string | Record<string, unknown>, value?: unknown): this {
        return this.set(names, value);
    }

    setHeader(name: string, value: unknown): this {
        return this.set(name, value);
    }

    get(name: string): unknown {
        return this.#headers[name.toLowerCase()];
    }

    getHeader(name: string): unknown {
        return this.get(name);
    }

    removeHeader(name: string): void {
        delete this.#headers[name.toLowerCase()];
    }

    type(mediaType: string): this {
        return this.set("content-type", mediaType);
    }

    writeHead(code: number, headers: Record<string, unknown> = {}): this {
        return this.status(code).set(headers);
    }

    /** Ends the answer with a text, bytes, a stream, or data as JSON. */
    send(body?: unknown): this {
        this.#begin(body);
        return this;
    }

    json(body: unknown): this {
        return this.type(String(this.get("content-type") ?? "application/json")).send(JSON.stringify(body));
    }

    sendStatus(code: number): this {
        return this.status(code).send(STATUS_CODES[code] ?? String(code));
    }

    override _write(piece: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
        this.#begin(this.#pieces);
        this.#pieces.write(piece, done);
    }

    override _final(done: () => void): void {
        this.#begin("");
        this.#pieces.end(done);
    }

    /** The first to begin decides; what comes later has nobody to go to. */
    #begin(body: unknown): void {
        if (this.#hasBegun) {
            return;
        }
        this.#hasBegun = true;
        this.isUsed = true;
        this.#answer(answerOf(this.statusCode, { ...this.#headers }, body));
    }
}
