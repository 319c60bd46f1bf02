/** Bodies and answers on Node's own HTTP server. */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { PlatformAnswer } from "./answer.mjs";
import type { AnswerStream } from "./stream.mjs";

/** The body, or `undefined` when it is too large; it is read to its end all the same, or the caller would miss the answer. */
export async function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer | undefined> {
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

/** Waits for something, or fails when the request's time is over. */
export type Within = <T>(work: Promise<T>) => Promise<T>;

/**
 * Sends an answer. A stream that fails in its middle cuts the connection, since its caller has the status already.
 *
 * @throws what the stream throws
 */
export async function writeAnswer(
    response: ServerResponse,
    answer: PlatformAnswer,
    headOnly: boolean,
    within: Within = (work) => work,
): Promise<void> {
    const { status, headers, body } = answer;
    response.statusCode = status;
    for (const name of new Set(headers.map(([each]) => each))) {
        const values = headers.filter(([each]) => each === name).map(([, value]) => value);
        response.setHeader(name, values.length === 1 ? values[0]! : values);
    }
    if (!Buffer.isBuffer(body)) {
        await writeStream(response, body, headOnly, within);
        return;
    }
    if (status !== 204 && status !== 304) {
        response.setHeader("content-length", body.length);
    }
    response.end(headOnly ? undefined : body);
}

async function writeStream(
    response: ServerResponse,
    stream: AnswerStream,
    headOnly: boolean,
    within: Within,
): Promise<void> {
    const next = (): Promise<Buffer | undefined> => within(stream.next());
    try {
        for (let piece = headOnly ? undefined : await next(); piece; piece = await next()) {
            if (response.destroyed) {
                return;
            }
            if (!response.write(piece)) {
                await within(Promise.race([once(response, "drain"), once(response, "close")]));
            }
        }
        response.end();
    } catch (error) {
        response.destroy();
        throw error;
    } finally {
        void stream.close();
    }
}
