import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../core/contracts";
import type { Labels } from "../core/labels";
import type { Placement } from "../core/placement";
import type { Registry } from "../core/registry";
import type { Autoscaling, Resources } from "../core/workload";
import type { IngressCertificates } from "./certificates";
import type { IngressProtection } from "./protections";

/** The oldest TLS that is spoken. */
export const TlsVersion = { V12: "1.2", V13: "1.3" } as const;
export type TlsVersion = (typeof TlsVersion)[keyof typeof TlsVersion];

/** What clients must be capable of. */
export interface IngressTls {
    /** @default `1.2` */
    minimumVersion?: TlsVersion;
    /** Names of cipher suites for TLS 1.2, as Go has them; TLS 1.3 has its own. @default those with forward secrecy */
    cipherSuites?: string[];
}

/** Whether a page may be shown in frames of other pages. */
export const FrameOptions = { Deny: "DENY", SameOrigin: "SAMEORIGIN" } as const;
export type FrameOptions = (typeof FrameOptions)[keyof typeof FrameOptions];

/** Headers of every answer. No route weakens them; it adds to them by a protection of kind `headers`. */
export interface SecurityHeaders {
    /** Seconds for which browsers insist on https; 0 leaves the header out. @default 31536000, a year */
    hstsSeconds?: pulumi.Input<number>;
    /** Whether that holds for the hosts below, too. @default false */
    hstsIncludeSubdomains?: pulumi.Input<boolean>;
    /** Allows browsers' makers to build it in, which nobody takes back soon. @default false */
    hstsPreload?: pulumi.Input<boolean>;
    /** @default `DENY` */
    frameOptions?: FrameOptions;
    /** @default `strict-origin-when-cross-origin` */
    referrerPolicy?: pulumi.Input<string>;
    /** @default none: it differs from page to page */
    contentSecurityPolicy?: pulumi.Input<string>;
}

/** How long things may take, as durations: `30s`. */
export interface IngressTimeouts {
    /** Reading a request with its body. Long uploads need more. @default `60s` */
    request?: pulumi.Input<string>;
    /** The time until a service begins to answer; then clients get 504. @default `60s` */
    response?: pulumi.Input<string>;
    /** A connection without requests. @default `180s` */
    idle?: pulumi.Input<string>;
}

/** How the ingress is reached from outside of the cluster. */
export const IngressExposure = {
    /** Inside the cluster only, for a load balancer that is not made here. */
    ClusterIp: "ClusterIP",
    /** At an address of its own. */
    LoadBalancer: "LoadBalancer",
    /** On ports of every node. */
    NodePort: "NodePort",
} as const;
export type IngressExposure = (typeof IngressExposure)[keyof typeof IngressExposure];

/** The ports of the nodes, 30000 to 32767. */
export interface IngressNodePorts {
    /** @default 30080 */
    http?: number;
    /** @default 30443 */
    https?: number;
}

/** The cloud's load balancer. */
export interface IngressLoadBalancer {
    /** Reached from the cloud's network only. @default false */
    internal?: boolean;
    /**
     * An address that is kept for it: GKE: name of the reserved address; AKS: name of the public IP, or the private
     * address of an `internal` one; EKS: allocation ids of Elastic IPs, one per subnet, with commas, or private addresses.
     */
    staticAddress?: pulumi.Input<string>;
    /** GKE, AKS: name of the subnet; EKS: ids of the subnets, with commas. @default the cloud's choice */
    subnet?: pulumi.Input<string>;
    /** AKS: the resource group of the public IP. @default that of the nodes */
    resourceGroup?: pulumi.Input<string>;
    /** Who may reach it at all. @default what the allow-lists for every route say, else everybody */
    sourceRanges?: pulumi.Input<pulumi.Input<string>[]>;
    /** Further annotations of the Service. */
    annotations?: Labels;
}

/** What the arguments of every ingress have. */
export interface IngressArgs {
    cluster: Cluster;
    /** The namespace of the ingress itself, made by this component. @default the logical name */
    namespace?: string;
    /** What routes may name, by name. */
    protections?: Record<string, IngressProtection>;
    certificates?: IngressCertificates;
    tls?: IngressTls;
    securityHeaders?: SecurityHeaders;
    /** Hosts below it are the gateway's own. @default `faas.localhost` on local clusters, elsewhere none */
    domain?: pulumi.Input<string>;
    /** @default the cluster's way */
    exposure?: pulumi.Input<IngressExposure>;
    loadBalancer?: IngressLoadBalancer;
    nodePorts?: IngressNodePorts;
    /**
     * Addresses of proxies in front that speak HTTP (a CDN, an application load balancer), as CIDRs. From them alone
     * `X-Forwarded-For` is believed, and the address of the client is the last one in it that is none of them.
     * @default none: the client is who opens the connection
     */
    trustedProxies?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * Addresses of load balancers in front that speak the PROXY protocol, as CIDRs; on EKS it is switched on there, too.
     * @default none
     */
    proxyProtocolFrom?: pulumi.Input<pulumi.Input<string>[]>;
    /** @default 2; 1 where the ingress asks for certificates by ACME itself */
    replicas?: number;
    /** Instead of `replicas`. */
    autoscaling?: Autoscaling;
    timeouts?: IngressTimeouts;
    /** A line of JSON for each request, without headers and queries. @default true */
    accessLog?: boolean;
    resources?: Resources;
    placement?: Placement;
    registry?: Registry;
    labels?: Labels;
}
