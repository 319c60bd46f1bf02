import type * as pulumi from "@pulumi/pulumi";

/** What an issuer of cert-manager is. */
export const CertManagerKind = { ClusterIssuer: "ClusterIssuer", Issuer: "Issuer" } as const;
export type CertManagerKind = (typeof CertManagerKind)[keyof typeof CertManagerKind];

/** An issuer of a cert-manager in the cluster: each route gets a certificate for its host. */
export interface CertManagerIssuer {
    /** Its name; that of a `CertManager`'s own is in its `issuers`. */
    name: pulumi.Input<string>;
    /** An `Issuer` must be there in every namespace that has routes. @default `ClusterIssuer` */
    kind?: CertManagerKind;
}

/** How an ACME authority convinces itself that a host is ours. */
export const AcmeChallenge = {
    /** By a file at port 80. */
    Http: "http",
    /** By a TLS handshake at port 443. */
    Tls: "tls",
    /** By a record in DNS: also for wildcards, and for hosts that the authority can't reach. */
    Dns: "dns",
} as const;
export type AcmeChallenge = (typeof AcmeChallenge)[keyof typeof AcmeChallenge];

/** A DNS provider in which the ACME client may write. */
export interface AcmeDnsProvider {
    /** Its code, as https://go-acme.github.io/lego/dns/ lists it: `route53`, `cloudflare`. */
    code: string;
    /** The variables that it takes, by name; secret. */
    environment: Record<string, pulumi.Input<string>>;
}

/**
 * Certificates by ACME, asked for by the ingress itself. They lie on a volume that one pod alone can use: for more than
 * one replica give an `issuer`.
 */
export interface AcmeCertificates {
    /** Where the authority writes to. */
    email: pulumi.Input<string>;
    /** The authority's directory. @default Let's Encrypt's */
    server?: pulumi.Input<string>;
    /** @default `http` */
    challenge?: AcmeChallenge;
    /** For the challenge `dns`. */
    dnsProvider?: AcmeDnsProvider;
    /** The volume's class. @default the cluster's */
    storageClass?: pulumi.Input<string>;
}

/** A certificate of one's own. */
export interface OwnCertificate {
    /** The certificate and those between it and its authority, in PEM. */
    certificate: pulumi.Input<string>;
    /** Secret, in PEM. */
    privateKey: pulumi.Input<string>;
}

/** A certificate by an authority that the component makes, for trials: no client trusts it before it is told to. */
export interface SelfSignedCertificate {
    /** Hosts beside the domain and everything right below it. */
    hosts?: string[];
    /** Changes to have authority and certificate made anew. @default never */
    rotation?: pulumi.Input<string>;
}

/** Where certificates come from: exactly one of these. Routes that name a `tlsSecretName` have their own in any case. */
export interface IngressCertificates {
    own?: OwnCertificate;
    /** A TLS Secret in the gateway's namespace, which somebody else keeps. */
    secretName?: pulumi.Input<string>;
    issuer?: CertManagerIssuer;
    acme?: AcmeCertificates;
    selfSigned?: SelfSignedCertificate;
}
