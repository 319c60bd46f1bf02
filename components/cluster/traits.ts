import type * as pulumi from "@pulumi/pulumi";
import { Cloud, Exposure, type ClusterTraits, type DnsTraits, type IdentityTraits } from "../core/contracts";
import type { Checks } from "../core/validation";

/** Where pods find the Kubernetes API server; see `ApiServerTraits`. */
export interface ApiServerTraitsArgs {
    /**
     * CIDRs of the API server's endpoints: `kubectl get endpointslices -n default` lists them under "kubernetes".
     * @default none: egress to the API server is limited by port only
     */
    cidrs?: pulumi.Input<pulumi.Input<string>[]>;
    /** TCP ports, both of the Service and of the endpoints behind it. @default `[443, 6443]` */
    ports?: pulumi.Input<pulumi.Input<number>[]>;
}

/** What the components need to know about a cluster. Everything has a default. */
export interface ClusterTraitsArgs {
    /** Whose infrastructure it runs on. @default `other`; `local` for a `LocalCluster` */
    cloud?: pulumi.Input<Cloud>;
    /** How a Service is reached from outside. @default `LoadBalancer`; as it comes for a `LocalCluster` */
    exposure?: pulumi.Input<Exposure>;
    /** The class of a Service's load balancer. @default the cloud's usual one */
    loadBalancerClass?: pulumi.Input<string>;
    /** The StorageClass for volumes. @default the cluster's default class; as it comes for a `LocalCluster` */
    storageClass?: pulumi.Input<string>;
    /**
     * Whether the network plugin enforces NetworkPolicies. The policies are made either way; a plugin that ignores them
     * leaves every pod open to every other.
     * @default false, since nobody has said so; as it comes for a `LocalCluster`
     */
    networkPolicies?: pulumi.Input<boolean>;
    /** Where pods find the API server. */
    apiServer?: ApiServerTraitsArgs;
    /** The cluster's DNS servers. @default pods with `k8s-app: kube-dns` in `kube-system`, as CoreDNS is installed everywhere */
    dns?: DnsTraits;
    /** How service accounts are known outside of the cluster. @default none: workload identity can't be used */
    identity?: IdentityTraits;
    /** Names of add-ons that are there: see `Addon`. @default none; as it comes for a `LocalCluster` */
    addons?: pulumi.Input<pulumi.Input<string>[]>;
}

const commonTraits: ClusterTraits = {
    cloud: Cloud.Other,
    exposure: Exposure.LoadBalancer,
    networkPolicies: false,
    apiServer: { cidrs: [], ports: [443, 6443] },
    dns: { namespace: "kube-system", podSelector: { "k8s-app": "kube-dns" } },
    addons: [],
};

/** Traits in full: what is given, else what is known of the kind of cluster, else what holds for most clusters. */
export function completeTraits(given: ClusterTraitsArgs = {}, known: ClusterTraitsArgs = {}): ClusterTraits {
    return {
        ...commonTraits,
        ...known,
        ...withoutGaps(given),
        apiServer: { ...commonTraits.apiServer, ...known.apiServer, ...withoutGaps(given.apiServer ?? {}) },
    };
}

/** The properties that have a value: `{ storageClass: config.get("storageClass") }` may name one that has none. */
function withoutGaps<T extends object>(values: T): Partial<T> {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Notes what is wrong with given traits. */
export function checkTraits(checks: Checks, traits: ClusterTraitsArgs = {}): void {
    checks.oneOf("cloud", traits.cloud, Object.values(Cloud));
    checks.oneOf("exposure", traits.exposure, Object.values(Exposure));
    checks.labelKey("loadBalancerClass", traits.loadBalancerClass);
    checks.dnsSubdomain("storageClass", traits.storageClass);
    checks.list("apiServer.cidrs", traits.apiServer?.cidrs, (cidr, nested) => nested.cidr("", cidr));
    checks.list("apiServer.ports", traits.apiServer?.ports, (port, nested) => nested.port("", port));
    checks.nonEmpty("apiServer.ports", traits.apiServer?.ports);
    checks.dnsLabel("dns.namespace", traits.dns?.namespace);
    checks.list("dns.cidrs", traits.dns?.cidrs, (cidr, nested) => nested.cidr("", cidr));
    checks.map("dns.podSelector", traits.dns?.podSelector, (_key, value, nested) => nested.labelValue("", value));
    checks.url("identity.issuer", traits.identity?.issuer, { schemes: ["https"] });
    checks.list("addons", traits.addons, (addon, nested) => nested.dnsSubdomain("", addon));
}
