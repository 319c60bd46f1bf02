import { IngressKind } from "../core/contracts";
import { longestHashedPassword } from "../core/credentials";
import { type Checks, type Finding, type Format, QuantityKind } from "../core/validation";
import { checkOidc } from "./oauth2-proxy/validate";
import {
    type ApiKeyProtection,
    type BasicAuthProtection,
    type BasicAuthUser,
    type CircuitBreakerProtection,
    type CorsProtection,
    type HeadersProtection,
    type IngressProtection,
    type IpAllowListProtection,
    JwtAlgorithm,
    type JwtProtection,
} from "./protections";
import { logins, type ProtectionKind, protectionKinds, protectionSupport } from "./support";

/** Leaves room for what the names of generated passwords add. */
const longestName = 40;

/** Everything about named protections that can be judged: what is not known yet is judged when it is. */
export function checkProtections(
    checks: Checks,
    controller: IngressKind,
    protections: Record<string, IngressProtection> | undefined,
): void {
    checks.map("protections", protections, (name, protection, nested) => {
        nested.dnsLabel("", name, { maximum: longestName });
        nested.knownKeys("", protection, [...protectionKinds, "everyRoute"]);
        nested.exclusive(protectionKinds, protection, { required: true });
        const kind = protectionKinds.find((each) => protection[each] !== undefined);
        if (kind === undefined) {
            return;
        }
        if (protectionSupport[kind][controller] !== undefined) {
            refuse(nested, controller, kind);
        } else {
            checkKind(nested.at(kind), protection, controller);
        }
    });
}

/** A controller that can't is an error that names those that can. */
function refuse(checks: Checks, controller: IngressKind, kind: ProtectionKind): void {
    const able = Object.values(IngressKind).filter((other) => protectionSupport[kind][other] === undefined);
    checks.fault(
        kind,
        `can't be had: ${controller} ${protectionSupport[kind][controller]}, of the controllers only ` +
            `${able.join(" and ")} can; ${wayOut(kind, controller)}`,
    );
}

function wayOut(kind: ProtectionKind, controller: IngressKind): string {
    const others = logins.filter((login) => protectionSupport[login][controller] === undefined);
    return logins.includes(kind)
        ? `use ${others.join(" or ")}, or check it in the service`
        : "use that one, or leave it to the service";
}

function checkKind(checks: Checks, protection: IngressProtection, controller: IngressKind): void {
    const { apiKey, basicAuth, jwt, ipAllowList, rateLimit, concurrency, bodyLimit, headers, cors, retry } = protection;
    if (apiKey) {
        checkHolders(checks, apiKey);
    }
    if (basicAuth) {
        checkUsers(checks, basicAuth, controller);
    }
    if (jwt) {
        checkJwt(checks, jwt);
    }
    if (ipAllowList) {
        checkRanges(checks, ipAllowList);
    }
    checks.integer("requests", rateLimit?.requests ?? concurrency?.requests, { minimum: 1 });
    checks.integer("burst", rateLimit?.burst, { minimum: 1 });
    checks.duration("period", rateLimit?.period, { minimum: "1ms" });
    checks.quantity("maximum", bodyLimit?.maximum, QuantityKind.Storage, { minimum: "1" });
    if (headers) {
        checkHeaders(checks, headers);
    }
    if (cors) {
        checkCors(checks, cors);
    }
    if (protection.oidc) {
        checkOidc(checks, protection.oidc);
    }
    checks.integer("attempts", retry?.attempts, { minimum: 2 });
    checks.duration("interval", retry?.interval);
    if (protection.circuitBreaker) {
        checkBreaker(checks, protection.circuitBreaker);
    }
    checks.matches(
        "caCertificate",
        protection.mutualTls?.caCertificate,
        /-----BEGIN CERTIFICATE-----/,
        'give certificates in PEM, which begin with "-----BEGIN CERTIFICATE-----"',
    );
}

const headerName = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;
const headerRule = "use letters, digits and dashes";

/** Kong compares keys as they are: a short one can be guessed. */
const shortestKey = 16;

function checkHolders(checks: Checks, { holders, header }: ApiKeyProtection): void {
    checks.required("holders", holders, 'at least one: [{ name: "billing" }]');
    checks.nonEmpty("holders", holders);
    checks.list("holders", holders, (holder, nested, index) => {
        nested.knownKeys("", holder, ["name", "key", "rotation"]);
        nested.required("name", holder.name, "the team or program that has the key");
        nested.dnsLabel("name", holder.name, { maximum: longestName });
        nested.secret.length("key", holder.key, { minimum: shortestKey });
        if (holder.key !== undefined && holder.rotation !== undefined) {
            nested.fault("rotation", "changes nothing beside key; leave one of them out");
        }
        if (holders.findIndex(({ name }) => name === holder.name) < index) {
            nested.fault("name", `is "${holder.name}" a second time; give each holder once`);
        }
    });
    checks.matches("header", header, /^[-A-Za-z0-9_]+$/, headerRule);
}

function checkJwt(checks: Checks, { issuer, publicKey, algorithm }: JwtProtection): void {
    checks.required("issuer", issuer, "the claim iss of the tokens");
    checks.nonEmpty("issuer", issuer);
    checks.required("publicKey", publicKey, "the issuer's public key in PEM");
    checks.matches("publicKey", publicKey, /-----BEGIN PUBLIC KEY-----/, "give the issuer's public key in PEM");
    checks.oneOf("algorithm", algorithm, Object.values(JwtAlgorithm));
}

function checkUsers(checks: Checks, { users }: BasicAuthProtection, controller: IngressKind): void {
    checks.required("users", users, 'at least one: [{ name: "alice" }]');
    checks.nonEmpty("users", users);
    checks.list("users", users, (user, nested, index) => {
        checkUser(nested, user, controller);
        if (users.findIndex(({ name }) => name === user.name) < index) {
            nested.fault("name", `is "${user.name}" a second time; give each user once`);
        }
    });
}

/** bcrypt is the one kind of hash, since Traefik takes longer or shorter for another and so tells who exists. */
const bcryptHash = /^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/;

function checkUser(checks: Checks, user: BasicAuthUser, controller: IngressKind): void {
    checks.knownKeys("", user, ["name", "password", "passwordHash", "rotation"]);
    checks.required("name", user.name, "the name that the user types");
    checks.matches("name", user.name, /^[^:\s\p{Cc}]+$/u, "use a name without colon and spaces");
    checks.secret.format("password", user.password, (password) => judgePassword(password, controller));
    checks.secret.format("passwordHash", user.passwordHash, hashFormat);
    checks.exclusive(["password", "passwordHash"], user);
    const given = user.password === undefined ? "passwordHash" : "password";
    if (user[given] !== undefined && user.rotation !== undefined) {
        checks.fault("rotation", `changes nothing beside ${given}; leave one of them out`);
    }
}

/** Characters of a password. */
const shortestPassword: Readonly<Record<IngressKind, number>> = {
    // Kong hashes by one round of SHA-1, which is guessed through fast.
    [IngressKind.Kong]: 16,
    // https://pages.nist.gov/800-63-3/sp800-63b.html#memsecret
    [IngressKind.Traefik]: 8,
};

function judgePassword(password: string, controller: IngressKind): Finding | undefined {
    if (bcryptHash.test(password)) {
        return {
            problem: "is a bcrypt hash and no password",
            rule: "give it as passwordHash, or give the password itself",
        };
    }
    if (/\p{Cc}/u.test(password)) {
        return { problem: "has control characters in it", rule: "give one line of text" };
    }
    const bytes = Buffer.byteLength(password);
    if (bytes > longestHashedPassword) {
        return {
            problem: `has ${bytes} bytes, of which bcrypt would read the first ${longestHashedPassword} alone`,
            rule: `give ${longestHashedPassword} bytes or less, or leave it out to have one generated`,
        };
    }
    const shortest = shortestPassword[controller];
    return password.length < shortest
        ? {
              problem: `has ${password.length} characters`,
              rule: `give ${shortest} or more for ${controller}, or leave it out to have one generated`,
          }
        : undefined;
}

const hashFormat: Format = (hash) =>
    bcryptHash.test(hash)
        ? undefined
        : {
              problem: hash.startsWith("$$2") ? "has doubled dollar signs" : "is no bcrypt hash",
              rule:
                  "give what `htpasswd -nBC 10 NAME` prints behind the colon, give the password itself as password, " +
                  "or leave both out to have one generated",
          };

function checkRanges(checks: Checks, { ranges, allowEveryone }: IpAllowListProtection): void {
    checks.required("ranges", ranges, 'at least one: ["203.0.113.0/24"]');
    checks.nonEmpty("ranges", ranges);
    checks.list("ranges", ranges, (range, nested) => {
        nested.cidr("", range);
        if (typeof range === "string" && range.endsWith("/0") && !allowEveryone) {
            nested.fault("", `is "${range}", which is everybody; name those meant, or set allowEveryone: true`);
        }
    });
}

function checkHeaders(checks: Checks, headers: HeadersProtection): void {
    checks.knownKeys("", headers, ["contentSecurityPolicy", "permissionsPolicy", "set", "remove"]);
    checks.nonEmpty("", headers);
    checks.map("set", headers.set, (name, value, nested) => {
        nested.matches("", name, headerName, headerRule);
        nested.matches("", value, /^[^\p{Cc}]*$/u, "give one line of text");
    });
    checks.list("remove", headers.remove, (name, nested) => nested.matches("", name, headerName, headerRule));
}

function checkCors(checks: Checks, cors: CorsProtection): void {
    checks.required("origins", cors.origins, 'at least one: ["https://app.example.com"]');
    checks.nonEmpty("origins", cors.origins);
    checks.list("origins", cors.origins, (origin, nested) => {
        if (origin !== "*") {
            const rule = 'give scheme and host alone, like "https://app.example.com"';
            nested.matches("", origin, /^https?:\/\/[-.:0-9A-Za-z[\]]+$/, rule);
        } else if (cors.credentials) {
            nested.fault("", 'is "*", which browsers refuse together with credentials; name the origins');
        }
    });
    checks.integer("maxAgeSeconds", cors.maxAgeSeconds, { minimum: 0 });
}

function checkBreaker(checks: Checks, breaker: CircuitBreakerProtection): void {
    const { networkErrorPercent, serverErrorPercent, medianMilliseconds, openFor } = breaker;
    if ([networkErrorPercent, serverErrorPercent, medianMilliseconds].every((threshold) => threshold === undefined)) {
        checks.fault(
            "",
            "has no threshold; give networkErrorPercent, serverErrorPercent or medianMilliseconds, or several",
        );
    }
    checks.number("networkErrorPercent", networkErrorPercent, { minimum: 1, maximum: 100 });
    checks.number("serverErrorPercent", serverErrorPercent, { minimum: 1, maximum: 100 });
    checks.integer("medianMilliseconds", medianMilliseconds, { minimum: 1 });
    checks.duration("openFor", openFor, { minimum: "1ms" });
}
