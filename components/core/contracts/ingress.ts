import type * as pulumi from "@pulumi/pulumi";
import type { PodPeer } from "./service";

/** The ingress controllers. */
export const IngressKind = { Kong: "kong", Traefik: "traefik" } as const;
export type IngressKind = (typeof IngressKind)[keyof typeof IngressKind];

/** A protection that an ingress declares under a name, and that a route refers to by that name. */
export interface Protection {
    name: string;
    /** How the controller's own configuration calls it; what a route writes into its object. */
    reference: string;
    /** Whether nobody gets past it without proving who they are. */
    authenticates: boolean;
}

/** A hardened way into the cluster. Made by the components in `components/ingress`. */
export interface IngressGateway {
    kind: IngressKind;
    /** Name of the IngressClass. */
    className: pulumi.Input<string>;
    /** Address or host name by which the gateway is reached; pending until the cluster gives it one. */
    address: pulumi.Input<string>;
    /** The port of https URLs. @default 443 */
    httpsPort?: pulumi.Input<number>;
    /** The controller's pods, which must be let in to whatever is routed to. */
    pods: PodPeer;
    protections: Protection[];
    /**
     * The annotation by which an Ingress names its protections, comma separated. Without it the gateway takes its
     * routes in its constructor only (Kong without a database).
     */
    protectionAnnotation?: string;
    /** Further annotations that every route's Ingress carries. */
    routeAnnotations?: Record<string, string>;
}
