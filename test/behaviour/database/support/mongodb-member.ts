import assert from "node:assert/strict";
import { once } from "node:events";
import * as tls from "node:tls";
import type { Pair } from "../../ingress/support/certificates";

/** A value of BSON, as far as answers to `hello` need it. */
type Value = boolean | number | string | Date | { [name: string]: Value };

/** https://bsonspec.org/spec.html */
const kinds = { text: 0x02, document: 0x03, truth: 0x08, date: 0x09, int32: 0x10 } as const;

/** https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
const opMsg = 2013;
const headerBytes = 16;

/** One member of a replica set that speaks MongoDB's protocol over TLS and knows one command, `hello`. */
export class SpeakingMember {
    /** What it answers; nothing, and it is silent. */
    hello?: Record<string, Value>;
    /** Commands as they came. */
    readonly asked: Record<string, Value>[] = [];
    private readonly server: tls.Server;

    constructor({ certificate, privateKey }: Pair) {
        this.server = tls.createServer({ cert: certificate, key: privateKey }, (socket) => {
            socket.on("error", () => socket.destroy());
            socket.on("data", (message) => {
                this.asked.push(commandOf(message));
                if (this.hello) {
                    socket.write(answerTo(message, this.hello));
                }
            });
        });
    }

    async listen(port: number): Promise<void> {
        this.server.listen(port, "127.0.0.1");
        await once(this.server, "listening");
    }

    async end(): Promise<void> {
        this.server.close();
        await once(this.server, "close");
    }
}

/** The command in a message, of which nothing may be wrong: the real server would end the connection. */
function commandOf(message: Buffer): Record<string, Value> {
    const [length, , responseTo, code, flags] = [0, 4, 8, 12, 16].map((at) => message.readInt32LE(at));
    assert.deepEqual(
        { length, responseTo, code, flags },
        { length: message.length, responseTo: 0, code: opMsg, flags: 0 },
    );
    assert.equal(message[headerBytes + 4], 0, "the kind of the section: a body");
    return decode(message.subarray(headerBytes + 5));
}

function decode(document: Buffer): Record<string, Value> {
    assert.equal(document.readInt32LE(0), document.length);
    assert.equal(document.at(-1), 0);
    const found: Record<string, Value> = {};
    let at = 4;
    while (at < document.length - 1) {
        const end = document.indexOf(0, at);
        const [kind, name] = [document[at], document.toString("utf8", at + 1, end)];
        const size = kind === kinds.text ? 4 + document.readInt32LE(end + 1) : 4;
        assert.ok(kind === kinds.text || kind === kinds.int32, `no kind that is expected here: ${kind}`);
        found[name] =
            kind === kinds.text ? document.toString("utf8", end + 5, end + size) : document.readInt32LE(end + 1);
        at = end + 1 + size;
    }
    return found;
}

function answerTo(question: Buffer, fields: Record<string, Value>): Buffer {
    const body = encode({ ...fields, ok: 1 });
    const head = Buffer.alloc(headerBytes + 5);
    head.writeInt32LE(head.length + body.length, 0);
    head.writeInt32LE(question.readInt32LE(4), 8);
    head.writeInt32LE(opMsg, 12);
    return Buffer.concat([head, body]);
}

function encode(fields: Record<string, Value>): Buffer {
    const elements = Object.entries(fields).map(([name, value]) => element(name, value));
    const length = 5 + elements.reduce((sum, each) => sum + each.length, 0);
    return Buffer.concat([int32(length), ...elements, Buffer.of(0)]);
}

function element(name: string, value: Value): Buffer {
    const as = (kind: number, content: Buffer): Buffer =>
        Buffer.concat([Buffer.of(kind), Buffer.from(`${name}\0`), content]);
    switch (typeof value) {
        case "boolean":
            return as(kinds.truth, Buffer.of(value ? 1 : 0));
        case "number":
            return as(kinds.int32, int32(value));
        case "string": {
            const text = Buffer.from(`${value}\0`);
            return as(kinds.text, Buffer.concat([int32(text.length), text]));
        }
        default:
            return value instanceof Date ? as(kinds.date, int64(value.getTime())) : as(kinds.document, encode(value));
    }
}

function int32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes;
}

function int64(value: number): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
}
