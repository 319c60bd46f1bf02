import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterTraits, DnsTraits, PodPeer, ServiceRef } from "../contracts";
import { isPlain } from "../validation";
import { mapInput, mapInputs } from "../inputs";
import type { EgressRule, IngressRule, NetworkPort, NetworkRules } from "./rules";

type PolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;
type PolicyPeer = k8s.types.input.networking.v1.NetworkPolicyPeer;
type PolicyPort = k8s.types.input.networking.v1.NetworkPolicyPort;
type IngressSpec = k8s.types.input.networking.v1.NetworkPolicyIngressRule;
type EgressSpec = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

/** The traits that network rules need. */
export type NetworkTraits = Pick<ClusterTraits, "apiServer" | "dns">;

/** The label that the API server puts on every namespace: its name. */
export const namespaceNameLabel = "kubernetes.io/metadata.name";

/**
 * Addresses that are not public, from the IANA special-purpose registries: private (RFC 1918, RFC 4193), shared
 * (RFC 6598), loopback and link-local, where the clouds' metadata servers are.
 * https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
const privateV4 = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];
const privateV6 = ["::1/128", "fc00::/7", "fe80::/10"];

/**
 * The specification of the NetworkPolicy that gives pods these rules and denies them everything else, in both
 * directions.
 *
 * @param podSelector labels of the pods; empty means every pod of the policy's namespace
 */
export function networkPolicySpec(
    podSelector: PodPeer["podSelector"],
    rules: NetworkRules,
    traits: NetworkTraits,
): PolicySpec {
    return {
        ...ingressPolicySpec(podSelector, rules.ingress),
        ...egressPolicySpec(podSelector, rules, traits),
        policyTypes: ["Ingress", "Egress"],
    };
}

/** The same for what comes in only: what goes out is left to other policies. */
export function ingressPolicySpec(podSelector: PodPeer["podSelector"], ingress: IngressRule[] = []): PolicySpec {
    return {
        podSelector: labelSelector(podSelector),
        policyTypes: ["Ingress"],
        ingress: joined(ingress.map(ingressSpecs)),
    };
}

/** The same for what goes out only: what comes in is left to other policies. */
export function egressPolicySpec(
    podSelector: PodPeer["podSelector"],
    rules: Omit<NetworkRules, "ingress">,
    traits: NetworkTraits,
): PolicySpec {
    return {
        podSelector: labelSelector(podSelector),
        policyTypes: ["Egress"],
        egress: joined(egressParts(rules, traits)),
    };
}

function egressParts(rules: Omit<NetworkRules, "ingress">, traits: NetworkTraits): pulumi.Input<EgressSpec[]>[] {
    const parts = [
        ...(rules.egress ?? []).map(egressSpecs),
        ...(rules.services ?? []).map(serviceEgress),
        ...(rules.apiServer ? [apiServerEgress(traits)] : []),
    ];
    return (rules.dns ?? parts.length > 0) ? [dnsEgress(traits), ...parts] : parts;
}

/** The way to the cluster's DNS servers. */
export function dnsEgress(traits: Pick<ClusterTraits, "dns">): EgressSpec[] {
    return [
        {
            to: dnsPeers(traits.dns),
            ports: [
                { protocol: "UDP", port: 53 },
                { protocol: "TCP", port: 53 },
            ],
        },
    ];
}

function dnsPeers({ cidrs = [], ...pods }: DnsTraits): pulumi.Input<PolicyPeer[]> {
    return mapInput(cidrs, (blocks) => [podPeer(pods), ...blocks.map(blockPeer)]);
}

/**
 * The way to the Kubernetes API server, which no pod selector matches. Where its addresses are not known, its ports are
 * open towards every address.
 */
export function apiServerEgress(traits: Pick<ClusterTraits, "apiServer">): pulumi.Input<EgressSpec[]> {
    const { cidrs, ports } = traits.apiServer;
    return mapInputs(cidrs, ports, (blocks, numbers) => [
        {
            ...(blocks.length > 0 ? { to: blocks.map(blockPeer) } : {}),
            ports: numbers.map((port) => ({ protocol: "TCP", port })),
        },
    ]);
}

/** The way to the pods behind a Service. */
function serviceEgress(service: ServiceRef): EgressSpec[] {
    return [{ to: [podPeer(service)], ports: [{ protocol: "TCP", port: service.targetPort ?? service.port }] }];
}

/** The rules of a NetworkPolicy that let these peers in: none when the blocks of addresses turn out to be empty. */
export function ingressSpecs(rule: IngressRule): pulumi.Input<IngressSpec[]> {
    const ports = rule.ports.map(policyPort);
    if (rule.anyone) {
        return [{ ports }];
    }
    return mapInput(namedPeers(rule.pods, rule.cidrs), (from) => (from.length > 0 ? [{ from, ports }] : []));
}

/** The rules of a NetworkPolicy that let pods out to these peers: none when the blocks turn out to be empty. */
function egressSpecs(rule: EgressRule): pulumi.Input<EgressSpec[]> {
    const ports = rule.ports.map(policyPort);
    return mapInput(namedPeers(rule.pods, rule.cidrs), (named) => {
        const to = [...named, ...(rule.internet ? internetPeers() : [])];
        return to.length > 0 ? [{ to, ports }] : [];
    });
}

function namedPeers(pods: PodPeer[] = [], cidrs: EgressRule["cidrs"] = []): pulumi.Input<PolicyPeer[]> {
    return mapInput(cidrs, (blocks) => [...pods.map(podPeer), ...blocks.map(blockPeer)]);
}

function internetPeers(): PolicyPeer[] {
    return [{ ipBlock: { cidr: "0.0.0.0/0", except: privateV4 } }, { ipBlock: { cidr: "::/0", except: privateV6 } }];
}

function blockPeer(cidr: pulumi.Input<string>): PolicyPeer {
    return { ipBlock: { cidr } };
}

/** Pods of one namespace, as a rule names them. */
function podPeer({ namespace, podSelector }: PodPeer): PolicyPeer {
    return {
        namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace } },
        podSelector: labelSelector(podSelector),
    };
}

function policyPort({ port, endPort, protocol }: NetworkPort): PolicyPort {
    return { protocol: protocol ?? "TCP", port, ...(endPort === undefined ? {} : { endPort }) };
}

/** A selector of labels; the empty one, which selects everything, as the API server writes it. */
function labelSelector(labels: PodPeer["podSelector"]): k8s.types.input.meta.v1.LabelSelector {
    return isPlain(labels) && Object.keys(labels).length === 0 ? {} : { matchLabels: labels };
}

/** Lists one after the other: at once when each is known, so that a preview shows them. */
function joined<T>(parts: pulumi.Input<T[]>[]): pulumi.Input<T[]> {
    if (parts.every(isPlain)) {
        return (parts as T[][]).flat();
    }
    return pulumi.output(parts as pulumi.Input<unknown>[]).apply((lists) => (lists as T[][]).flat());
}
