import { IngressKind } from "../core/contracts";
import type { IngressProtection } from "./protections";

/** The kinds of protections. */
export type ProtectionKind = Exclude<keyof IngressProtection, "everyRoute">;

/** What a controller can't do, and why: the end of "Traefik ..." or "Kong ...". Nothing means that it can. */
export type ProtectionSupport = Partial<Record<IngressKind, string>>;

const onlyInHub = "has it in its commercial edition only (Traefik Hub)";

/**
 * Which controller can what, in their open-source editions: Traefik v3.7, Kong 3.9.
 * https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/overview/,
 * https://github.com/Kong/kong/tree/3.9.3/kong/plugins
 */
export const protectionSupport: Readonly<Record<ProtectionKind, ProtectionSupport>> = {
    apiKey: { [IngressKind.Traefik]: onlyInHub },
    basicAuth: {},
    bodyLimit: {},
    circuitBreaker: { [IngressKind.Kong]: "counts failures in a row, not their share" },
    concurrency: { [IngressKind.Kong]: "counts requests per time only" },
    cors: {},
    headers: {},
    ipAllowList: {},
    jwt: { [IngressKind.Traefik]: onlyInHub },
    mutualTls: { [IngressKind.Kong]: "has it in its commercial edition only (plugin mtls-auth)" },
    oidc: { [IngressKind.Kong]: "has it in its commercial edition only (plugin openid-connect)" },
    rateLimit: {},
    retry: {},
};

/** All kinds of protections, in alphabetical order. */
export const protectionKinds = Object.keys(protectionSupport) as ProtectionKind[];

/** Kinds by which a client proves who it is. */
export const logins: readonly ProtectionKind[] = ["apiKey", "basicAuth", "jwt", "mutualTls", "oidc"];

/** The kind of a protection that has one. */
export function kindOf(protection: IngressProtection): ProtectionKind {
    return protectionKinds.find((kind) => protection[kind] !== undefined)!;
}

/** Whether nobody gets past a protection without proving who they are. */
export function authenticates(protection: IngressProtection): boolean {
    return logins.includes(kindOf(protection));
}
