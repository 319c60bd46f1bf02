/** Serves one function over HTTP. python/server.py is its twin. */
import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type PlatformAnswer, problem } from "../../portable/node/answer.mjs";
import { answerRequest, type Invoke, logBrokenStream } from "../../portable/node/core.mjs";
import { chooseRequestId, foldHeaders, splitTarget } from "../../portable/node/request.mjs";
import { readBody, writeAnswer } from "../../portable/node/transport.mjs";
import { Call, type CallWatcher } from "./call.mjs";
import { Gate } from "./gate.mjs";
import { Metrics } from "./metrics.mjs";
import { stripRoutes } from "./paths.mjs";
import type { FunctionServerSettings } from "./settings.mjs";

/** Above what common proxies keep idle connections for, so that it is the proxy that closes them: 90 s in Traefik. */
const keepAliveSeconds = 120;

/** More than the portable contract allows, so that its own answer tells the caller; Node's default is 16 KiB. */
const parsedHeaderBytes = 64 * 1024;

const maxConnections = 2048;

/** How often connections that have fallen idle are closed at the end. */
const idleMilliseconds = 50;

/** How long callers have to take the error that they get at the end. */
const abandonMilliseconds = 1000;

/** Serves one function over HTTP. */
export class FunctionServer {
    readonly #settings: FunctionServerSettings;
    readonly #server: Server;
    readonly #gate: Gate;
    readonly #metrics: Metrics;
    readonly #watcher: CallWatcher;
    /** Answers that are not sent yet. */
    readonly #open = new Set<ServerResponse>();
    #invoke: Invoke | undefined;
    #draining = false;

    /** @param onStuck called when no call can run any more, since all places are taken by calls that do not end */
    constructor(settings: FunctionServerSettings, onStuck: () => void) {
        this.#settings = settings;
        this.#gate = new Gate(settings.concurrency);
        this.#metrics = new Metrics(settings);
        this.#watcher = { refused: () => this.#metrics.refuse(), stuck: onStuck };
        this.#server = createServer({
            maxHeaderSize: parsedHeaderBytes,
            headersTimeout: settings.headerSeconds * 1000,
            requestTimeout: settings.requestSeconds * 1000,
            connectionsCheckingInterval: 1000,
            keepAliveTimeout: keepAliveSeconds * 1000,
        });
        this.#server.maxConnections = maxConnections;
        // For callers that do not take their answer.
        this.#server.timeout = (settings.timeoutSeconds + settings.requestSeconds) * 1000;
        this.#server.on("request", (incoming, response) => void this.#answer(incoming, response));
        this.#server.on("checkContinue", (incoming: IncomingMessage, response: ServerResponse) => {
            const length = Number(incoming.headers["content-length"] ?? 0);
            if (length > settings.maxBodyBytes) {
                void this.#refuseBody(incoming, response);
            } else {
                response.writeContinue();
                void this.#answer(incoming, response);
            }
        });
    }

    /** Listens, and answers for the function with 503. Returns the port. */
    listen(): Promise<number> {
        const { host, port } = this.#settings;
        return new Promise((resolve, reject) => {
            this.#server.once("error", reject);
            this.#server.listen({ host, port }, () => resolve((this.#server.address() as AddressInfo).port));
        });
    }

    /** Begins to answer with the function. */
    use(invoke: Invoke): void {
        this.#invoke = invoke;
    }

    /** Turns the health red and asks callers to close their connections, but goes on answering. */
    beginDraining(): void {
        this.#draining = true;
    }

    /** Takes no new connection, and waits until all answers are sent, but not for longer than given. Returns how many are not. */
    async close(maxSeconds: number): Promise<number> {
        this.#draining = true;
        // What was answered just now may have told its caller to keep the connection.
        const idle = setInterval(() => this.#server.closeIdleConnections(), idleMilliseconds);
        const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
        await Promise.race([closed, sleep(maxSeconds * 1000, undefined, { ref: false })]);
        clearInterval(idle);
        return this.#open.size;
    }

    /** Answers what is still open with an error, before the process ends. */
    async abandon(): Promise<void> {
        const left = [...this.#open].filter((response) => !response.headersSent);
        const sent = left.map((response) => {
            const requestId = chooseRequestId(foldHeaders(response.req.rawHeaders));
            void writeAnswer(response, problem(500, "internal error", requestId), false);
            return once(response, "close");
        });
        await Promise.race([Promise.all(sent), sleep(abandonMilliseconds)]);
    }

    async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        this.#open.add(response);
        response.once("close", () => this.#open.delete(response));
        if (this.#draining) {
            response.setHeader("connection", "close");
        }
        const [path] = splitTarget(incoming.url ?? "/");
        const own = this.#own(path, incoming);
        if (own) {
            await writeAnswer(response, own, incoming.method === "HEAD");
        } else if (this.#invoke) {
            await this.#call(this.#invoke, incoming, response);
        } else {
            this.#metrics.refuse();
            // A caller that still sends would miss the answer.
            await readBody(incoming, 0).catch(() => undefined);
            await writeAnswer(response, this.#notLoaded(incoming), incoming.method === "HEAD");
        }
    }

    /** What the server itself answers. Metrics are for the cluster: not for requests that came through a proxy. */
    #own(path: string, { headers }: IncomingMessage): PlatformAnswer | undefined {
        const { healthPaths, livePath, metricsPath } = this.#settings;
        if (path === livePath) {
            return plain(200, "alive");
        }
        if (healthPaths.includes(path)) {
            const reason = this.#draining ? "ending" : this.#invoke ? undefined : "loading";
            return plain(reason ? 503 : 200, reason ?? "OK");
        }
        if (path === metricsPath && !headers["x-forwarded-for"] && !headers.forwarded) {
            return plain(200, this.#metrics.render(this.#gate.running, this.#gate.waiting), "; version=0.0.4");
        }
        return undefined;
    }

    async #call(invoke: Invoke, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        const { method = "GET", url = "/", rawHeaders } = incoming;
        const body = await readBody(incoming, this.#settings.maxBodyBytes).catch(() => null);
        if (body === null) {
            // The caller has gone away in the middle of the body.
            response.destroy();
            return;
        }
        const began = performance.now();
        const call = new Call(this.#settings, this.#gate, this.#watcher);
        const request = { method, target: stripRoutes(url, this.#settings.routes), rawHeaders, body };
        const answer = await answerRequest(this.#settings, request, call.limited(invoke), call.deadline);
        if (this.#draining) {
            response.setHeader("connection", "close");
        }
        let failed = answer.status >= 500;
        await writeAnswer(response, answer, method === "HEAD", call.within).catch((error: unknown) => {
            failed = true;
            logBrokenStream(this.#settings, answer, error);
        });
        if (call.end(answer)) {
            this.#metrics.observe(method, (performance.now() - began) / 1000, failed || call.timedOut);
        }
    }

    /** For who asks before sending a body that is too large. It may come all the same, so the connection cannot go on. */
    #refuseBody(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        response.setHeader("connection", "close");
        const requestId = chooseRequestId(foldHeaders(incoming.rawHeaders));
        const text = `the body is larger than ${this.#settings.maxBodyBytes} bytes`;
        return writeAnswer(response, problem(413, text, requestId), false);
    }

    #notLoaded({ rawHeaders }: IncomingMessage): PlatformAnswer {
        const answer = problem(503, "the function is being loaded", chooseRequestId(foldHeaders(rawHeaders)));
        return { ...answer, headers: [...answer.headers, ["retry-after", "1"]] };
    }
}

function plain(status: number, text: string, parameters = "; charset=utf-8"): PlatformAnswer {
    return { status, headers: [["content-type", `text/plain${parameters}`]], body: Buffer.from(text) };
}
