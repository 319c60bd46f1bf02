import type { TraefikIngressArgs } from "./args";

/** The class of the ingress's routes. */
export function classNameOf(name: string, { className }: TraefikIngressArgs): string {
    return className ?? name;
}

/** Ports of the pods by Traefik's entry points, all above 1024: no right of root's is needed for them. */
export const ports = { web: 8000, websecure: 8443, traefik: 8080 } as const;

/** Where the pods find their files. */
export const paths = {
    staticConfig: "/etc/traefik/static",
    dynamicConfig: "/etc/traefik/dynamic",
    acme: "/data",
} as const;

/** The resolver of certificates by ACME. */
export const acmeResolver = "acme";

/** The middleware with the headers of every answer. */
export const securityHeadersName = "security-headers";

/** Names that protections can't have, since the configuration uses them. */
export const reservedNames: readonly string[] = ["default", securityHeadersName];

/** How objects of the dynamic configuration are called elsewhere. */
export function fileReference(name: string): string {
    return `${name}@file`;
}
