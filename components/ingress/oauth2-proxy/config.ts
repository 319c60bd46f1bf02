import * as pulumi from "@pulumi/pulumi";
import { assertValid } from "../../core/errors";
import { checked, Checks } from "../../core/validation";
import type { OidcProtection } from "./args";
import { cookieName, files, loginPrefix, paths, ports } from "./names";
import { checkClientSecret, checkOidc, lifetimeOf } from "./validate";

/** A login of an ingress. */
export interface Login {
    /** The protection's name. */
    protection: string;
    oidc: OidcProtection;
    /** The port of https URLs. */
    httpsPort: pulumi.Input<number>;
}

/** What the configuration is made of, once it is known: all but the secrets, which are in files of their own. */
type KnownOidc = Omit<pulumi.Unwrap<OidcProtection>, "clientSecret">;

/** Options of oauth2-proxy by their names in its file. */
type Options = Record<string, string | string[] | number | boolean>;

/**
 * The configuration files of oauth2-proxy v7.15.3, which refuses to start with an option that it does not know.
 * https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview
 *
 * @throws {@link ArgumentsError} through the output, when a value that was not known before is wrong.
 */
export function configFiles(subject: string, login: Login): Record<string, pulumi.Output<string>> {
    const { clientSecret, ...open } = login.oidc;
    const known = pulumi.output({ oidc: open as pulumi.Input<KnownOidc>, httpsPort: login.httpsPort });
    const judged = known.apply((values) => {
        assertKnown(subject, login.protection, { ...values.oidc, clientSecret });
        return values;
    });
    const { allowedEmails, issuerCaCertificate } = open;
    return {
        [files.config]: judged.apply(({ oidc, httpsPort }) => toml(options(login.protection, oidc, httpsPort))),
        ...(allowedEmails
            ? { [files.emails]: judged.apply(({ oidc }) => oidc.allowedEmails!.map((email) => `${email}\n`).join("")) }
            : {}),
        ...(issuerCaCertificate ? { [files.ca]: judged.apply(({ oidc }) => oidc.issuerCaCertificate!) } : {}),
    };
}

/**
 * The files that are secret.
 *
 * @throws {@link ArgumentsError} through the output, when the client secret was not known before and is wrong.
 */
export function secretFiles(
    subject: string,
    { protection, oidc }: Pick<Login, "protection" | "oidc">,
    cookieKey: pulumi.Output<string>,
): Record<string, pulumi.Input<string>> {
    const path = `protections.${protection}.oidc`;
    return {
        [files.clientSecret]: checked(subject, path, oidc.clientSecret, (checks, at, clientSecret) =>
            checkClientSecret(checks.at(at), clientSecret),
        ),
        // Of the usual Base64 it would take the text itself for the key, which is too long then.
        [files.cookieSecret]: cookieKey.apply((base64) => base64.replaceAll("+", "-").replaceAll("/", "_")),
    };
}

/** Again, since some of it was not known when the arguments were checked. */
function assertKnown(subject: string, protection: string, oidc: OidcProtection): void {
    const checks = new Checks();
    checkOidc(checks.at(`protections.${protection}.oidc`), oidc);
    assertValid(subject, checks.faults);
}

/** All options; nothing is let through without a login, and nothing is taken from a request that says who it is. */
function options(protection: string, oidc: KnownOidc, httpsPort: number): Options {
    return {
        ...provider(oidc),
        ...whoMayPass(oidc),
        ...cookies(protection, oidc),
        ...places(protection, oidc, httpsPort),
        ...server,
    };
}

/** Where it listens, what it answers and what it writes down. */
const server: Options = {
    http_address: `0.0.0.0:${ports.http}`,
    metrics_address: `0.0.0.0:${ports.metrics}`,
    // Requests come from the ingress's pods alone, by NetworkPolicy; it tells of the request that it asks for.
    reverse_proxy: true,
    // The ingress only asks whether to go on.
    upstreams: ["static://202"],
    set_xauthrequest: true,
    pass_basic_auth: false,
    pass_user_headers: false,
    // A page of its own would only ask to go on to the provider.
    skip_provider_button: true,
    // Names its version otherwise.
    footer: "-",
    // Its lines have whole URLs, with the codes that providers send.
    request_logging: false,
    silence_ping_logging: true,
    standard_logging_format: logFormat(),
};

/**
 * The lines of its log, a template of Go's, without two kinds that would give secrets away: whole requests with their
 * cookies, which it writes down when somebody comes back without the cookie of the way there (v7.15.3,
 * `LoggingCSRFCookiesInOAuthCallback`), and URLs with their queries, which it does for each request that has to log in.
 */
function logFormat(): string {
    const instead: [start: string, text: string][] = [
        ["&{", "a callback without the cookie of its login was refused"],
        ["Invalid redirect ", "a whole URL was not taken for the way back after a login"],
        ["Rejecting invalid redirect ", "a whole URL was not taken for the way back after a login"],
    ];
    const cases = instead.map(
        ([start, text]) => `{{if eq (printf "%.${start.length}s" .Message) "${start}"}}${text}{{else}}`,
    );
    return `[{{.Timestamp}}] [{{.File}}] ${cases.join("")}{{.Message}}${"{{end}}".repeat(cases.length)}`;
}

function provider(oidc: KnownOidc): Options {
    return {
        provider: "oidc",
        oidc_issuer_url: oidc.issuerUrl,
        client_id: oidc.clientId,
        client_secret_file: `${paths.secrets}/${files.clientSecret}`,
        scope: scopes(oidc).join(" "),
        oidc_email_claim: oidc.emailClaim ?? "email",
        oidc_groups_claim: oidc.groupsClaim ?? "groups",
        // Both hold a stolen answer of the provider against its thief; the latter is off by default.
        code_challenge_method: "S256",
        insecure_oidc_skip_nonce: false,
        // Else Google asks for consent at every login.
        approval_prompt: "auto",
        ...(oidc.issuerCaCertificate ? { provider_ca_files: [`${paths.config}/${files.ca}`] } : {}),
    };
}

function scopes({ scopes: given, allowedGroups, cookie }: KnownOidc): string[] {
    return (
        given ?? [
            "openid",
            "email",
            "profile",
            ...(allowedGroups ? ["groups"] : []),
            ...(cookie?.refresh === undefined ? [] : ["offline_access"]),
        ]
    );
}

/** An address has to be allowed by one of the first two, and then a group by the third. */
function whoMayPass({ allowedEmails, allowedEmailDomains, allowedGroups }: KnownOidc): Options {
    const anyAddress = allowedEmails === undefined && allowedEmailDomains === undefined;
    return {
        email_domains: anyAddress ? ["*"] : (allowedEmailDomains ?? []),
        ...(allowedEmails ? { authenticated_emails_file: `${paths.config}/${files.emails}` } : {}),
        ...(allowedGroups ? { allowed_groups: allowedGroups } : {}),
    };
}

function cookies(protection: string, { cookie = {} }: KnownOidc): Options {
    return {
        cookie_name: cookieName(protection, cookie.domain !== undefined),
        cookie_secret_file: `${paths.secrets}/${files.cookieSecret}`,
        cookie_secure: true,
        cookie_httponly: true,
        cookie_samesite: "lax",
        cookie_expire: lifetimeOf(cookie),
        // Each page that asks for a login has a cookie of its own until it has it: of two at a time, both get in.
        cookie_csrf_per_request: true,
        cookie_csrf_per_request_limit: 5,
        cookie_csrf_expire: "15m",
        // The provider's tokens are kept for asking it again, and for nothing else.
        ...(cookie.refresh === undefined ? { session_cookie_minimal: true } : { cookie_refresh: cookie.refresh }),
        ...(cookie.domain === undefined ? {} : { cookie_domains: [cookie.domain] }),
    };
}

/** Where browsers come back to, and where they are sent then: to paths of their host, or to hosts of the cookie. */
function places(protection: string, { callbackHost, cookie }: KnownOidc, httpsPort: number): Options {
    const port = httpsPort === 443 ? "" : `:${httpsPort}`;
    const prefix = loginPrefix(protection);
    const domain = cookie?.domain;
    return {
        proxy_prefix: prefix,
        ...(callbackHost === undefined ? {} : { redirect_url: `https://${callbackHost}${port}${prefix}/callback` }),
        ...(domain === undefined ? {} : { whitelist_domains: [domain, `.${domain}`].map((each) => each + port) }),
    };
}

/** TOML takes texts and lists of them as JSON has them. */
function toml(values: Options): string {
    return Object.entries(values)
        .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
        .join("");
}
