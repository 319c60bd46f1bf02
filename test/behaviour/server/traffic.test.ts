import assert from "node:assert/strict";
import * as http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { FunctionRuntime } from "../../../components/faas/function/args";
import { logLines, send, waitFor } from "../portable/table";
import { get, logLine, raw, type RunningFunction, type ServedFunction, startFunction, withServer } from "./support";

/** One kind of behaviour per path. */
const deeds: Readonly<Record<FunctionRuntime, string>> = {
    nodejs: `const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
let running = 0;
let most = 0;
let closed = 0;
async function* endless() {
    try {
        for (;;) {
            yield "x".repeat(1024);
            await sleep(5);
        }
    } finally {
        closed++;
    }
}
async function* broken() {
    yield "begun";
    await sleep(50);
    throw new Error("broken in the middle");
}
async function busy() {
    most = Math.max(most, ++running);
    await sleep(50);
    running--;
    return "done";
}
const deeds = {
    "/busy": busy,
    "/most": () => most,
    "/hangs": () => new Promise(() => undefined),
    "/long": () => sleep(1500).then(() => "late"),
    "/endless": endless,
    "/closed": () => closed,
    "/pieces": () => ["one, ", "two"].values(),
    "/broken": broken,
    "/length": (request) => request.body.length,
    "/failing": () => { throw new Error("out of order"); },
};
export const handler = (request) => (deeds[request.path] ?? (() => request.path))(request);`,
    python: `import asyncio, threading, time
lock = threading.Lock()
running = most = closed = 0
async def endless():
    global closed
    try:
        while True:
            yield "x" * 1024
            await asyncio.sleep(0.005)
    finally:
        closed += 1
def broken():
    yield "begun"
    time.sleep(0.05)
    raise RuntimeError("broken in the middle")
def busy(request):
    global running, most
    with lock:
        running += 1
        most = max(most, running)
    time.sleep(0.05)
    with lock:
        running -= 1
    return "done"
def failing(request):
    raise RuntimeError("out of order")
DEEDS = {
    "/busy": busy,
    "/most": lambda request: most,
    "/hangs": lambda request: time.sleep(3600),
    "/long": lambda request: time.sleep(1.5) or "late",
    "/endless": lambda request: endless(),
    "/closed": lambda request: closed,
    "/pieces": lambda request: iter(["one, ", "two"]),
    "/broken": lambda request: broken(),
    "/length": lambda request: len(request.body),
    "/failing": failing,
}
def handler(request, context):
    return DEEDS.get(request.path, lambda request: request.path)(request)
`,
};

const host = "host: x\r\n";

/** Requests as bytes, and the beginning of what must come back. Each closes its connection. */
const messages: Record<string, { text: string; answer: RegExp }> = {
    "a line that is no request": { text: "hello\r\n\r\n", answer: /^HTTP\/1\.1 400 / },
    "a request without a host": { text: "GET / HTTP/1.1\r\n\r\n", answer: /^HTTP\/1\.1 400 / },
    "a length and chunks at once, which proxies read differently": {
        text: `POST / HTTP/1.1\r\n${host}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
        answer: /^HTTP\/1\.1 400 /,
    },
    "two lengths that differ": {
        text: `POST / HTTP/1.1\r\n${host}content-length: 5\r\ncontent-length: 6\r\n\r\nhello!`,
        answer: /^HTTP\/1\.1 400 /,
    },
    "a header that is folded": {
        text: `GET / HTTP/1.1\r\n${host}x-a: 1\r\n x-b: 2\r\n\r\n`,
        answer: /^HTTP\/1\.1 400 /,
    },
    "a chunk whose size is none": {
        text: `POST / HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\nxyz\r\n\r\n`,
        answer: /^HTTP\/1\.1 400 /,
    },
    "header fields of 100 KiB": {
        text: `GET / HTTP/1.1\r\n${host}x-a: ${"x".repeat(100 * 1024)}\r\n\r\n`,
        answer: /^HTTP\/1\.1 431 /,
    },
    "two requests at once": {
        text: `GET /one HTTP/1.1\r\n${host}\r\nGET /two HTTP/1.1\r\n${host}connection: close\r\n\r\n`,
        answer: /^HTTP\/1\.1 200 [^]*\/oneHTTP\/1\.1 200 [^]*\/two$/,
    },
    "a whole URL as the target": {
        text: `GET http://shop.example/one?a=1 HTTP/1.1\r\n${host}connection: close\r\n\r\n`,
        answer: /^HTTP\/1\.1 200 [^]*\/one$/,
    },
    "a caller of HTTP/1.0": { text: "GET /one HTTP/1.0\r\n\r\n", answer: /^HTTP\/1\.1 200 [^]*\/one$/ },
    "a caller of HTTP/1.0 with a stream, in one piece": {
        text: "GET /pieces HTTP/1.0\r\n\r\n",
        answer: /^HTTP\/1\.1 200 [^]*\r\n\r\none, two$/,
    },
    "who asks before sending too much": {
        text: `POST /length HTTP/1.1\r\n${host}expect: 100-continue\r\ncontent-length: 9999999\r\n\r\n`,
        answer: /^HTTP\/1\.1 413 [^]*larger than 1000000 bytes/,
    },
};

for (const runtime of [FunctionRuntime.Nodejs, FunctionRuntime.Python]) {
    const fn: ServedFunction = { runtime, files: deeds[runtime] };

    describe(`traffic on a function server in ${runtime}`, () => {
        let served: RunningFunction;

        before(async () => {
            const settings = {
                concurrency: 32,
                timeoutSeconds: 10,
                headerSeconds: 1,
                requestSeconds: 2,
                maxBodyBytes: 1_000_000,
                routes: ["/api", "/api/v1/", "/ü"],
            };
            served = await startFunction({ ...fn, settings });
        });

        after(() => served?.stop());

        it("answers 200 parallel requests, no more at once than it may", async () => {
            const answers = await Promise.all(Array.from({ length: 200 }, () => get(served, "/busy")));
            assert.deepEqual(
                [...new Set(answers.map(({ status, body }) => `${status} ${body.toString()}`))],
                ["200 done"],
            );
            const most = Number((await get(served, "/most")).body);
            assert.ok(most > 16 && most <= 32, `${most}`);
        });

        for (const [title, { text, answer }] of Object.entries(messages)) {
            it(`answers ${title}`, async () => {
                assert.match(await raw(served.port, text), answer);
            });
        }

        it("refuses a body in chunks that gets too large, and tells so", async () => {
            const answer = await send(served.port, {
                method: "POST",
                target: "/length",
                headers: [["transfer-encoding", "chunked"]],
                body: { repeat: "x", times: 3_000_000 },
            });
            assert.equal(answer.status, 413);
        });

        it("closes connections whose header fields do not come", async () => {
            const began = Date.now();
            const seen = await raw(served.port, "GET / HTTP/1.1\r\n", "x-a: 1\r\n");
            assert.match(seen, /^HTTP\/1\.1 408 /);
            assert.ok(Date.now() - began < 5000);
        });

        it("closes connections whose body does not come", async () => {
            const seen = await raw(served.port, `POST /length HTTP/1.1\r\n${host}content-length: 10\r\n\r\nabc`);
            assert.match(seen, /^HTTP\/1\.1 408 /);
        });

        it("does not keep others waiting for callers that are slow", async () => {
            const slow = Array.from({ length: 50 }, () => raw(served.port, "GET / HTTP/1.1\r\nx-a:"));
            const began = Date.now();
            assert.equal((await get(served, "/now")).status, 200);
            assert.ok(Date.now() - began < 900);
            await Promise.all(slow);
        });

        it("takes the longest route that fits off the path, by whole segments", async () => {
            const paths = {
                "/api": "/",
                "/api/": "/",
                "/api/orders/1?a=1": "/orders/1",
                "/api/v1/orders": "/orders",
                "/api/v10/orders": "/v10/orders",
                "/apis/orders": "/apis/orders",
                "/%61pi/a%2Fb": "/a/b",
                "/api%2Fv1/a": "/api/v1/a",
                "/%C3%BC/x": "/x",
                "/other/api/x": "/other/api/x",
            };
            for (const [target, wanted] of Object.entries(paths)) {
                assert.equal((await get(served, target)).body.toString(), wanted, target);
            }
        });

        it("leaves paths below a route that are called like its own to the function", async () => {
            assert.equal((await get(served, "/api/_/metrics")).body.toString(), "/_/metrics");
            assert.equal((await get(served, "/api/_/health")).body.toString(), "/_/health");
        });

        it("cuts the connection of a stream that fails in its middle, and notes it", async () => {
            const before = logLines(served.output()).length;
            await assert.rejects(get(served, "/broken"), /aborted|ECONNRESET/);
            const line = await waitFor(() => logLines(served.output()).slice(before)[0]);
            assert.equal(line.message, "the handler failed while its answer was sent");
            assert.equal(line.error?.message, "broken in the middle");
        });

        it("closes a stream whose caller has gone", async () => {
            await new Promise<void>((resolve) => {
                const request = http.get({ host: "127.0.0.1", port: served.port, path: "/endless" }, (response) => {
                    response.once("data", () => request.destroy());
                    response.once("error", () => undefined);
                });
                request.once("close", resolve);
                request.once("error", () => undefined);
            });
            await eventually(async () => (await get(served, "/closed")).body.toString() === "1");
        });

        it("counts calls, failures and durations by method for Prometheus, but not for callers from outside", async () => {
            const { body: earlier } = await get(served, "/_/metrics");
            await send(served.port, { method: "PATCH", target: "/one" });
            await send(served.port, { method: "PATCH", target: "/failing" });
            const labels = 'function="a",method="PATCH"';
            assert.ok(!parseMetrics(earlier.toString()).has(`function_calls_total{${labels}}`));
            let metrics = new Map<string, number>();
            await eventually(async () => {
                const { headers, body } = await get(served, "/_/metrics");
                assert.equal(headers["content-type"], "text/plain; version=0.0.4");
                metrics = parseMetrics(body.toString());
                return metrics.get(`function_calls_total{${labels}}`) === 2;
            });
            assert.equal(metrics.get(`function_failures_total{${labels}}`), 1);
            assert.equal(metrics.get(`function_duration_seconds_count{${labels}}`), 2);
            assert.equal(metrics.get(`function_duration_seconds_bucket{${labels},le="10"}`), 2);
            assert.equal(metrics.get(`function_duration_seconds_bucket{${labels},le="+Inf"}`), 2);
            assert.ok(metrics.get(`function_duration_seconds_sum{${labels}}`)! < 5);
            await eventually(async () => {
                const now = parseMetrics((await get(served, "/_/metrics")).body.toString());
                return now.get('function_running{function="a"}') === 0;
            });
            const headersOfProxy: [string, string][] = [["x-forwarded-for", "192.0.2.1"]];
            const outside = await send(served.port, { method: "GET", target: "/_/metrics", headers: headersOfProxy });
            assert.equal(outside.body.toString(), "/_/metrics");
        });
    });

    describe(`a function server in ${runtime} with one place`, () => {
        const settings = { concurrency: 1, timeoutSeconds: 1 };

        it("lets ten calls wait for each that runs, and refuses others with 503", () =>
            withServer({ ...fn, settings: { ...settings, timeoutSeconds: 10 } }, async (served) => {
                const first = get(served, "/long");
                await sleep(200);
                const answers = await Promise.all(Array.from({ length: 20 }, () => get(served, "/busy")));
                const count = (status: number): number => answers.filter((each) => each.status === status).length;
                assert.deepEqual([(await first).status, count(200), count(503)], [200, 10, 10]);
                const refused = answers.find(({ status }) => status === 503)!;
                assert.equal(refused.headers["retry-after"], "1");
                assert.equal((JSON.parse(refused.body.toString()) as { error: string }).error, "the function is busy");
                const metrics = parseMetrics((await get(served, "/_/metrics")).body.toString());
                assert.equal(metrics.get('function_refused_total{function="a"}'), 10);
            }));

        it("gives a call up after its time, and goes on when its code has ended", () =>
            withServer({ ...fn, settings: { ...settings, concurrency: 2 } }, async (served) => {
                const answer = await get(served, "/long");
                assert.equal(answer.status, 504);
                const { error } = JSON.parse(answer.body.toString()) as { error: string };
                assert.equal(error, "the function took longer than 1 seconds");
                await logLine(served, "the handler took too long");
                await sleep(700);
                const both = await Promise.all([get(served, "/busy"), get(served, "/busy")]);
                assert.deepEqual(
                    both.map(({ status }) => status),
                    [200, 200],
                );
                const metrics = parseMetrics((await get(served, "/_/metrics")).body.toString());
                assert.equal(metrics.get('function_failures_total{function="a",method="GET"}'), 1);
            }));

        it("cuts a stream after its time", () =>
            withServer({ ...fn, settings }, async (served) => {
                await assert.rejects(get(served, "/endless"), /aborted|ECONNRESET/);
                await eventually(async () => (await get(served, "/closed")).body.toString() === "1");
            }));

        it("ends with 1 when no call ends any more", async () => {
            const served = await startFunction({ ...fn, settings });
            assert.equal((await get(served, "/hangs")).status, 504);
            assert.equal(await served.exited, 1);
            await logLine(served, "no call of the function ends any more");
        });
    });
}

describe("methods that nobody knows, on the function server in python", () => {
    it("reach the function, but make no series of their own", () =>
        withServer({ runtime: FunctionRuntime.Python, files: deeds.python }, async (served) => {
            const seen = await raw(served.port, `SPAM /one HTTP/1.1\r\n${host}connection: close\r\n\r\n`);
            assert.match(seen, /^HTTP\/1\.1 200 /);
            await eventually(async () => {
                const metrics = parseMetrics((await get(served, "/_/metrics")).body.toString());
                return metrics.get('function_calls_total{function="a",method="OTHER"}') === 1;
            });
        }));
});

/** The samples of Prometheus's text format. */
function parseMetrics(text: string): Map<string, number> {
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return new Map(
        lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
    );
}

async function eventually(ask: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await ask()); tries++) {
        assert.ok(tries < 100, "not within a few seconds");
        await sleep(20);
    }
}
