import * as http from "node:http";
import * as http2 from "node:http2";
import * as https from "node:https";
import * as net from "node:net";
import * as tls from "node:tls";
import type { Pair } from "./certificates";
import type { Seen } from "./upstream";

/** A request to the ingress. */
export interface Call {
    host: string;
    /** @default `/` */
    path?: string;
    /** @default `GET` */
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    /** The address that the client calls from. @default 127.0.0.1 */
    from?: string;
    /** User name and password. */
    login?: [name: string, password: string];
    /** What the client proves itself by. */
    certificate?: Pair;
    /** What a load balancer says of the client before all else. */
    proxyProtocol?: string;
    /** @default what Node speaks */
    tls?: Pick<tls.ConnectionOptions, "minVersion" | "maxVersion" | "ciphers">;
    /** The protocols that the client offers. @default none, which means HTTP/1.1 */
    alpn?: string[];
}

/** What came back. */
export interface Answer {
    status: number;
    headers: http.IncomingHttpHeaders;
    text: string;
    /** What the upstream saw, where it answered. */
    seen?: Seen;
}

/** Calls the ingress by https, and trusts the given authority only. */
export async function call(port: number, ca: string, request: Call): Promise<Answer> {
    const socket = await connect(port, ca, request);
    const { host, path = "/", method = "GET", body } = request;
    const headers = { host, ...headersOf(request) };
    return new Promise((resolve, reject) => {
        const sent = https.request({ createConnection: () => socket, path, method, headers });
        sent.on("error", reject);
        sent.on("response", (response) => void read(response).then(resolve, reject));
        sent.end(body);
    });
}

/** Calls the ingress by HTTP/2, as browsers do, and returns the status. */
export async function statusOverHttp2(port: number, ca: string, request: Call): Promise<number> {
    const socket = await connect(port, ca, { ...request, alpn: ["h2"] });
    const session = http2.connect(`https://${request.host}`, { createConnection: () => socket });
    try {
        return await new Promise<number>((resolve, reject) => {
            session.on("error", reject);
            const stream = session.request({ ":path": request.path ?? "/", ...headersOf(request) });
            stream.on("error", reject);
            stream.on("response", (headers) => resolve(Number(headers[":status"])));
            stream.end();
        });
    } finally {
        session.destroy();
    }
}

/** Calls a port by plain http. */
export function callPlain(port: number, { host, path = "/", method = "GET", headers }: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const sent = http.request({
            host: "127.0.0.1",
            port,
            agent: false,
            path,
            method,
            headers: { host, ...headers },
        });
        sent.on("error", reject);
        sent.on("response", (response) => void read(response).then(resolve, reject));
        sent.end();
    });
}

function headersOf({ login, headers }: Call): Record<string, string> {
    const authorization = login && `Basic ${Buffer.from(login.join(":")).toString("base64")}`;
    return { ...(authorization ? { authorization } : {}), ...headers };
}

function connect(port: number, ca: string, { host, from, certificate, proxyProtocol, ...request }: Call) {
    return new Promise<tls.TLSSocket>((resolve, reject) => {
        const plain = net.connect({ port, host: "127.0.0.1", localAddress: from ?? "127.0.0.1" });
        plain.on("error", reject);
        plain.once("connect", () => {
            if (proxyProtocol !== undefined) {
                plain.write(proxyProtocol);
            }
            const login = certificate && { cert: certificate.certificate, key: certificate.privateKey };
            const socket = tls.connect({
                socket: plain,
                servername: host,
                ca,
                ALPNProtocols: request.alpn,
                ...login,
                ...request.tls,
            });
            socket.once("error", reject);
            socket.once("secureConnect", () => resolve(socket));
        });
    });
}

async function read(response: http.IncomingMessage): Promise<Answer> {
    let text = "";
    for await (const chunk of response) {
        text += String(chunk);
    }
    const seen = text.startsWith("{") ? (JSON.parse(text) as Seen) : undefined;
    return { status: response.statusCode!, headers: response.headers, text, seen };
}
