import type * as pulumi from "@pulumi/pulumi";
import { quantityValue } from "../../core/validation";
import type { SecurityHeaders } from "../args";
import type { CircuitBreakerProtection, CorsProtection, HeadersProtection, IngressProtection } from "../protections";

/** A protection whose values are all known. */
export type KnownProtection = pulumi.Unwrap<IngressProtection>;

/** A user with the hash of the password. */
export interface HashedUser {
    name: string;
    /** Secret. */
    hash: pulumi.Input<string>;
}

/** What the compilation of a protection needs to know besides. */
export interface MiddlewareContext {
    name: string;
    /** Whose `X-Forwarded-For` is believed. */
    trustedProxies: string[];
    /** The users of a basic auth. */
    users: pulumi.Unwrap<HashedUser>[];
}

/** A middleware as Traefik's dynamic configuration has it, by its kind. */
export type Middleware = Record<string, unknown>;

const year = 31_536_000;

/** The middleware that a protection becomes; none of client certificates, which are no matter of requests. */
export function middlewareOf(protection: KnownProtection, context: MiddlewareContext): Middleware | undefined {
    const { basicAuth, bodyLimit, circuitBreaker, concurrency, cors, headers, ipAllowList, rateLimit, retry } =
        protection;
    if (basicAuth) {
        const users = context.users.map(({ name, hash }) => `${name}:${hash}`);
        return { basicAuth: { users, realm: basicAuth.realm ?? context.name, removeHeader: true } };
    }
    if (bodyLimit) {
        return { buffering: { maxRequestBodyBytes: Math.ceil(quantityValue(bodyLimit.maximum)!) } };
    }
    if (circuitBreaker) {
        return { circuitBreaker: breaker(circuitBreaker) };
    }
    if (concurrency) {
        const perClient = { sourceCriterion: clientAddress(context) };
        return { inFlightReq: { amount: concurrency.requests, ...(concurrency.perClient ? perClient : {}) } };
    }
    if (cors) {
        return { headers: crossOrigin(cors) };
    }
    if (headers) {
        return { headers: answerHeaders(headers) };
    }
    if (ipAllowList) {
        return { ipAllowList: { sourceRange: ipAllowList.ranges, ...clientAddress(context) } };
    }
    if (rateLimit) {
        const { requests, period, burst } = rateLimit;
        return {
            rateLimit: {
                average: requests,
                period: period ?? "1s",
                burst: burst ?? requests,
                sourceCriterion: clientAddress(context),
            },
        };
    }
    return retry && { retry: { attempts: retry.attempts, initialInterval: retry.interval ?? "100ms" } };
}

/** Behind proxies the client is the last address that is none of theirs; else who opened the connection. */
function clientAddress({ trustedProxies }: MiddlewareContext): Record<string, unknown> {
    return { ipStrategy: trustedProxies.length > 0 ? { excludedIPs: trustedProxies } : { depth: 0 } };
}

function breaker(protection: pulumi.Unwrap<CircuitBreakerProtection>): Record<string, unknown> {
    const { networkErrorPercent, serverErrorPercent, medianMilliseconds, openFor } = protection;
    const thresholds = [
        networkErrorPercent && `NetworkErrorRatio() > ${networkErrorPercent / 100}`,
        serverErrorPercent && `ResponseCodeRatio(500, 600, 0, 600) > ${serverErrorPercent / 100}`,
        medianMilliseconds && `LatencyAtQuantileMS(50.0) > ${medianMilliseconds}`,
    ];
    return { expression: thresholds.filter(Boolean).join(" || "), fallbackDuration: openFor ?? "10s" };
}

function crossOrigin(cors: pulumi.Unwrap<CorsProtection>): Record<string, unknown> {
    return {
        accessControlAllowOriginList: cors.origins,
        accessControlAllowMethods: cors.methods ?? ["GET", "HEAD", "POST"],
        accessControlAllowHeaders: cors.headers ?? ["Content-Type"],
        ...(cors.exposedHeaders ? { accessControlExposeHeaders: cors.exposedHeaders } : {}),
        accessControlAllowCredentials: cors.credentials ?? false,
        accessControlMaxAge: cors.maxAgeSeconds ?? 600,
        addVaryHeader: true,
    };
}

function answerHeaders(headers: pulumi.Unwrap<HeadersProtection>): Record<string, unknown> {
    const { contentSecurityPolicy, permissionsPolicy, set, remove = [] } = headers;
    const removed = Object.fromEntries(remove.map((name) => [name, ""]));
    return {
        ...(contentSecurityPolicy === undefined ? {} : { contentSecurityPolicy }),
        ...(permissionsPolicy === undefined ? {} : { permissionsPolicy }),
        customResponseHeaders: { ...set, ...removed },
    };
}

/**
 * The headers of every answer. What a service says of itself helps only those who look for holes. Of requests, headers
 * go that only this ingress sets (`forgeable`).
 */
export function securityHeaders(headers: pulumi.Unwrap<SecurityHeaders>, forgeable: string[] = []): Middleware {
    return {
        headers: {
            stsSeconds: headers.hstsSeconds ?? year,
            stsIncludeSubdomains: headers.hstsIncludeSubdomains ?? false,
            stsPreload: headers.hstsPreload ?? false,
            contentTypeNosniff: true,
            customFrameOptionsValue: headers.frameOptions ?? "DENY",
            referrerPolicy: headers.referrerPolicy ?? "strict-origin-when-cross-origin",
            ...(headers.contentSecurityPolicy ? { contentSecurityPolicy: headers.contentSecurityPolicy } : {}),
            customResponseHeaders: { Server: "", "X-Powered-By": "" },
            ...(forgeable.length > 0
                ? { customRequestHeaders: Object.fromEntries(forgeable.map((header) => [header, ""])) }
                : {}),
        },
    };
}
