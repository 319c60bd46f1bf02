import { cookieName, loginPrefix } from "../oauth2-proxy/names";
import { loginsOf, loginUrl } from "../oauth2-proxy/oauth2-proxy";
import type { TraefikIngressArgs } from "./args";
import type { Middleware } from "./middlewares";

/** Says who has logged in. Nobody but a login sets them. */
const identityHeaders = ["User", "Email", "Preferred-Username", "Groups"].map((each) => `X-Auth-Request-${each}`);

/** A client's wish where to go after the login, which the request itself says. */
const redirectHeader = "X-Auth-Request-Redirect";

/** What logins add to the dynamic configuration. */
export interface LoginParts {
    middlewares: Record<string, Middleware>;
    routers?: Record<string, unknown>;
    services?: Record<string, unknown>;
}

/** Above all routes, whose priority is the length of their rules. */
const priority = 1_000_000;

/**
 * The logins' middlewares, and the way to their own paths on every host, which ask for no login.
 *
 * Traefik asks oauth2-proxy about each request. What is answered but "go on" goes to the browser as it is: with the way to
 * the provider, or 403. No `errors` middleware has a part in it (which oauth2-proxy's path `/oauth2/auth` would need):
 * it could not tell a 401 of oauth2-proxy's from one of the service's, whose own logins would be lost.
 */
export function loginParts(name: string, args: TraefikIngressArgs): LoginParts {
    const logins = loginsOf(args);
    if (logins.length === 0) {
        return { middlewares: {} };
    }
    const named = <T>(make: (protection: string) => T): Record<string, T> =>
        Object.fromEntries(logins.map(([protection]) => [`login-${protection}`, make(protection)]));
    return {
        middlewares: Object.fromEntries(
            logins.map(([protection, { cookie }]) => [
                protection,
                forwardAuth(
                    loginUrl(name, protection, args),
                    cookie?.refresh === undefined
                        ? []
                        : cookieParts(cookieName(protection, cookie.domain !== undefined)),
                ),
            ]),
        ),
        routers: named((protection) => ({
            rule: `PathPrefix(\`${loginPrefix(protection)}/\`)`,
            entryPoints: ["websecure"],
            priority,
            service: `login-${protection}`,
        })),
        services: named((protection) => ({
            loadBalancer: { servers: [{ url: loginUrl(name, protection, args) }] },
        })),
    };
}

/** The headers that no client may send where there are logins. */
export function forgeableHeaders(args: TraefikIngressArgs): string[] {
    return loginsOf(args).length > 0 ? [...identityHeaders, redirectHeader] : [];
}

function forwardAuth(url: string, cookies: string[]): Middleware {
    return {
        forwardAuth: {
            address: `${url}/`,
            // Of the request itself: what proxies in front have said is not needed.
            trustForwardHeader: false,
            // Not the logins at the service behind.
            authRequestHeaders: ["Accept", "Cookie", "User-Agent"],
            authResponseHeaders: identityHeaders,
            // Pages of errors; more would be none of oauth2-proxy's.
            maxResponseBodySize: 262_144,
            ...(cookies.length > 0 ? { addAuthCookiesToResponse: cookies } : {}),
        },
    };
}

/** A cookie that is too long for one is several, with numbers behind the name. */
function cookieParts(name: string): string[] {
    return [name, ...[0, 1, 2, 3].map((part) => `${name}_${part}`)];
}
