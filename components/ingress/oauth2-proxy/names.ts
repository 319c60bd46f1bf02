/** Ports of the pods. */
export const ports = { http: 4180, metrics: 44_180 } as const;

/** Where the pods find their files. */
export const paths = { config: "/etc/oauth2-proxy/config", secrets: "/etc/oauth2-proxy/secrets" } as const;

/** The keys of the files. */
export const files = {
    config: "oauth2-proxy.cfg",
    emails: "emails.csv",
    ca: "ca.pem",
    clientSecret: "client-secret",
    cookieSecret: "cookie-secret",
} as const;

/** What the login of a protection is called among the ingress's objects. */
export function loginName(ingress: string, protection: string): string {
    return `${ingress}-oauth2-${protection}`;
}

/** The paths that belong to a login on every host. Each has its own, so that one host can have several. */
export function loginPrefix(protection: string): string {
    return `/oauth2/${protection}`;
}

/** Browsers take a cookie of such a name by https alone, and without a domain from its own host alone. */
export function cookieName(protection: string, sharedByHosts: boolean): string {
    return `${sharedByHosts ? "__Secure-" : "__Host-"}oauth2-${protection}`;
}
