import type * as pulumi from "@pulumi/pulumi";

/** Whose infrastructure the cluster runs on. */
export const Cloud = { Aws: "aws", Azure: "azure", Gcp: "gcp", Local: "local", Other: "other" } as const;
export type Cloud = (typeof Cloud)[keyof typeof Cloud];

/** How a Service is reached from outside the cluster. */
export const Exposure = { LoadBalancer: "LoadBalancer", NodePort: "NodePort" } as const;
export type Exposure = (typeof Exposure)[keyof typeof Exposure];

/** How far the credentials of a kubeconfig reach. */
export const AccessLevel = {
    /** The whole cluster. */
    Admin: "admin",
    /** Named namespaces only, as `ClusterAccess` makes it. */
    Namespaces: "namespaces",
} as const;
export type AccessLevel = (typeof AccessLevel)[keyof typeof AccessLevel];

/** Where pods find the Kubernetes API server, for egress rules: no pod selector matches it. */
export interface ApiServerTraits {
    /** CIDRs of the API server's endpoints. Empty: unknown, egress is then limited by port only. */
    cidrs: pulumi.Input<pulumi.Input<string>[]>;
    /** TCP ports of the API server's endpoints (after Service translation), for example 443 and 6443. */
    ports: pulumi.Input<pulumi.Input<number>[]>;
}

/** The cluster's DNS servers, for egress rules. */
export interface DnsTraits {
    namespace: pulumi.Input<string>;
    podSelector: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /**
     * Addresses of DNS servers that are no pods, as CIDRs: those on the nodes of EKS Auto Mode, a cache on each node.
     * @default none
     */
    cidrs?: pulumi.Input<pulumi.Input<string>[]>;
}

/** How service accounts of the cluster are known outside of it. */
export interface IdentityTraits {
    /** The OIDC issuer's URL. */
    issuer: pulumi.Input<string>;
    /** GKE's workload pool (`PROJECT.svc.id.goog`). */
    workloadPool?: pulumi.Input<string>;
    /** ARN of the IAM OIDC provider (EKS). */
    oidcProviderArn?: pulumi.Input<string>;
}

/**
 * What differs from one cluster to another. Components use these as values only: which objects exist never depends on
 * them, since they may be unknown at preview.
 */
export interface ClusterTraits {
    cloud: pulumi.Input<Cloud>;
    exposure: pulumi.Input<Exposure>;
    /**
     * The class of a Service's load balancer, where the cloud has several controllers for them.
     * @default the cloud's usual one: on AWS that of the AWS Load Balancer Controller
     */
    loadBalancerClass?: pulumi.Input<string>;
    /** The StorageClass for volumes; without it the cluster's default class is used. */
    storageClass?: pulumi.Input<string>;
    /** Whether the network plugin enforces NetworkPolicies. */
    networkPolicies: pulumi.Input<boolean>;
    apiServer: ApiServerTraits;
    dns: DnsTraits;
    identity?: IdentityTraits;
    /** Names of add-ons that are there, such as `metrics-server` or `cert-manager`: see `Addon`. */
    addons: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * A Kubernetes cluster to live in. Made by the components in `components/cluster`, taken by everything that puts
 * objects into a cluster.
 */
export interface Cluster {
    /** The cluster's name in this program; the logical name of its Kubernetes provider. */
    name: string;
    /** Contents of, or path to, a kubeconfig. Secret: it may hold credentials. */
    kubeconfig: pulumi.Input<string>;
    /** How far the kubeconfig's credentials reach: one that reaches the whole cluster is never shared by accident. */
    access: AccessLevel;
    /** The context in the kubeconfig; without it the current one. */
    context?: pulumi.Input<string>;
    /**
     * What makes this cluster this cluster, independent of its address: when it changes, every object on it is
     * replaced; when it stays, none is, whatever else changes.
     */
    clusterIdentifier: pulumi.Input<string>;
    /** The API server's version, for example `1.36.3`. */
    kubernetesVersion: pulumi.Input<string>;
    traits: ClusterTraits;
}
