import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import type { TLSSocket } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import type { Sandbox } from "../../../sandbox";

/** A request as the proxy sees it. */
export interface ProxiedRequest {
    readonly method: string;
    /** Path and query. */
    readonly url: string;
}

/** What goes wrong with a request. */
export interface Fault {
    /** Answers with this status instead of asking the API server. */
    readonly status?: number;
    /** Seconds in the header `Retry-After` of that answer. @default no such header */
    readonly retryAfter?: number;
    /** Milliseconds before the request goes on to the API server. */
    readonly delay?: number;
    /** Runs before the request goes on; what it returns is awaited. */
    readonly before?: () => unknown;
    /** Runs when the API server has answered and nobody else knows; what it returns is awaited. */
    readonly after?: () => unknown;
    /** Closes the connection instead of asking the API server, or, with `answer`, instead of passing its answer on. */
    readonly drop?: "request" | "answer";
}

/** Which requests a fault is for. */
export interface Occasion {
    readonly matches: (request: ProxiedRequest) => boolean;
    /** How many requests pass before the fault begins. @default 0 */
    readonly skip?: number;
    /** How many requests it hits then. @default 1 */
    readonly times?: number;
}

interface Injection extends Occasion {
    readonly fault: Fault;
    seen: number;
}

/** A request that changes the cluster; dry runs don't. */
export function isWrite({ method, url }: ProxiedRequest): boolean {
    return ["POST", "PUT", "PATCH", "DELETE"].includes(method) && !url.includes("dryRun=");
}

/** Requests of a method to a collection, or to an object in it, as `deployments/web`. */
export const concerns =
    (method: string, place: string) =>
    (request: ProxiedRequest): boolean =>
        request.method === method && request.url.includes(`/${place}`) && !request.url.includes("dryRun=");

/**
 * Stands between a client and a sandbox's API server and does what networks and busy servers do. Clients see TLS and the
 * API server's own certificate, and stay who they are: the proxy checks their certificate and names them to the API server
 * as an authenticating proxy does; tokens it passes on.
 */
export class FaultyProxy {
    private readonly server: https.Server;
    private readonly agent: https.Agent;
    private injections: Injection[] = [];
    /** How many requests a fault has hit. */
    hits = 0;
    /** Every request since the last {@link clear}, those that a fault has hit among them. */
    requests: ProxiedRequest[] = [];

    private constructor(private readonly sandbox: Sandbox) {
        const file = (name: string): Buffer => fs.readFileSync(path.join(sandbox.directory, "pki", name));
        this.server = https.createServer(
            {
                cert: file("apiserver.crt"),
                key: file("apiserver.key"),
                ca: file("ca.crt"),
                requestCert: true,
                rejectUnauthorized: false, // A token comes without a certificate; the API server decides.
            },
            (request, response) => void this.serve(request, response),
        );
        this.agent = new https.Agent({
            ca: file("ca.crt"),
            cert: file("front-proxy-client.crt"),
            key: file("front-proxy-client.key"),
            keepAlive: true,
        });
    }

    static async start(sandbox: Sandbox): Promise<FaultyProxy> {
        const proxy = new FaultyProxy(sandbox);
        await new Promise<void>((resolve, reject) => {
            proxy.server.on("error", reject).listen(0, "127.0.0.1", resolve);
        });
        return proxy;
    }

    /** The kubeconfig of the sandbox's user, or the one that is given, with the proxy as its server. */
    kubeconfig(text = fs.readFileSync(this.sandbox.kubeconfig, "utf8")): string {
        const config = parse(text) as { clusters: { cluster: { server: string } }[] };
        for (const { cluster } of config.clusters) {
            cluster.server = `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
        }
        return stringify(config);
    }

    inject(fault: Fault, occasion: Occasion): void {
        this.injections.push({ ...occasion, fault, seen: 0 });
    }

    /** Ends every fault, and forgets what was seen. */
    clear(): void {
        this.injections = [];
        this.hits = 0;
        this.requests = [];
    }

    close(): void {
        this.server.closeAllConnections();
        this.server.close();
        this.agent.destroy();
    }

    private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
        try {
            const body = await readAll(request);
            const fault = this.faultFor({ method: request.method!, url: request.url! });
            await fault.before?.();
            await sleep(fault.delay ?? 0);
            if (fault.drop === "request") {
                request.socket.destroy();
            } else if (fault.status !== undefined) {
                refuse(response, fault.status, fault.retryAfter);
            } else {
                await this.forward(request, body, response, fault);
            }
        } catch {
            // The client or the API server went away: the other end shall see the same.
            request.socket.destroy();
        }
    }

    private faultFor(request: ProxiedRequest): Fault {
        this.requests.push(request);
        const matching = this.injections.filter(({ matches }) => matches(request));
        // All of them have seen it, also those that another one goes before.
        matching.forEach((injection) => injection.seen++);
        const active = matching.find(({ seen, skip = 0, times = 1 }) => seen > skip && seen <= skip + times);
        this.hits += active ? 1 : 0;
        return active?.fault ?? {};
    }

    private async forward(
        request: http.IncomingMessage,
        body: Buffer,
        response: http.ServerResponse,
        { after, drop }: Fault,
    ): Promise<void> {
        const answer = await this.send(request, body);
        if (after || drop) {
            // The API server has done it once its answer is complete.
            const content = await readAll(answer);
            await after?.();
            if (drop) {
                request.socket.destroy();
                return;
            }
            response.writeHead(answer.statusCode!, answer.headers).end(content);
            return;
        }
        response.writeHead(answer.statusCode!, answer.headers);
        answer.on("error", () => response.destroy()).pipe(response);
    }

    private send(request: http.IncomingMessage, body: Buffer): Promise<http.IncomingMessage> {
        const { host: _host, ...headers } = request.headers;
        return new Promise((resolve, reject) => {
            https
                .request(
                    new URL(request.url!, this.sandbox.server),
                    { method: request.method, agent: this.agent, headers: { ...headers, ...identity(request) } },
                    resolve,
                )
                .on("error", reject)
                .end(body);
        });
    }
}

/** Who asks, in the headers by which the API server believes a proxy. */
function identity(request: http.IncomingMessage): http.OutgoingHttpHeaders {
    const socket = request.socket as TLSSocket;
    if (!socket.authorized) {
        return {};
    }
    const { subject } = socket.getPeerCertificate();
    return { "x-remote-user": subject.CN, "x-remote-group": subject.O };
}

function refuse(response: http.ServerResponse, code: number, retryAfter?: number): void {
    const headers = { "content-type": "application/json", ...(retryAfter && { "retry-after": String(retryAfter) }) };
    const reasons: Record<number, string> = {
        429: "TooManyRequests",
        500: "InternalError",
        503: "ServiceUnavailable",
        504: "Timeout",
    };
    response.writeHead(code, headers).end(
        JSON.stringify({
            apiVersion: "v1",
            kind: "Status",
            status: "Failure",
            reason: reasons[code],
            message: "planted by the test's proxy",
            code,
        }),
    );
}

async function readAll(stream: http.IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
}
