import * as pulumi from "@pulumi/pulumi";
import { AccessLevel, Cloud, type Cluster, type ClusterTraits, Exposure } from "../../core/contracts";
import { completeTraits } from "../traits";
import type { EksClusterArgs } from "./args";
import { addressOf, defaultServiceCidr, planZones } from "./plan";

/** The class of volumes unless another name is given. */
export const defaultStorageClass = "gp3";

/** The place of the API server's and of DNS' Service in the block of Service addresses: what EKS always gives them. */
const apiServerAddress = 1;
const dnsAddress = 10;

/** What only a cluster that is there can tell. */
export interface EksFacts extends Pick<Cluster, "kubeconfig" | "clusterIdentifier"> {
    /** Addresses of the private subnets, in which the API server's private endpoint has its own. */
    privateCidrs: pulumi.Input<string>[];
    /** The OIDC issuer's URL. */
    issuer: pulumi.Input<string>;
}

/** The contract of an EKS cluster. */
export function clusterContract(name: string, args: EksClusterArgs, facts: EksFacts): Cluster {
    return {
        name,
        kubeconfig: facts.kubeconfig,
        access: AccessLevel.Admin,
        clusterIdentifier: facts.clusterIdentifier,
        kubernetesVersion: args.kubernetesVersion,
        traits: eksTraits(args, facts),
    };
}

/**
 * The contract of an {@link EksCluster} with these arguments, which must be right. Registers nothing: kubeconfig and
 * identifier are empty, and everything else can be checked against it.
 */
export function describeEksCluster(name: string, args: EksClusterArgs): Cluster {
    return clusterContract(name, args, {
        kubeconfig: pulumi.secret(""),
        clusterIdentifier: "",
        issuer: "",
        privateCidrs: args.vpc ? planZones(args.vpc).map(({ privateCidr }) => privateCidr) : [],
    });
}

/** Pods' view of the cluster. */
function eksTraits(args: EksClusterArgs, { privateCidrs, issuer }: EksFacts): ClusterTraits {
    const service = (index: number): string => `${addressOf(args.serviceCidr ?? defaultServiceCidr, index)}/32`;
    const { namespace, podSelector } = completeTraits().dns;
    return completeTraits({
        cloud: Cloud.Aws,
        exposure: Exposure.LoadBalancer,
        ...(args.autoMode ? { loadBalancerClass: "eks.amazonaws.com/nlb" } : {}),
        storageClass: args.storageClass?.name ?? defaultStorageClass,
        networkPolicies: true,
        // The network plugin judges a packet before its Service's address is translated, so both are named.
        apiServer: { cidrs: [service(apiServerAddress), ...privateCidrs], ports: [443] },
        // Auto Mode runs DNS on the nodes, in no pod that a selector would match.
        dns: { namespace, podSelector, ...(args.autoMode ? { cidrs: [service(dnsAddress)] } : {}) },
        identity: { issuer },
    });
}
