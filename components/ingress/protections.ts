import type * as pulumi from "@pulumi/pulumi";
import type { OidcProtection } from "./oauth2-proxy/args";

/** A user who may log in. */
export interface BasicAuthUser {
    /** Without a colon, which ends the name in the login. */
    name: string;
    /**
     * The password itself, of 8 characters or more and at most 72 bytes; secret. It is hashed before it reaches the
     * cluster, with a salt that stays in the state.
     * @default a password is generated; the component's `passwords` has it
     */
    password?: pulumi.Input<string>;
    /** The password's bcrypt hash instead, as `htpasswd -nBC 10 NAME` prints it behind the colon; secret. */
    passwordHash?: pulumi.Input<string>;
    /** Changes to have another password generated. @default never rotated */
    rotation?: pulumi.Input<string>;
}

/** Asks for a name and a password. The service behind never sees them. */
export interface BasicAuthProtection {
    users: BasicAuthUser[];
    /** What the browser's login window names. @default the protection's name */
    realm?: pulumi.Input<string>;
}

/** Asks for a certificate that an authority of the client's side has signed. It holds for whole hosts. */
export interface MutualTlsProtection {
    /** Certificates of the authorities, in PEM. */
    caCertificate: pulumi.Input<string>;
}

/** A team or program that has a key. */
export interface ApiKeyHolder {
    name: string;
    /** At least 16 characters; secret. @default a key is generated; the component's `apiKeys` has it */
    key?: pulumi.Input<string>;
    /** Changes to have another key generated. @default never rotated */
    rotation?: pulumi.Input<string>;
}

/** Asks for a key in a header. The service behind never sees it; it sees who has it. */
export interface ApiKeyProtection {
    holders: ApiKeyHolder[];
    /** The header's name. @default `X-API-Key` */
    header?: pulumi.Input<string>;
}

/** How tokens are signed: with a key pair, of which the ingress has the public half. */
export const JwtAlgorithm = {
    EdDsa: "EdDSA",
    Es256: "ES256",
    Es384: "ES384",
    Es512: "ES512",
    Ps256: "PS256",
    Ps384: "PS384",
    Ps512: "PS512",
    Rs256: "RS256",
    Rs384: "RS384",
    Rs512: "RS512",
} as const;
export type JwtAlgorithm = (typeof JwtAlgorithm)[keyof typeof JwtAlgorithm];

/** Asks for a signed token in the header `Authorization` that has not expired: one without `exp` is refused. */
export interface JwtProtection {
    /** The claim `iss` of valid tokens. */
    issuer: pulumi.Input<string>;
    /** What the tokens' signatures are checked with, in PEM. */
    publicKey: pulumi.Input<string>;
    /** @default `RS256` */
    algorithm?: JwtAlgorithm;
}

/** Lets in clients by their addresses; others get 403. */
export interface IpAllowListProtection {
    /** Blocks of addresses: `203.0.113.0/24`, `203.0.113.7/32`. */
    ranges: pulumi.Input<pulumi.Input<string>[]>;
    /** Allows `0.0.0.0/0` and `::/0` among them. @default false */
    allowEveryone?: boolean;
}

/** Lets in so many requests from each client address; more get 429. Each replica counts by itself. */
export interface RateLimitProtection {
    /** Requests per `period`, 1 or more. */
    requests: pulumi.Input<number>;
    /** @default `1s` */
    period?: pulumi.Input<string>;
    /** How many may come at once. @default `requests` */
    burst?: pulumi.Input<number>;
}

/** Works on so many requests at a time; more get 429. Each replica counts by itself. */
export interface ConcurrencyProtection {
    /** Requests at a time, 1 or more. */
    requests: pulumi.Input<number>;
    /** Counts for each client address by itself instead of for the host. @default false */
    perClient?: boolean;
}

/** Refuses larger request bodies with 413. Bodies are read whole before the service gets them. */
export interface BodyLimitProtection {
    /** The largest body, as a Kubernetes quantity: `10Mi`. */
    maximum: pulumi.Input<string>;
}

/** Headers of answers. */
export interface HeadersProtection {
    /** For example `default-src 'self'`. */
    contentSecurityPolicy?: pulumi.Input<string>;
    /** For example `camera=(), microphone=()`. */
    permissionsPolicy?: pulumi.Input<string>;
    /** Further headers, by name. */
    set?: Record<string, pulumi.Input<string>>;
    /** Names of headers that services send and clients don't get. */
    remove?: string[];
}

/** Lets scripts of other origins in browsers call. Name it before logins, since browsers ask without one. */
export interface CorsProtection {
    /** `https://app.example.com`; `*` for all, then without `credentials`. */
    origins: pulumi.Input<pulumi.Input<string>[]>;
    /** @default `GET`, `HEAD` and `POST` */
    methods?: pulumi.Input<pulumi.Input<string>[]>;
    /** Request headers that scripts may set. @default `Content-Type` */
    headers?: pulumi.Input<pulumi.Input<string>[]>;
    /** Answer headers that scripts may read. @default those that browsers always allow */
    exposedHeaders?: pulumi.Input<pulumi.Input<string>[]>;
    /** Whether cookies and logins go along. @default false */
    credentials?: boolean;
    /** Seconds for which browsers remember the answer. @default 600 */
    maxAgeSeconds?: pulumi.Input<number>;
}

/** Tries again when the service can't be reached. Only requests that change nothing are repeated. */
export interface RetryProtection {
    /** How often a request is tried in all, 2 or more. */
    attempts: pulumi.Input<number>;
    /** The pause before the second attempt; it grows. @default `100ms` */
    interval?: pulumi.Input<string>;
}

/** Stops asking a service that fails, and answers 503 for a while. At least one of the thresholds. */
export interface CircuitBreakerProtection {
    /** Percent of requests that find no connection. */
    networkErrorPercent?: pulumi.Input<number>;
    /** Percent of answers from 500 to 599. */
    serverErrorPercent?: pulumi.Input<number>;
    /** Milliseconds that half of the answers take longer than. */
    medianMilliseconds?: pulumi.Input<number>;
    /** How long it answers 503 before it tries again. @default `10s` */
    openFor?: pulumi.Input<string>;
}

/**
 * One protection: exactly one of its kinds. {@link protectionSupport} says which controller can what.
 *
 * @example
 * ```ts
 * const protections: Record<string, IngressProtection> = {
 *     login: { basicAuth: { users: [{ name: "alice" }] } },
 *     office: { ipAllowList: { ranges: ["203.0.113.0/24"] }, everyRoute: true },
 * };
 * ```
 */
export interface IngressProtection {
    apiKey?: ApiKeyProtection;
    basicAuth?: BasicAuthProtection;
    bodyLimit?: BodyLimitProtection;
    circuitBreaker?: CircuitBreakerProtection;
    concurrency?: ConcurrencyProtection;
    cors?: CorsProtection;
    headers?: HeadersProtection;
    ipAllowList?: IpAllowListProtection;
    jwt?: JwtProtection;
    mutualTls?: MutualTlsProtection;
    oidc?: OidcProtection;
    rateLimit?: RateLimitProtection;
    retry?: RetryProtection;
    /** Whether every route has it, without naming it; not of `oidc`. @default false */
    everyRoute?: boolean;
}
