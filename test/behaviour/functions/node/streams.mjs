/** One kind of stream per path. */
import { Buffer } from "node:buffer";
import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

let opened = 0;
let closed = 0;

function* texts() {
    yield "one, ";
    yield Buffer.from("two, ");
    yield "drei: äöü";
}

async function* events() {
    for (const number of [1, 2]) {
        await sleep(5);
        yield `data: ${number}\n\n`;
    }
}

function* large() {
    for (let piece = 0; piece < 64; piece++) {
        yield Buffer.alloc(16 * 1024, "x");
    }
}

async function* guarded() {
    opened++;
    try {
        yield "one";
        yield "two";
    } finally {
        closed++;
    }
}

// eslint-disable-next-line require-yield
async function* failing() {
    throw new Error("no first piece");
}

/** What became of the guarded streams; the last of them may be closed after its answer. */
async function counts() {
    for (let tries = 0; closed < opened && tries < 100; tries++) {
        await sleep(10);
    }
    return { opened, closed };
}

const streams = {
    "/texts": texts,
    "/events": () => ({ status: 202, headers: { "content-type": "text/event-stream" }, body: events() }),
    "/file": () => createReadStream(fileURLToPath(import.meta.url)),
    "/large": large,
    "/empty": function* () {},
    "/fails-at-once": failing,
    "/numbers": () => [1, 2].values(),
    "/guarded": guarded,
    "/closed": counts,
};

export function handler(request) {
    return streams[request.path]();
}
