import type * as pulumi from "@pulumi/pulumi";
import type { PodPeer, ServiceRef } from "../contracts";
import type { Fault } from "../errors";
import { Checks } from "../validation";

/** The protocols of a NetworkPolicy's port. */
export const NetworkProtocol = { Sctp: "SCTP", Tcp: "TCP", Udp: "UDP" } as const;
export type NetworkProtocol = (typeof NetworkProtocol)[keyof typeof NetworkProtocol];

/** A port, or a range of them, that a rule opens. */
export interface NetworkPort {
    /** The port that the pods listen on, not the Service's. */
    port: pulumi.Input<number>;
    /** The last port of a range. @default `port` alone */
    endPort?: pulumi.Input<number>;
    /** @default `TCP` */
    protocol?: pulumi.Input<NetworkProtocol>;
}

/** Who may come in, and to which ports: any of the peers named, and at least one. */
export interface IngressRule {
    pods?: PodPeer[];
    /** Blocks of addresses outside of the cluster. */
    cidrs?: pulumi.Input<pulumi.Input<string>[]>;
    /** Every pod and every address, so nothing else need be named. @default false */
    anyone?: boolean;
    ports: NetworkPort[];
}

/** Where pods may go, and to which ports: any of the peers named, and at least one. */
export interface EgressRule {
    pods?: PodPeer[];
    /** Blocks of addresses outside of the cluster. */
    cidrs?: pulumi.Input<pulumi.Input<string>[]>;
    /** Every address that is public: neither private nor link-local, hence no cloud's metadata server. @default false */
    internet?: boolean;
    ports: NetworkPort[];
}

/** All that pods may do on the network. What is not said is denied, in both directions. */
export interface NetworkRules {
    /** @default nobody may come in */
    ingress?: IngressRule[];
    /** @default nowhere */
    egress?: EgressRule[];
    /** Services of the cluster that the pods call, at the ports behind them. */
    services?: ServiceRef[];
    /** The Kubernetes API server. @default false */
    apiServer?: boolean;
    /** The cluster's DNS. @default true when the pods may go anywhere else */
    dns?: boolean;
}

/**
 * What is wrong with network rules; empty when nothing is.
 *
 * @param path the property that holds them, for the faults' paths
 */
export function validateNetworkRules(path: string, rules: NetworkRules | undefined): Fault[] {
    const checks = new Checks();
    const nested = checks.at(path);
    nested.list("ingress", rules?.ingress, (rule, each) => {
        checkPorts(each, rule.ports);
        checkPeers(each, rule, "anyone");
    });
    nested.list("egress", rules?.egress, (rule, each) => {
        checkPorts(each, rule.ports);
        checkPeers(each, rule, "internet");
    });
    return checks.faults;
}

function checkPeers(checks: Checks, rule: IngressRule & EgressRule, whole: "anyone" | "internet"): void {
    checks.list("cidrs", rule.cidrs, (cidr, each) => each.cidr("", cidr));
    const named = rule.cidrs !== undefined || (rule.pods ?? []).length > 0;
    if (!named && !rule[whole]) {
        // An empty list of peers means everybody to Kubernetes, which nobody should get by leaving something out.
        checks.fault("", `names nobody; give pods or cidrs, or ${whole}: true`);
    }
    if (named && rule.anyone) {
        checks.fault("anyone", "is true, but pods or cidrs are named too; leave one of them out");
    }
}

function checkPorts(checks: Checks, ports: NetworkPort[]): void {
    checks.nonEmpty("ports", ports);
    checks.list("ports", ports, ({ port, endPort, protocol }, each) => {
        each.port("port", port);
        each.port("endPort", endPort);
        each.oneOf("protocol", protocol, Object.values(NetworkProtocol));
        if (typeof port === "number" && typeof endPort === "number" && endPort < port) {
            each.fault("endPort", `is ${endPort}, below port ${port}; give the last port of the range`);
        }
    });
}
