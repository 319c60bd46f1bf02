import type * as pulumi from "@pulumi/pulumi";
import { type Checks, durationSeconds, isHostWithin } from "../../core/validation";
import type { OidcCookie, OidcProtection } from "./args";

/** The rules of which a login has at least one. */
const rules = ["allowedEmails", "allowedEmailDomains", "allowedGroups"] as const;

const keys: readonly (keyof OidcProtection)[] = [
    "issuerUrl",
    "clientId",
    "clientSecret",
    ...rules,
    "allowEveryAccount",
    "scopes",
    "emailClaim",
    "groupsClaim",
    "callbackHost",
    "cookie",
    "issuerCidrs",
    "issuerService",
    "issuerCaCertificate",
    "replicas",
    "resources",
];

/** Everything about a login that can be judged: what is not known yet is judged when it is. */
export function checkOidc(checks: Checks, oidc: OidcProtection): void {
    checks.knownKeys("", oidc, keys);
    checkProvider(checks, oidc);
    checkRules(checks, oidc);
    checkScopes(checks, oidc);
    checkCookie(checks.at("cookie"), oidc.cookie ?? {});
    checkCallback(checks, oidc);
    checks.integer("replicas", oidc.replicas, { minimum: 1 });
}

function checkProvider(checks: Checks, oidc: OidcProtection): void {
    const { issuerUrl, clientId, clientSecret, issuerCaCertificate } = oidc;
    checks.required("issuerUrl", issuerUrl, 'the provider\'s URL: "https://login.example.com/realms/staff"');
    checks.url("issuerUrl", issuerUrl, { schemes: ["https"] });
    checks.required("clientId", clientId, "what the provider calls this login");
    checks.matches("clientId", clientId, /^[^\s\p{Cc}]+$/u, "give it as the provider shows it, without spaces");
    checks.required("clientSecret", clientSecret, 'the secret that the provider shows: config.requireSecret("...")');
    checkClientSecret(checks, clientSecret);
    checks.exclusive(["issuerCidrs", "issuerService"], oidc);
    checks.nonEmpty("issuerCidrs", oidc.issuerCidrs);
    checks.list("issuerCidrs", oidc.issuerCidrs, (cidr, each) => each.cidr("", cidr));
    checks.matches(
        "issuerCaCertificate",
        issuerCaCertificate,
        /-----BEGIN CERTIFICATE-----/,
        'give certificates in PEM, which begin with "-----BEGIN CERTIFICATE-----"',
    );
}

/** A space or a line's end that came along when it was copied would be a part of it. */
export function checkClientSecret(checks: Checks, clientSecret: pulumi.Input<string> | undefined): void {
    checks.secret.matches("clientSecret", clientSecret, /^\S+$/, "give it as the provider shows it, without spaces");
}

/** Who is let in: nobody is by leaving something out. */
function checkRules(checks: Checks, oidc: OidcProtection): void {
    const given = rules.filter((rule) => oidc[rule] !== undefined);
    if (given.length === 0 && !oidc.allowEveryAccount) {
        checks.fault(
            "",
            `says nobody who is let in; give ${rules.join(", ")} or several, ` +
                "or set allowEveryAccount: true for every account that the provider knows",
        );
    }
    if (given.length > 0 && oidc.allowEveryAccount) {
        checks.fault("allowEveryAccount", `is true, but ${given[0]} is given too; leave one of them out`);
    }
    for (const rule of rules) {
        checks.nonEmpty(rule, oidc[rule]);
    }
    checks.list("allowedEmails", oidc.allowedEmails, (email, each) =>
        each.matches(
            "",
            email,
            /^[^@\s\p{Cc},"#*]+@[^@\s\p{Cc},"*]+$/u,
            'give a whole address like "alice@example.com"',
        ),
    );
    checks.list("allowedEmailDomains", oidc.allowedEmailDomains, (domain, each) => {
        if (domain === "*") {
            each.fault("", 'is "*", which is every account; leave the list out and set allowEveryAccount: true');
        } else {
            each.hostName("", domain, { wildcard: true });
        }
    });
    checks.list("allowedGroups", oidc.allowedGroups, (group, each) => {
        each.nonEmpty("", group);
        each.matches("", group, /^[^\p{Cc}]*$/u, "give one line of text");
    });
}

function checkScopes(checks: Checks, { scopes, emailClaim, groupsClaim }: OidcProtection): void {
    checks.nonEmpty("scopes", scopes);
    checks.list("scopes", scopes, (scope, each) =>
        each.matches("", scope, /^[\x21\x23-\x5b\x5d-\x7e]+$/, "give each scope by itself, without spaces"),
    );
    if (Array.isArray(scopes) && scopes.length > 0 && scopes.every((scope) => typeof scope === "string")) {
        if (!scopes.includes("openid")) {
            checks.fault("scopes", 'lacks "openid", without which the provider says not who it is; add it');
        }
    }
    const claim = 'use the name of a claim, like "email" or "https://example.com/groups"';
    checks.matches("emailClaim", emailClaim, /^[^\s\p{Cc}]+$/u, claim);
    checks.matches("groupsClaim", groupsClaim, /^[^\s\p{Cc}]+$/u, claim);
}

function checkCookie(checks: Checks, { domain, lifetime, refresh, ...cookie }: OidcCookie): void {
    checks.knownKeys("", cookie, ["rotation"]);
    checks.hostName("domain", domain);
    checks.duration("lifetime", lifetime, { minimum: "1m" });
    checks.duration("refresh", refresh, { minimum: "1m" });
    const ends = lifetimeOf({ lifetime });
    if (typeof refresh === "string" && typeof ends === "string") {
        const [often = 0, last = Infinity] = [durationSeconds(refresh), durationSeconds(ends)];
        if (often >= last) {
            checks.fault("refresh", `is "${refresh}", and the login ends after ${ends}; give a shorter time`);
        }
    }
}

/** How long a login lasts. */
export function lifetimeOf<T>({ lifetime }: { lifetime?: T }): T | string {
    return lifetime ?? "12h";
}

/** A browser gives a cookie to hosts of its domain alone: one that comes back elsewhere would never be logged in. */
function checkCallback(checks: Checks, { callbackHost, cookie }: OidcProtection): void {
    checks.hostName("callbackHost", callbackHost);
    if (callbackHost !== undefined && cookie?.domain === undefined) {
        checks.fault(
            "callbackHost",
            "is given without cookie.domain, so that its login would hold for that host alone; " +
                "give the domain that all protected hosts are in",
        );
    }
    const domain = cookie?.domain;
    if (typeof callbackHost === "string" && typeof domain === "string" && !isHostWithin(callbackHost, domain)) {
        checks.fault(
            "callbackHost",
            `is "${callbackHost}", outside of cookie.domain "${domain}", whose cookies it can't set; ` +
                `give a host of that domain`,
        );
    }
}
