import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, PodPeer } from "../contracts";
import { assertValid } from "../errors";
import * as k8s from "../kubernetes";
import { type Labels, objectLabels } from "../labels";
import { nameLimits, physicalName } from "../names";
import { clusterProvider } from "../provider";
import { networkPolicySpec } from "./render";
import { type NetworkRules, validateNetworkRules } from "./rules";

/** Options of a NetworkPolicy: all but the provider, which is that of its cluster. */
export type NetworkPolicyOptions = Omit<pulumi.CustomResourceOptions, "provider">;

/** Where a NetworkPolicy lives. */
export interface NetworkPolicyPlace {
    cluster: Cluster;
    namespace: pulumi.Input<string>;
    labels?: Labels;
}

/** Arguments of {@link allow}. */
export interface AllowArgs extends NetworkPolicyPlace {
    /** Labels of the pods that get the rules; empty means every pod of the namespace. */
    podSelector: PodPeer["podSelector"];
    rules: NetworkRules;
}

/**
 * Denies every pod of a namespace all traffic, in both directions. Further policies open what is needed.
 *
 * @example
 * ```ts
 * denyAll("shop", { cluster, namespace: "shop" }, { parent: this });
 * ```
 */
export function denyAll(
    name: string,
    place: NetworkPolicyPlace,
    opts?: NetworkPolicyOptions,
): k8s.networking.v1.NetworkPolicy {
    return createPolicy(name, place, { podSelector: {}, policyTypes: ["Ingress", "Egress"] }, opts);
}

/**
 * Gives pods what the rules say, and denies them everything else that no other policy allows.
 *
 * @throws {@link ArgumentsError} when the rules are wrong.
 * @example
 * ```ts
 * allow("router", {
 *     cluster,
 *     namespace: "fission",
 *     podSelector: { svc: "router" },
 *     rules: {
 *         ingress: [{ pods: [gateway.pods], ports: [{ port: 8888 }] }],
 *         services: [executor],
 *         apiServer: true,
 *     },
 * });
 * ```
 */
export function allow(name: string, args: AllowArgs, opts?: NetworkPolicyOptions): k8s.networking.v1.NetworkPolicy {
    assertValid(`NetworkPolicy ${name}`, validateNetworkRules("rules", args.rules));
    return createPolicy(name, args, networkPolicySpec(args.podSelector, args.rules, args.cluster.traits), opts);
}

/** A NetworkPolicy under its logical name, which stays readable in the cluster. */
export function createPolicy(
    name: string,
    { cluster, namespace, labels }: NetworkPolicyPlace,
    spec: k8s.types.input.networking.v1.NetworkPolicySpec,
    opts: NetworkPolicyOptions = {},
): k8s.networking.v1.NetworkPolicy {
    const objectName = physicalName([name], nameLimits.NetworkPolicy);
    return new k8s.networking.v1.NetworkPolicy(
        name,
        {
            metadata: {
                name: objectName,
                namespace,
                labels: objectLabels({ app: "network-policy", instance: objectName, labels }),
            },
            spec,
        },
        { protect: false, retainOnDelete: false, ...opts, provider: clusterProvider(cluster) },
    );
}
