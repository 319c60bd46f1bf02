import type * as pulumi from "@pulumi/pulumi";
import type { PodPeer } from "./service";

/** The ingress controllers. */
export const IngressKind = { Kong: "kong", Traefik: "traefik" } as const;
export type IngressKind = (typeof IngressKind)[keyof typeof IngressKind];

/** A protection that an ingress declares under a name, and that a route refers to by that name. */
export interface Protection {
    name: string;
    /**
     * How the controller's own configuration calls it; what a route writes into its object. @default none: it is not in
     * the chain of a request, as client certificates, which the `annotations` ask for
     */
    reference?: string;
    /** What a route with it writes into its object besides. */
    annotations?: Record<string, string>;
    /** Whether nobody gets past it without proving who they are. */
    authenticates: boolean;
    /** Routes that name it are at this host or at one below it. @default at any */
    domain?: pulumi.Input<string>;
    /** Whether every route has it without naming it. @default false */
    everyRoute?: boolean;
}

/** Where the certificates of a gateway's routes come from, when a route names none itself. */
export const RouteCertificates = {
    /** The gateway has one for the hosts of its domain. */
    Gateway: "gateway",
    /** cert-manager fills a Secret beside each route. */
    Issuer: "issuer",
    /** The gateway asks an ACME authority for each host, which no wildcard can be had by. */
    AcmeHost: "acme-host",
    /** The gateway asks an ACME authority that looks into DNS. */
    AcmeDns: "acme-dns",
} as const;
export type RouteCertificates = (typeof RouteCertificates)[keyof typeof RouteCertificates];

/** A hardened way into the cluster. Made by the components in `components/ingress`. */
export interface IngressGateway {
    kind: IngressKind;
    /** Name of the IngressClass. */
    className: pulumi.Input<string>;
    /**
     * Whether routes name the class by the annotation `kubernetes.io/ingress.class`, since the gateway may not read
     * IngressClasses. @default false
     */
    classByAnnotation?: boolean;
    /** Address or host name by which the gateway is reached; pending until the cluster gives it one. */
    address: pulumi.Input<string>;
    /** The port of https URLs. @default 443 */
    httpsPort?: pulumi.Input<number>;
    /** Routes that name no host get one below it: `hello` becomes `hello.DOMAIN`. @default every route names its host */
    domain?: pulumi.Input<string>;
    /** The controller's pods, which must be let in to whatever is routed to. */
    pods: PodPeer;
    /** The namespaces in which the gateway sees routes. @default all */
    namespaces?: string[];
    protections: Protection[];
    /**
     * The annotation by which an Ingress names its protections, comma separated. Without it the gateway takes its
     * routes in its constructor only (Kong without a database).
     */
    protectionAnnotation?: string;
    /** Further annotations that every route's Ingress carries. */
    routeAnnotations?: Record<string, string>;
    /** @default `gateway` */
    certificates?: RouteCertificates;
    /** Annotations by which a route that names no certificate asks for one. */
    certificateAnnotations?: Record<string, pulumi.Input<string>>;
}
