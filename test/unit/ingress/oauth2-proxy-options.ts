import { z } from "zod";

/**
 * The options of oauth2-proxy that are used here, as its file names them, written down from its own declarations. It
 * refuses to start with an option that it does not know. All paths are below
 * https://github.com/oauth2-proxy/oauth2-proxy/blob/v7.15.3/pkg/apis/options/
 */

/** time.ParseDuration of Go. */
const duration = z.string().regex(/^(\d+(\.\d+)?(ms|s|m|h))+$/);
/** "[http://]<addr>:<port>" */
const address = z.string().regex(/^(\d+\.){3}\d+:\d+$/);
const file = z.string().startsWith("/");
const texts = z.array(z.string().min(1));

/** options.go */
const general = {
    proxy_prefix: z.string().regex(/^\/.*[^/]$/),
    reverse_proxy: z.boolean(),
    redirect_url: z.url().optional(),
    authenticated_emails_file: file.optional(),
    email_domains: texts,
    whitelist_domains: texts.optional(),
    skip_provider_button: z.boolean(),
};

/** cookie.go; the values of cookie_samesite: pkg/validation/cookie.go. */
const cookies = {
    cookie_name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
    cookie_secret_file: file,
    cookie_domains: texts.optional(),
    cookie_expire: duration,
    cookie_refresh: duration.optional(),
    cookie_secure: z.boolean(),
    cookie_httponly: z.boolean(),
    cookie_samesite: z.enum(["lax", "strict", "none"]),
    cookie_csrf_per_request: z.boolean(),
    cookie_csrf_per_request_limit: z.int(),
    cookie_csrf_expire: duration,
};

/** LegacyProvider in legacy_options.go. */
const provider = {
    provider: z.literal("oidc"),
    oidc_issuer_url: z.url(),
    client_id: z.string().min(1),
    client_secret_file: file,
    scope: z.string().min(1),
    oidc_email_claim: z.string().min(1),
    oidc_groups_claim: z.string().min(1),
    code_challenge_method: z.enum(["S256", "plain"]),
    insecure_oidc_skip_nonce: z.boolean(),
    approval_prompt: z.enum(["auto", "force"]),
    provider_ca_files: z.array(file).optional(),
    allowed_groups: texts.optional(),
};

/** LegacyUpstreams, LegacyHeaders and LegacyServer in legacy_options.go, SessionOptions, Templates, Logging. */
const rest = {
    upstreams: z.array(z.string().regex(/^static:\/\/\d{3}$/)),
    set_xauthrequest: z.boolean(),
    pass_basic_auth: z.boolean(),
    pass_user_headers: z.boolean(),
    http_address: address,
    metrics_address: address,
    session_cookie_minimal: z.boolean().optional(),
    footer: z.string(),
    request_logging: z.boolean(),
    silence_ping_logging: z.boolean(),
    standard_logging_format: z.string().includes("{{.Message}}"),
};

const options = z
    .strictObject({ ...general, ...cookies, ...provider, ...rest })
    .refine(
        ({ cookie_refresh: refresh, session_cookie_minimal: minimal }) => !(refresh && minimal),
        "validateSessionCookieMinimal in pkg/validation/sessions.go: refreshing needs the tokens in the cookie",
    )
    .refine(
        ({ email_domains: domains, authenticated_emails_file: emails }) => domains.length > 0 || emails !== undefined,
        "Validate in pkg/validation/options.go: email-domain or authenticated-emails-file required",
    );

/** oauth2-proxy's configuration. */
export type OAuth2ProxyOptions = z.infer<typeof options>;

/** Reads a file of options, and holds it to their description. In the form that we write, TOML's values are JSON's. */
export function readOptions(text: string): OAuth2ProxyOptions {
    const entries = text
        .trimEnd()
        .split("\n")
        .map((line) => /^(\w+) = (.*)$/.exec(line)!)
        .map(([, name, value]): [string, unknown] => [name!, JSON.parse(value!)]);
    return options.parse(Object.fromEntries(entries));
}
