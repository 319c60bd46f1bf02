import type * as pulumi from "@pulumi/pulumi";
import type { OwnCertificate } from "../certificates";
import type { IngressProtection } from "../protections";

/** A protection whose values are all known. */
export type KnownProtection = pulumi.Unwrap<IngressProtection>;

/** A route whose values are all known. */
export interface KnownRoute {
    name: string;
    host: string;
    path: string;
    /** The service's name in the cluster's DNS. */
    address: string;
    port: number;
    scheme: string;
    /** The names of its protections, those for every route among them. */
    protections: string[];
    certificate?: pulumi.Unwrap<OwnCertificate>;
}

/** Passwords or keys by protection, and by who has them. */
export type KnownCredentials = Record<string, Record<string, string>>;
