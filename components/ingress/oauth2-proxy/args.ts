import type * as pulumi from "@pulumi/pulumi";
import type { ServiceRef } from "../../core/contracts";
import type { Resources } from "../../core/workload";

/**
 * How browsers keep a login: in a cookie that is encrypted, that scripts can't read and that no other site's forms send
 * along (`HttpOnly`, `Secure`, `SameSite=Lax`; with `Strict` browsers that come back from the provider would have none).
 */
export interface OidcCookie {
    /** Hosts of this domain and below it share one login. @default none: each host has a login of its own */
    domain?: pulumi.Input<string>;
    /** After so long the provider is asked again who it is. @default `12h` */
    lifetime?: pulumi.Input<string>;
    /**
     * After so long the provider is asked whether the account still exists and which groups it has, without anybody
     * noticing. Needs a provider that gives refresh tokens, which are then in the cookie. @default never
     */
    refresh?: pulumi.Input<string>;
    /** Changes to have another key encrypt cookies, which ends every login. @default never rotated */
    rotation?: pulumi.Input<string>;
}

/**
 * Asks for a login at a provider of OpenID Connect: Keycloak, Google, Entra ID and many others. Browsers are sent there
 * and come back to `https://HOST/oauth2/NAME/callback`, which the provider must know for every protected host (or for
 * `callbackHost` alone). Requests that ask for JSON get 401 instead. The service behind gets who it is in the headers
 * `X-Auth-Request-User`, `-Email`, `-Preferred-Username` and `-Groups`, and none of the provider's tokens.
 *
 * An account is let in if its address is one of `allowedEmails` or in one of `allowedEmailDomains`, where one of these is
 * given, and if it is in one of `allowedGroups`, where these are given. Others get 403.
 *
 * @example
 * ```ts
 * const staff: OidcProtection = {
 *     issuerUrl: "https://accounts.google.com",
 *     clientId: "1234.apps.googleusercontent.com",
 *     clientSecret: new pulumi.Config().requireSecret("clientSecret"),
 *     allowedEmailDomains: ["example.com"],
 * };
 * ```
 */
export interface OidcProtection {
    /** The provider, by https, as it calls itself in its tokens: `https://login.example.com/realms/staff`. */
    issuerUrl: pulumi.Input<string>;
    /** What the provider calls this login. */
    clientId: pulumi.Input<string>;
    /** Secret. */
    clientSecret: pulumi.Input<string>;
    /** Addresses of accounts. */
    allowedEmails?: pulumi.Input<pulumi.Input<string>[]>;
    /** What stands behind the `@`: `example.com`; `*.example.com` for all below it. */
    allowedEmailDomains?: pulumi.Input<pulumi.Input<string>[]>;
    /** Groups as the claim `groupsClaim` has them. */
    allowedGroups?: pulumi.Input<pulumi.Input<string>[]>;
    /** Lets in every account that the provider knows: with a public provider everybody. @default false */
    allowEveryAccount?: boolean;
    /**
     * What the provider is asked for. @default `openid`, `email` and `profile`, with `allowedGroups` also `groups`, with
     * `cookie.refresh` also `offline_access`; providers that don't know one of these refuse it
     */
    scopes?: pulumi.Input<pulumi.Input<string>[]>;
    /** The claim with the account's address. @default `email`, which the provider must not say to be unverified */
    emailClaim?: pulumi.Input<string>;
    /** The claim with the account's groups. @default `groups` */
    groupsClaim?: pulumi.Input<string>;
    /**
     * The one host at which browsers come back from the provider, so that it must know one URL only. It leads to the
     * gateway, which has a certificate for it, and is in `cookie.domain`. @default each protected host
     */
    callbackHost?: pulumi.Input<string>;
    cookie?: OidcCookie;
    /** The provider's addresses, where they are not public. @default every public address, at the issuer's port */
    issuerCidrs?: pulumi.Input<pulumi.Input<string>[]>;
    /** The provider, where it runs in the cluster and is reached inside of it. */
    issuerService?: ServiceRef;
    /** The authority of the provider's certificate, in PEM. @default those that everybody trusts */
    issuerCaCertificate?: pulumi.Input<string>;
    /** Pods of oauth2-proxy, which ask the provider and check the cookies. @default 2 */
    replicas?: number;
    /** Of each of these pods. @default requests of 20m and 64Mi, limits of 500m and 128Mi */
    resources?: Resources;
}
