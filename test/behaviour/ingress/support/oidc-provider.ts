import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import type { TestAuthority } from "./certificates";

/** Who is at the browser, as the provider's tokens say it. */
export interface Account {
    sub: string;
    email: string;
    email_verified?: boolean;
    groups?: string[];
}

/** The one client that the provider knows. */
export const client = { id: "faas", secret: "the-client-secret-of-the-provider" };

/** What a code stands for until it is redeemed. */
interface Grant {
    account: Account;
    redirectUri: string;
    nonce: string;
    challenge: string;
}

/**
 * A provider of OpenID Connect with the authorization code flow and PKCE, whose login page lets in `account` without a
 * question. It holds the client to what it must send. https://openid.net/specs/openid-connect-core-1_0.html
 */
export class OidcProvider {
    /** Who is at the browser. */
    account: Account = { sub: "1", email: "nobody@example.com" };
    /** Changes what is put into tokens, as an attacker would. @default nothing */
    forged: Record<string, unknown> = {};
    /** All codes and tokens that were given out. */
    readonly given: string[] = [];
    /** What clients have asked the login page for. */
    readonly asked: URLSearchParams[] = [];

    private readonly keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
    private readonly grants = new Map<string, Grant>();

    private constructor(
        private readonly server: https.Server,
        /** What the browser may be sent back to. */
        private readonly redirectUris: readonly string[],
    ) {}

    static async start(authority: TestAuthority, redirectUris: readonly string[]): Promise<OidcProvider> {
        const { certificate: cert, privateKey: key } = authority.issue("provider", ["localhost", "127.0.0.1"]);
        const server = https.createServer({ cert, key });
        const provider = new OidcProvider(server, redirectUris);
        server.on("request", (request: http.IncomingMessage, response: http.ServerResponse) => {
            void provider.answer(request, response);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return provider;
    }

    get issuerUrl(): string {
        return `https://localhost:${(this.server.address() as AddressInfo).port}`;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }

    private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
        const url = new URL(request.url!, this.issuerUrl);
        const pages: Record<string, () => Promise<void> | void> = {
            "/.well-known/openid-configuration": () => sendJson(response, 200, this.discovery()),
            "/jwks": () => sendJson(response, 200, { keys: [this.publicKey()] }),
            "/authorize": () => this.authorize(url.searchParams, response),
            "/token": () => this.token(request, response),
        };
        await (pages[url.pathname] ?? (() => sendJson(response, 404, {})))();
    }

    private discovery(): object {
        return {
            issuer: this.issuerUrl,
            authorization_endpoint: `${this.issuerUrl}/authorize`,
            token_endpoint: `${this.issuerUrl}/token`,
            jwks_uri: `${this.issuerUrl}/jwks`,
            response_types_supported: ["code"],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["RS256"],
            code_challenge_methods_supported: ["S256"],
        };
    }

    private publicKey(): object {
        return { ...this.keys.publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" };
    }

    private authorize(asked: URLSearchParams, response: http.ServerResponse): void {
        this.asked.push(asked);
        const redirectUri = asked.get("redirect_uri") ?? "";
        const known = asked.get("client_id") === client.id && this.redirectUris.includes(redirectUri);
        if (!known || asked.get("code_challenge_method") !== "S256" || asked.get("response_type") !== "code") {
            sendJson(response, 400, { error: "invalid_request" });
            return;
        }
        const code = this.give(randomBytes(16).toString("hex"));
        this.grants.set(code, {
            account: this.account,
            redirectUri,
            nonce: asked.get("nonce") ?? "",
            challenge: asked.get("code_challenge") ?? "",
        });
        const back = new URL(redirectUri);
        back.searchParams.set("code", code);
        back.searchParams.set("state", asked.get("state") ?? "");
        response.writeHead(302, { location: back.href }).end();
    }

    private async token(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
        let body = "";
        for await (const chunk of request) {
            body += String(chunk);
        }
        const sent = new URLSearchParams(body);
        const code = sent.get("code") ?? "";
        const grant = this.grants.get(code);
        this.grants.delete(code);
        const verifier = createHash("sha256").update(sent.get("code_verifier") ?? "");
        const valid =
            isClient(request, sent) &&
            grant?.redirectUri === sent.get("redirect_uri") &&
            grant?.challenge === verifier.digest("base64url");
        if (!valid) {
            sendJson(response, 401, { error: "invalid_grant" });
            return;
        }
        sendJson(response, 200, {
            access_token: this.give(randomBytes(16).toString("hex")),
            token_type: "Bearer",
            expires_in: 3600,
            id_token: this.give(this.idToken(grant)),
        });
    }

    private idToken({ account, nonce }: Grant): string {
        const now = Math.floor(Date.now() / 1000);
        const claims = {
            iss: this.issuerUrl,
            aud: client.id,
            iat: now,
            exp: now + 3600,
            nonce,
            ...account,
            ...this.forged,
        };
        const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
        const signed = `${part({ alg: "RS256", typ: "JWT", kid: "1" })}.${part(claims)}`;
        return `${signed}.${createSign("sha256").update(signed).sign(this.keys.privateKey, "base64url")}`;
    }

    private give(secret: string): string {
        this.given.push(secret);
        return secret;
    }
}

/** The client says who it is by a login, or in the form. */
function isClient({ headers }: http.IncomingMessage, sent: URLSearchParams): boolean {
    const login = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString("base64")}`;
    return headers.authorization === login || sent.get("client_secret") === client.secret;
}

function sendJson(response: http.ServerResponse, status: number, value: object): void {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
