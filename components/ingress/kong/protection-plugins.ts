import type * as pulumi from "@pulumi/pulumi";
import { durationSeconds, quantityValue } from "../../core/validation";
import type { CorsProtection, RateLimitProtection } from "../protections";
import type { KongPlugin } from "./entities";
import type { KnownProtection } from "./known";

/** The header that carries an API key, unless one is named. */
const defaultKeyHeader = "X-API-Key";

/** The windows in which Kong counts requests, by their seconds. https://github.com/Kong/kong/blob/3.9.3/kong/plugins/rate-limiting/schema.lua */
const windows: Readonly<Record<number, string>> = { 1: "second", 60: "minute", 3600: "hour", 86_400: "day" };

/** The window that a period is; none when Kong counts in no such window. */
export function windowOf(period: string | undefined): string | undefined {
    return windows[durationSeconds(period ?? "1s") ?? 0];
}

/**
 * The plugins that a protection becomes. Headers become one plugin for the whole route, and retries are a matter of the
 * service.
 */
export function pluginsOf(name: string, protection: KnownProtection): KongPlugin[] {
    const { apiKey, basicAuth, bodyLimit, cors, ipAllowList, jwt, rateLimit } = protection;
    if (apiKey) {
        return [keyAuth(apiKey.header ?? defaultKeyHeader), membersOnly(name)];
    }
    if (basicAuth) {
        const config = { realm: basicAuth.realm ?? name, hide_credentials: true };
        return [{ name: "basic-auth", config }, membersOnly(name)];
    }
    if (jwt) {
        return [tokens(), membersOnly(name)];
    }
    if (bodyLimit) {
        const bytes = Math.ceil(quantityValue(bodyLimit.maximum)!);
        const config = { allowed_payload_size: bytes, size_unit: "bytes", require_content_length: false };
        return [{ name: "request-size-limiting", config }];
    }
    if (cors) {
        return [{ name: "cors", config: crossOrigin(cors) }];
    }
    if (ipAllowList) {
        return [{ name: "ip-restriction", config: { allow: ipAllowList.ranges, status: 403, message: "Forbidden" } }];
    }
    return rateLimit ? [{ name: "rate-limiting", config: rateLimiting(rateLimit) }] : [];
}

/** From the header alone: in a URL or body the key would end up in logs. */
function keyAuth(header: string): KongPlugin {
    const config = {
        key_names: [header],
        key_in_header: true,
        key_in_query: false,
        key_in_body: false,
        hide_credentials: true,
    };
    return { name: "key-auth", config };
}

function tokens(): KongPlugin {
    const config = {
        key_claim_name: "iss",
        claims_to_verify: ["exp"],
        header_names: ["authorization"],
        uri_param_names: [],
        cookie_names: [],
    };
    return { name: "jwt", config };
}

/** Kong's logins let in the users of all protections; only a group tells them apart. */
function membersOnly(name: string): KongPlugin {
    return { name: "acl", config: { allow: [name] } };
}

function rateLimiting({ requests, period }: pulumi.Unwrap<RateLimitProtection>): Record<string, unknown> {
    return { [windowOf(period)!]: requests, limit_by: "ip", policy: "local", error_code: 429 };
}

function crossOrigin(cors: pulumi.Unwrap<CorsProtection>): Record<string, unknown> {
    return {
        origins: cors.origins.map(asOrigin),
        methods: cors.methods ?? ["GET", "HEAD", "POST"],
        headers: cors.headers ?? ["Content-Type"],
        ...(cors.exposedHeaders ? { exposed_headers: cors.exposedHeaders } : {}),
        credentials: cors.credentials ?? false,
        max_age: cors.maxAgeSeconds ?? 600,
        preflight_continue: false,
    };
}

/** Kong takes an origin with brackets, as addresses of IPv6 have, for a regular expression. */
function asOrigin(origin: string): string {
    return origin.includes("[") ? origin.replace(/[.[\]]/g, "\\$&") : origin;
}
