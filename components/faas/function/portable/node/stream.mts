/** An answer's body that is made while it is sent. python/stream.py is its twin. */
import { Buffer } from "node:buffer";

/** What a handler may return as a stream: `for await` takes both kinds. */
type Source = AsyncIterable<unknown> | Iterator<unknown>;

/** What a handler returned cannot be sent. */
export class WrongAnswer extends Error {
    override readonly name = "WrongAnswer";
}

/**
 * Whether a value is sent piece by piece: Node's and the web's streams, asynchronous iterables, and iterators such as
 * generators make. A list, a `Set` or a `Map` is none, though it can be iterated.
 */
export function isStream(value: unknown): value is Source {
    if (typeof value !== "object" || value === null) {
        return false;
    }
    const { next, [Symbol.asyncIterator]: asynchronous } = value as {
        next?: unknown;
        [Symbol.asyncIterator]?: unknown;
    };
    return typeof asynchronous === "function" || (typeof next === "function" && Symbol.iterator in value);
}

/** The pieces of a stream, one by one. */
export class AnswerStream {
    readonly #source: AsyncIterator<unknown> | Iterator<unknown>;
    #first: Promise<Buffer | undefined> | undefined;
    #closed: Promise<void> | undefined;

    constructor(source: Source) {
        this.#source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source;
    }

    /** Waits for the first piece, so that what fails before it can still be answered with an error. */
    async open(): Promise<void> {
        this.#first = this.#read();
        await this.#first;
    }

    /** The next piece, or nothing at the end. @throws WrongAnswer for a piece that is neither text nor bytes */
    next(): Promise<Buffer | undefined> {
        const first = this.#first;
        this.#first = undefined;
        return first ?? this.#read();
    }

    /**
     * Tells the source that nobody takes any more, so that it can let go of what it holds. A source that is busy may take
     * its time, so only who must know waits for it.
     */
    close(): Promise<void> {
        this.#closed ??= this.#return();
        return this.#closed;
    }

    async #return(): Promise<void> {
        try {
            await this.#source.return?.();
        } catch {
            // What a source throws when it is told to stop was told to its own reader before.
        }
    }

    async #read(): Promise<Buffer | undefined> {
        const { done, value } = await this.#source.next();
        if (done) {
            return undefined;
        }
        if (typeof value !== "string" && !(value instanceof Uint8Array)) {
            throw new WrongAnswer(`a piece of the stream is a ${typeof value}; make it a text or bytes`);
        }
        return typeof value === "string"
            ? Buffer.from(value)
            : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
}
