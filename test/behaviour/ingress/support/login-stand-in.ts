import * as http from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Stands for oauth2-proxy towards Traefik, by what its source says that it answers (oauthproxy.go of v7.15.3, `Proxy`):
 * 302 with a cookie without a login, 401 to those who ask for JSON, 202 with who it is in headers with one, 403 to
 * accounts that are not let in. Its own paths answer with what they were asked for.
 */
export class LoginStandIn {
    /** The requests that it was asked about. */
    readonly asked: http.IncomingMessage[] = [];

    private constructor(private readonly server: http.Server) {}

    static async start(prefix: string): Promise<LoginStandIn> {
        const server = http.createServer();
        const standIn = new LoginStandIn(server);
        server.on("request", (request: http.IncomingMessage, response: http.ServerResponse) => {
            if (request.url!.startsWith(prefix)) {
                response.end(`own path ${request.url!}`);
                return;
            }
            standIn.asked.push(request);
            answer(request, response);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return standIn;
    }

    get port(): number {
        return (this.server.address() as AddressInfo).port;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }
}

/** The cookies by which the stand-in knows accounts. */
export const cookies = { alice: "__Host-oauth2-staff=alice", foreigner: "__Host-oauth2-staff=foreigner" };

function answer({ headers }: http.IncomingMessage, response: http.ServerResponse): void {
    if (headers.cookie?.includes(cookies.alice)) {
        response.writeHead(202, {
            "x-auth-request-user": "1",
            "x-auth-request-email": "alice@example.com",
            "set-cookie": "__Host-oauth2-staff=alice; Path=/; Secure; HttpOnly; SameSite=Lax",
        });
        response.end();
    } else if (headers.cookie?.includes(cookies.foreigner)) {
        response.writeHead(403, { "content-type": "text/html" }).end("<p>not let in</p>");
    } else if (headers.accept?.includes("application/json")) {
        response.writeHead(401, { "content-type": "application/json" }).end("{}");
    } else {
        response.writeHead(302, {
            location: "https://login.example.org/authorize?client_id=faas",
            "set-cookie": "__Host-oauth2-staff_csrf=1; Path=/; Secure; HttpOnly; SameSite=Lax",
        });
        response.end();
    }
}
