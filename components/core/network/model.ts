import type { NetworkProtocol } from "./rules";

/** The labels of a selector, as a rendered object holds them. */
export interface RenderedSelector {
    matchLabels?: Record<string, string>;
    matchExpressions?: RenderedRequirement[];
}

/** One requirement of a selector. */
export interface RenderedRequirement {
    key: string;
    /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
    operator: string;
    values?: string[];
}

/** A peer of a rendered rule. */
export interface RenderedPeer {
    podSelector?: RenderedSelector;
    namespaceSelector?: RenderedSelector;
    ipBlock?: { cidr: string; except?: string[] };
}

/** A port of a rendered rule: a number or the name of a container's port; without one, every port. */
export interface RenderedPort {
    port?: number | string;
    endPort?: number;
    protocol?: string;
}

/** A rule of a rendered NetworkPolicy: `from` in one for ingress, `to` in one for egress. */
export interface RenderedRule {
    from?: RenderedPeer[];
    to?: RenderedPeer[];
    ports?: RenderedPort[];
}

/** The specification of a rendered NetworkPolicy. */
export interface RenderedPolicySpec {
    podSelector?: RenderedSelector;
    policyTypes?: string[];
    ingress?: RenderedRule[];
    egress?: RenderedRule[];
}

/** A NetworkPolicy as it lies in the API server. */
export interface RenderedPolicy {
    name: string;
    namespace: string;
    spec: RenderedPolicySpec;
}

/** A port that something listens on. */
export interface ListeningPort {
    name?: string;
    port: number;
    /** @default `TCP` */
    protocol?: NetworkProtocol;
}

/** A pod, or an address outside of the cluster when it has no namespace. */
export interface NetworkEndpoint {
    /** For reports. */
    name: string;
    address: string;
    namespace?: string;
    /** @default none */
    labels?: Record<string, string>;
    /** @default nothing listens */
    ports?: ListeningPort[];
    /** Shares the node's network, so that no policy applies to it and no selector finds it. @default false */
    hostNetwork?: boolean;
}

/** All that decides who reaches whom. */
export interface NetworkModel {
    /** Labels of the namespaces by name; each has its name as a label besides. */
    namespaces: Record<string, Record<string, string>>;
    policies: RenderedPolicy[];
}
