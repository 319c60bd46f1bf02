import type * as pulumi from "@pulumi/pulumi";
import { IngressKind, Scheme } from "../../core/contracts";
import { type Checks, isPlain } from "../../core/validation";
import type { CorsProtection, IngressProtection } from "../protections";
import { authenticates, kindOf, type ProtectionKind } from "../support";
import { checkProtections } from "../validate-protections";
import type { KnownProtection, KnownRoute } from "./known";
import { windowOf } from "./protection-plugins";
import { sameText } from "./routes";

/** The methods that Kong's plugin takes. https://github.com/Kong/kong/blob/3.9.3/kong/plugins/cors/schema.lua */
const methods = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

/** What Kong can't do of what a protection asks for, and what protections take from each other. */
export function checkForKong(checks: Checks, protections: Record<string, IngressProtection> | undefined): void {
    checks.map("protections", protections, (_name, protection, nested) => {
        const { basicAuth, cors, headers, rateLimit, retry } = protection;
        nested.list("basicAuth.users", basicAuth?.users, ({ passwordHash }, user) => {
            if (passwordHash !== undefined) {
                user.fault(
                    "passwordHash",
                    "is of bcrypt, which of the controllers only traefik reads; give the password itself as password, " +
                        "or leave it out to have one generated",
                );
            }
        });
        checkWindow(nested, rateLimit);
        checkMethods(nested, cors);
        nested.map("headers.set", headers?.set, (_header, value, each) => each.nonEmpty("", value));
        if (retry?.interval !== undefined) {
            nested.fault(
                "retry.interval",
                "is given, but kong tries again at once, of the controllers only traefik waits; leave it out",
            );
        }
    });
    checkUnique(checks, protections ?? {});
}

function checkWindow(checks: Checks, limit: IngressProtection["rateLimit"]): void {
    const { period, burst, requests } = limit ?? {};
    if (typeof period === "string" && windowOf(period) === undefined) {
        checks.fault(
            "rateLimit.period",
            `is "${period}", and kong counts by the second, minute, hour or day, of the controllers only traefik ` +
                'otherwise; give "1s", "1m", "1h" or "24h"',
        );
    }
    if (burst !== undefined && burst !== requests) {
        checks.fault(
            "rateLimit.burst",
            "is given, but kong lets all requests of a period come at once, of the controllers only traefik spreads " +
                "them; leave it out, or give a shorter period",
        );
    }
}

function checkMethods(checks: Checks, cors: CorsProtection | undefined): void {
    checks.list("cors.methods", cors?.methods, (method, each) => each.oneOf("", method, methods));
}

/** Kong finds who somebody is by the name, the key or the issuer alone, whichever protection asks. */
function checkUnique(checks: Checks, protections: Record<string, IngressProtection>): void {
    const seen: [identity: pulumi.Input<string>, path: string][] = [];
    const note = (identity: pulumi.Input<string>, path: string, what: string): void => {
        const other = seen.find(([one]) => sameText(one, identity));
        if (other) {
            checks.fault(
                path,
                `has one that ${other[1]} has, too, and kong tells ${what} apart by nothing else; give another`,
            );
        }
        seen.push([identity, path]);
    };
    for (const [name, { apiKey, basicAuth, jwt }] of Object.entries(protections)) {
        for (const user of new Set(basicAuth?.users.map((each) => each.name))) {
            note(`user ${user}`, `protections.${name}.basicAuth.users`, "users");
        }
        apiKey?.holders.forEach(({ key }, index) => {
            if (typeof key === "string") {
                note(`key ${key}`, `protections.${name}.apiKey.holders[${index}].key`, "holders");
            }
        });
        if (typeof jwt?.issuer === "string") {
            note(`issuer ${jwt.issuer}`, `protections.${name}.jwt.issuer`, "issuers");
        }
    }
}

/** What is known of a route when it is checked beside the others. */
export interface RoutePlace {
    name: string;
    host: pulumi.Input<string> | undefined;
    path: string;
    scheme: pulumi.Input<string>;
    /** The names of its protections, those for every route among them. */
    protections: string[];
    certificate?: unknown;
}

/** What a route may be that is one of several, all of them in one configuration. */
export function checkPlaces(
    checks: Checks,
    routes: readonly RoutePlace[],
    protections: Record<string, IngressProtection>,
): void {
    routes.forEach((route, index) => {
        const nested = checks.at(`routes[${index}]`);
        checkTwice(nested, route, routes.slice(0, index));
        checkScheme(nested, route.scheme);
        checkTogether(nested, route, protections);
        if (!/^\/[-A-Za-z0-9._~/:@!$&'()*+,;=]*$/.test(route.path)) {
            nested.fault("path", `is "${route.path}", which Kong compares in another form; write it without escapes`);
        }
    });
}

function checkTwice(checks: Checks, route: RoutePlace, before: readonly RoutePlace[]): void {
    if (before.some(({ name }) => name === route.name)) {
        checks.fault("name", `is "${route.name}" a second time; give each route a name of its own`);
    }
    if (route.host === undefined) {
        return;
    }
    const sameHost = before.filter(({ host }) => host !== undefined && sameText(host, route.host!));
    const taken = sameHost.find(({ path }) => path === route.path);
    if (taken) {
        checks.fault(
            "path",
            `is "${route.path}" of host "${route.host as string}", which route ${taken.name} has; give another path or host`,
        );
    }
    const certified = sameHost.find(({ certificate }) => certificate !== undefined);
    if (certified && route.certificate !== undefined) {
        checks.fault(
            "certificate",
            `is a second one for host "${route.host as string}", which has that of route ${certified.name}; leave it out`,
        );
    }
}

/** Kong would compare the names in a service's certificate with the host that the client has asked for. */
function checkScheme(checks: Checks, scheme: pulumi.Input<string>): void {
    if (isPlain(scheme) && scheme !== Scheme.Http) {
        checks.fault(
            "service.scheme",
            `is "${scheme as string}", and kong can check no service's certificate while it hands on the client's host; ` +
                "give the service's port for http",
        );
    }
}

/** Kong has each of its plugins once per route, and asks one login for its members. */
function checkTogether(checks: Checks, route: RoutePlace, protections: Record<string, IngressProtection>): void {
    const named = route.protections.flatMap((name) => {
        const protection = protections[name];
        const kind = protection && kindOf(protection);
        return kind ? [{ name, kind, login: authenticates(protection) }] : [];
    });
    const logins = named.filter(({ login }) => login);
    if (logins.length > 1) {
        checks.fault(
            "protections",
            `asks for the logins ${logins[0]!.name} and ${logins[1]!.name}, and kong checks the members of one; name one of them`,
        );
    }
    const others = named.filter(({ kind, login }) => !login && kind !== "headers");
    for (const [name, first] of twice(others)) {
        checks.fault(
            "protections",
            `has ${name} of the same kind as ${first}, and kong has one per route, of the controllers only traefik has ` +
                "several; make one of them",
        );
    }
}

/** Those of a kind that an earlier one has, each with that one. */
function twice(named: readonly { name: string; kind: ProtectionKind }[]): [name: string, first: string][] {
    return named.flatMap(({ name, kind }, index) => {
        const first = named.slice(0, index).find((other) => other.kind === kind);
        return first ? [[name, first.name] as [string, string]] : [];
    });
}

/** Everything again, since some of it was not known when the arguments were checked. */
export function checkKnown(
    checks: Checks,
    protections: Record<string, KnownProtection>,
    routes: readonly KnownRoute[],
): void {
    checkProtections(checks, IngressKind.Kong, protections);
    checkForKong(checks, protections);
    checkPlaces(checks, routes, protections);
    for (const [index, { host }] of routes.entries()) {
        checks.hostName(`routes[${index}].host`, host, { wildcard: true });
    }
}
