import * as https from "node:https";
import type { Answer, Call } from "./client";

/** A cookie as a browser keeps it. */
export interface Cookie {
    name: string;
    value: string;
    /** What follows its value, in lower case and sorted: `httponly`, `path=/`. */
    attributes: string[];
    /** The host that alone gets it back, or the domain. */
    host: string;
    domain?: string;
}

/** How a browser reaches hosts: those of the ingress, and the provider. */
export interface Network {
    ingress(request: Call): Promise<Answer>;
    /** Where the provider is, and the authority of its certificate. */
    provider: { url: string; ca: string };
}

/** Where a browser has got to, and by which URLs. */
export interface Page extends Answer {
    url: string;
    /** The URLs that it was sent to on its way, the last one being where it is. */
    visited: string[];
}

/** Follows redirects and keeps cookies, as browsers do. Redirects to any other host end the way. */
export class Browser {
    private cookies: Cookie[] = [];

    constructor(private readonly network: Network) {}

    /** Goes to a URL and on to wherever it is sent, until it is sent nowhere or has gone `steps` times. */
    async open(url: string, { steps = 10, headers = {} }: { steps?: number; headers?: Record<string, string> } = {}) {
        const visited: string[] = [url];
        let answer = await this.get(url, headers);
        while (answer.headers.location !== undefined && visited.length <= steps) {
            const next = new URL(answer.headers.location, visited.at(-1)).href;
            visited.push(next);
            if (!this.knows(new URL(next))) {
                break;
            }
            answer = await this.get(next, headers);
        }
        return { ...answer, url: visited.at(-1)!, visited } satisfies Page;
    }

    /** One request, with the cookies that belong to its host. */
    async get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
        const { host, hostname, pathname, search } = new URL(url);
        const sent = this.cookiesFor(hostname).map(({ name, value }) => `${name}=${value}`);
        const path = pathname + search;
        const all = { host, accept: "text/html", ...(sent.length > 0 ? { cookie: sent.join("; ") } : {}), ...headers };
        const { provider } = this.network;
        const answer = url.startsWith(provider.url)
            ? await ask(url, provider.ca)
            : await this.network.ingress({ host: hostname, path, headers: all });
        for (const line of answer.headers["set-cookie"] ?? []) {
            this.keep(parse(line, hostname));
        }
        return answer;
    }

    /** The cookies that a host gets. */
    cookiesFor(host: string): Cookie[] {
        return this.cookies.filter(({ domain, host: own }) =>
            domain === undefined ? own === host : host === domain || host.endsWith(`.${domain}`),
        );
    }

    /** Changes the value of a cookie, as somebody at the browser can. */
    tamper(name: string, change: (value: string) => string): void {
        this.cookies = this.cookies.map((each) => (each.name === name ? { ...each, value: change(each.value) } : each));
    }

    private knows({ hostname, origin }: URL): boolean {
        return hostname.endsWith(".localhost") || origin === this.network.provider.url;
    }

    private keep(cookie: Cookie & { gone: boolean }): void {
        this.cookies = this.cookies.filter(({ name, host }) => name !== cookie.name || host !== cookie.host);
        if (!cookie.gone) {
            this.cookies.push(cookie);
        }
    }
}

function parse(line: string, host: string): Cookie & { gone: boolean } {
    const [pair, ...rest] = line.split(";").map((part) => part.trim());
    const at = pair!.indexOf("=");
    const attributes = rest.map((each) => each.toLowerCase()).sort();
    const valueOf = (key: string): string | undefined =>
        attributes.find((each) => each.startsWith(`${key}=`))?.slice(key.length + 1);
    const expires = valueOf("expires");
    const domain = valueOf("domain")?.replace(/^\./, "");
    return {
        name: pair!.slice(0, at),
        value: pair!.slice(at + 1),
        attributes,
        host: domain ?? host,
        domain,
        gone: valueOf("max-age") === "0" || (expires !== undefined && new Date(expires).getTime() < Date.now()),
    };
}

function ask(url: string, ca: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const request = https.get(url, { ca, agent: false }, (response) => {
            let text = "";
            response.on("data", (chunk: Buffer) => (text += String(chunk)));
            response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text }));
        });
        request.on("error", reject);
    });
}
