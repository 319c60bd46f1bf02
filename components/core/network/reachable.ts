import { ipaddr } from "../lazy-modules";
import type {
    ListeningPort,
    NetworkEndpoint,
    NetworkModel,
    RenderedPeer,
    RenderedPolicy,
    RenderedPort,
    RenderedRequirement,
    RenderedRule,
    RenderedSelector,
} from "./model";
import { namespaceNameLabel } from "./render";

/** Whether a connection is let through, and which policies say so. */
export interface Verdict {
    allowed: boolean;
    /** In words, for people: `policy shop/deny-all isolates shop/web for egress and none lets it out to ...`. */
    reason: string;
}

type Direction = "Ingress" | "Egress";

/**
 * Whether `from` can open a connection to a port of `to`, by the semantics of NetworkPolicies
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/): a pod that no policy selects for a
 * direction is open in it; one that any selects is closed but for what the union of those allows; both ends must agree.
 * A pod always reaches itself, and pods on the node's network are subject to no policy.
 */
export function reachable(
    network: NetworkModel,
    from: NetworkEndpoint,
    to: NetworkEndpoint,
    port: ListeningPort,
): Verdict {
    if (from === to) {
        return { allowed: true, reason: "a pod reaches itself" };
    }
    const out = judge(network, "Egress", { subject: from, peer: to, server: to, port });
    if (!out.allowed) {
        return out;
    }
    const into = judge(network, "Ingress", { subject: to, peer: from, server: to, port });
    return into.allowed ? { allowed: true, reason: `${out.reason}; ${into.reason}` } : into;
}

/** A connection as seen from one of its ends. */
interface Attempt {
    /** The end whose policies are asked. */
    subject: NetworkEndpoint;
    /** The other end. */
    peer: NetworkEndpoint;
    /** The end that listens. */
    server: NetworkEndpoint;
    port: ListeningPort;
}

function judge(network: NetworkModel, direction: Direction, attempt: Attempt): Verdict {
    const { subject } = attempt;
    const title = `${direction.toLowerCase()} of ${describe(subject)}`;
    const policies = policiesFor(network, direction, subject);
    if (policies.length === 0) {
        return { allowed: true, reason: `no policy restricts the ${title}` };
    }
    const allowing = policies.find((policy) =>
        rulesOf(policy, direction).some(
            (rule) => peersMatch(network, policy, direction, rule, attempt.peer) && portsMatch(rule.ports, attempt),
        ),
    );
    if (allowing) {
        return { allowed: true, reason: `${describe(allowing)} allows the ${title}` };
    }
    const names = policies.map(describe).join(", ");
    return { allowed: false, reason: `${names} restricts the ${title}, and nothing allows it` };
}

function describe({ namespace, name }: { namespace?: string; name: string }): string {
    return namespace === undefined ? name : `${namespace}/${name}`;
}

function policiesFor(network: NetworkModel, direction: Direction, subject: NetworkEndpoint): RenderedPolicy[] {
    if (subject.namespace === undefined || subject.hostNetwork) {
        return [];
    }
    return network.policies.filter(
        ({ namespace, spec }) =>
            namespace === subject.namespace &&
            policyTypes(spec).includes(direction) &&
            selects(spec.podSelector, subject.labels ?? {}),
    );
}

/** Without types, a policy is for ingress, and for egress when it has such rules. */
function policyTypes({ policyTypes, egress }: RenderedPolicy["spec"]): string[] {
    if (policyTypes && policyTypes.length > 0) {
        return policyTypes;
    }
    return (egress ?? []).length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
}

function rulesOf({ spec }: RenderedPolicy, direction: Direction): RenderedRule[] {
    return (direction === "Ingress" ? spec.ingress : spec.egress) ?? [];
}

/** No peers at all means every peer. */
function peersMatch(
    network: NetworkModel,
    policy: RenderedPolicy,
    direction: Direction,
    rule: RenderedRule,
    other: NetworkEndpoint,
): boolean {
    const peers = (direction === "Ingress" ? rule.from : rule.to) ?? [];
    return peers.length === 0 || peers.some((peer) => peerMatches(network, policy, peer, other));
}

function peerMatches(
    network: NetworkModel,
    policy: RenderedPolicy,
    { ipBlock, namespaceSelector, podSelector }: RenderedPeer,
    other: NetworkEndpoint,
): boolean {
    if (ipBlock) {
        const inside = (cidr: string): boolean => contains(cidr, other.address);
        return inside(ipBlock.cidr) && !(ipBlock.except ?? []).some(inside);
    }
    if (other.namespace === undefined || other.hostNetwork) {
        return false;
    }
    const namespaceMatches = namespaceSelector
        ? selects(namespaceSelector, namespaceLabels(network, other.namespace))
        : other.namespace === policy.namespace;
    return namespaceMatches && selects(podSelector, other.labels ?? {});
}

function namespaceLabels(network: NetworkModel, namespace: string): Record<string, string> {
    return { ...network.namespaces[namespace], [namespaceNameLabel]: namespace };
}

/** Whether a block holds an address of its own family. */
function contains(cidr: string, address: string): boolean {
    const [block, ip] = [ipaddr.parseCIDR(cidr), ipaddr.parse(address)];
    return block[0].kind() === ip.kind() && ip.match(block);
}

/** No ports at all mean every port; a name means that port of the pod that listens. */
function portsMatch(ports: RenderedPort[] = [], { server, port }: Attempt): boolean {
    return ports.length === 0 || ports.some((rule) => portMatches(rule, server, port));
}

function portMatches(rule: RenderedPort, server: NetworkEndpoint, wanted: ListeningPort): boolean {
    const protocol = rule.protocol ?? "TCP";
    if (protocol !== (wanted.protocol ?? "TCP")) {
        return false;
    }
    if (rule.port === undefined) {
        return true;
    }
    if (typeof rule.port === "number") {
        return wanted.port >= rule.port && wanted.port <= (rule.endPort ?? rule.port);
    }
    return (server.ports ?? []).some(
        (own) => own.name === rule.port && own.port === wanted.port && (own.protocol ?? "TCP") === protocol,
    );
}

/** Whether labels satisfy a selector; an empty or missing one is satisfied by all. */
export function selects(selector: RenderedSelector = {}, labels: Record<string, string>): boolean {
    const { matchLabels = {}, matchExpressions = [] } = selector;
    return (
        Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
        matchExpressions.every((requirement) => satisfies(labels, requirement))
    );
}

function satisfies(labels: Record<string, string>, { key, operator, values = [] }: RenderedRequirement): boolean {
    const value = labels[key];
    switch (operator) {
        case "In":
            return value !== undefined && values.includes(value);
        case "NotIn":
            return value === undefined || !values.includes(value);
        case "Exists":
            return value !== undefined;
        case "DoesNotExist":
            return value === undefined;
        default:
            throw new Error(`"${operator}" is not an operator of a label selector`);
    }
}
