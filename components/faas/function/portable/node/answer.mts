/** What a handler returned, turned into an answer. python/answer.py is its twin. */
import { Buffer } from "node:buffer";
import { AnswerStream, isStream, WrongAnswer } from "./stream.mjs";

/** An answer as the platform's server sends it. */
export interface PlatformAnswer {
    status: number;
    /** Lower-case names; a repeated field has several entries. */
    headers: [name: string, value: string][];
    body: Buffer | AnswerStream;
}

/** Node's own default for the header fields of a request, and what common proxies take in an answer. */
export const maxHeaderBytes = 16 * 1024;

/** Header fields that belong to the connection, not to the answer. */
const connectionHeaders = new Set([
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
]);

const bodylessStatuses = new Set([204, 205, 304]);

/** An answer that the adapter itself gives. */
export function problem(status: number, error: string, requestId: string): PlatformAnswer {
    const body = Buffer.from(JSON.stringify({ error, requestId }));
    return { status, headers: [["content-type", "application/json"]], body };
}

/** What a handler returned, as an answer; a stream has its first piece by then. @throws WrongAnswer */
export function toAnswer(result: unknown): Promise<PlatformAnswer> {
    if (!isFullAnswer(result)) {
        return answerOf(result === undefined || result === null ? 204 : 200, {}, result);
    }
    const { status, headers, body } = result;
    return answerOf(status, headers, body);
}

/** The parts of an answer, checked. @throws WrongAnswer */
export async function answerOf(status: number, headers: unknown, body: unknown): Promise<PlatformAnswer> {
    if (!Number.isInteger(status) || status < 200 || status > 599) {
        throw new WrongAnswer(`the status ${status} is not from 200 to 599`);
    }
    const answer = withBody(status, toHeaders(headers ?? {}), body);
    if (answer.body instanceof AnswerStream) {
        await answer.body.open();
    } else if (isStream(body)) {
        await new AnswerStream(body).close();
    }
    return answer;
}

function isFullAnswer(result: unknown): result is { status: number; headers?: unknown; body?: unknown } {
    return (
        typeof result === "object" &&
        result !== null &&
        Number.isInteger((result as { status?: unknown }).status) &&
        Object.keys(result).includes("status") &&
        Object.keys(result).every((key) => key === "status" || key === "headers" || key === "body")
    );
}

function withBody(status: number, headers: [string, string][], value: unknown): PlatformAnswer {
    if (bodylessStatuses.has(status)) {
        return { status, headers, body: Buffer.alloc(0) };
    }
    const { body, contentType } = toBody(value);
    const hasType = headers.some(([name]) => name === "content-type");
    const added: [string, string][] = hasType || contentType === undefined ? [] : [["content-type", contentType]];
    return { status, headers: [...headers, ...added], body };
}

function toBody(value: unknown): { body: Buffer | AnswerStream; contentType?: string } {
    if (value === undefined || value === null) {
        return { body: Buffer.alloc(0) };
    }
    if (typeof value === "string") {
        return { body: Buffer.from(value), contentType: "text/plain; charset=utf-8" };
    }
    if (value instanceof Uint8Array) {
        return {
            body: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
            contentType: "application/octet-stream",
        };
    }
    if (isStream(value)) {
        return { body: new AnswerStream(value), contentType: "application/octet-stream" };
    }
    return { body: Buffer.from(toJson(value)), contentType: "application/json" };
}

function isPlainObject(value: object): boolean {
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || prototype === Object.prototype;
}

/** Plain data only: a Map or a Response would silently become `{}`. */
function toJson(value: unknown): string {
    const isPlain = typeof value !== "object" || value === null || Array.isArray(value) || isPlainObject(value);
    const hasForm = typeof (value as { toJSON?: unknown }).toJSON === "function";
    const json = isPlain || hasForm ? (JSON.stringify(value) as string | undefined) : undefined;
    if (json === undefined) {
        const kind = typeof value === "object" ? (value as object).constructor.name : typeof value;
        throw new WrongAnswer(
            `a ${kind} has no JSON form; return a text, bytes, plain data or { status, headers, body }`,
        );
    }
    return json;
}

function toHeaders(headers: unknown): [string, string][] {
    if (typeof headers !== "object" || headers === null || !isPlainObject(headers)) {
        throw new WrongAnswer("the headers are not a plain object of names and values");
    }
    const fields = Object.entries(headers)
        .filter(([name]) => !connectionHeaders.has(name.toLowerCase()))
        .flatMap(([name, value]) => toFields(name, value));
    if (headerBytes(fields.flat()) > maxHeaderBytes) {
        throw new WrongAnswer(`the header fields are larger than ${maxHeaderBytes} bytes`);
    }
    return fields;
}

function toFields(name: string, value: unknown): [string, string][] {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
        throw new WrongAnswer(`${JSON.stringify(name)} is no name of a header field`);
    }
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values
        .filter((each) => each !== undefined && each !== null)
        .map((each) => [name.toLowerCase(), toFieldValue(name, each)]);
}

function toFieldValue(name: string, value: unknown): string {
    if (typeof value !== "string" && !Number.isFinite(value)) {
        throw new WrongAnswer(`the header field ${JSON.stringify(name)} is neither a text nor a number`);
    }
    const text = String(value);
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
        throw new WrongAnswer(`the header field ${JSON.stringify(name)} has characters that HTTP does not allow`);
    }
    return text;
}

/** What header fields take up: names, values and what separates them. */
export function headerBytes(rawHeaders: readonly string[]): number {
    return rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
}
