import type * as pulumi from "@pulumi/pulumi";
import type { SecurityHeaders } from "../args";
import type { HeadersProtection } from "../protections";
import type { KongPlugin } from "./entities";

const year = 31_536_000;

/** Headers that services send and nobody outside needs to know. */
const neverSent = ["Server", "X-Powered-By"];

/**
 * The headers of every answer, and those that a route adds. Kong has one such plugin per route, so all of them are in it.
 * No route weakens the headers of every answer.
 */
export function answerHeaders(
    security: pulumi.Unwrap<SecurityHeaders>,
    added: readonly pulumi.Unwrap<HeadersProtection>[],
): KongPlugin {
    const fixed = securityHeaders(security);
    const set = merged([...added.map(routeHeaders), fixed]);
    const removed = [...neverSent, ...added.flatMap(({ remove }) => remove ?? [])];
    const values = [...set.values()].map(([name, value]) => `${name}:${value}`);
    return {
        name: "response-transformer",
        config: {
            remove: { headers: unique(removed.filter((name) => !set.has(name.toLowerCase()))) },
            // `add` leaves alone what the service has said, and `replace` what it has not.
            replace: { headers: values },
            add: { headers: values },
        },
    };
}

/** Headers by name, as they are written. */
type Headers = Record<string, string>;

function securityHeaders(headers: pulumi.Unwrap<SecurityHeaders>): Headers {
    const seconds = headers.hstsSeconds ?? year;
    const strict = [
        `max-age=${seconds}`,
        ...(headers.hstsIncludeSubdomains ? ["includeSubDomains"] : []),
        ...(headers.hstsPreload ? ["preload"] : []),
    ];
    return {
        ...(seconds > 0 ? { "Strict-Transport-Security": strict.join("; ") } : {}),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": headers.frameOptions ?? "DENY",
        "Referrer-Policy": headers.referrerPolicy ?? "strict-origin-when-cross-origin",
        ...(headers.contentSecurityPolicy ? { "Content-Security-Policy": headers.contentSecurityPolicy } : {}),
    };
}

function routeHeaders(headers: pulumi.Unwrap<HeadersProtection>): Headers {
    const { contentSecurityPolicy, permissionsPolicy, set } = headers;
    return {
        ...(contentSecurityPolicy === undefined ? {} : { "Content-Security-Policy": contentSecurityPolicy }),
        ...(permissionsPolicy === undefined ? {} : { "Permissions-Policy": permissionsPolicy }),
        ...set,
    };
}

/** By the name in lower case, of which the last one counts. */
function merged(all: readonly Headers[]): Map<string, [name: string, value: string]> {
    return new Map(all.flatMap(Object.entries<string>).map((entry) => [entry[0].toLowerCase(), entry]));
}

function unique(names: readonly string[]): string[] {
    return names.filter((name, index) => names.findIndex((one) => one.toLowerCase() === name.toLowerCase()) === index);
}
