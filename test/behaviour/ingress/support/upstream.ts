import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What the upstream says that it got. */
export interface Seen {
    method: string;
    path: string;
    headers: Record<string, string | undefined>;
    bytes: number;
}

/**
 * A service behind the ingress. It answers with what it got; `/status/CODE` with that code, `/delay/MILLISECONDS` after
 * that time. It says more of itself in its headers than clients should know.
 */
export class Upstream {
    private constructor(private readonly server: http.Server) {}

    static async start(): Promise<Upstream> {
        const server = http.createServer((request, response) => void answer(request, response));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return new Upstream(server);
    }

    get port(): number {
        return (this.server.address() as AddressInfo).port;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }
}

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let bytes = 0;
    for await (const chunk of request) {
        bytes += (chunk as Buffer).length;
    }
    const [, action, value] = /^\/(status|delay)\/(\d+)/.exec(request.url!) ?? [];
    if (action === "delay") {
        await sleep(Number(value));
    }
    response.writeHead(action === "status" ? Number(value) : 200, {
        "content-type": "application/json",
        server: "upstream/1.2.3",
        "x-powered-by": "upstream",
        "x-internal": "secret structure",
    });
    response.end(JSON.stringify({ method: request.method, path: request.url, headers: request.headers, bytes }));
}
