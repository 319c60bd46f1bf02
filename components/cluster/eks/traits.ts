import type * as eks from "@pulumi/eks";
import { Cloud, type ClusterTraits, Exposure } from "../../core/contracts";
import { completeTraits } from "../traits";
import type { EksClusterArgs } from "./args";
import type { ClusterNetwork } from "./network";
import { addressOf, defaultServiceCidr } from "./plan";

/** The class of volumes unless another name is given. */
export const defaultStorageClass = "gp3";

/** The place of the API server's and of DNS' Service in the block of Service addresses: what EKS always gives them. */
const apiServerAddress = 1;
const dnsAddress = 10;

/** What components need to know of the cluster. */
export function eksTraits(args: EksClusterArgs, network: ClusterNetwork, controlPlane: eks.Cluster): ClusterTraits {
    const service = (index: number): string => `${addressOf(args.serviceCidr ?? defaultServiceCidr, index)}/32`;
    const { namespace, podSelector } = completeTraits().dns;
    return completeTraits({
        cloud: Cloud.Aws,
        exposure: Exposure.LoadBalancer,
        ...(args.autoMode ? { loadBalancerClass: "eks.amazonaws.com/nlb" } : {}),
        storageClass: args.storageClass?.name ?? defaultStorageClass,
        networkPolicies: true,
        // The network plugin judges a packet before its Service's address is translated, so both are named.
        apiServer: { cidrs: [service(apiServerAddress), ...network.privateCidrs], ports: [443] },
        // Auto Mode runs DNS on the nodes, in no pod that a selector would match.
        dns: { namespace, podSelector, ...(args.autoMode ? { cidrs: [service(dnsAddress)] } : {}) },
        identity: { issuer: controlPlane.eksCluster.identities.apply((list) => list[0]!.oidcs[0]!.issuer) },
    });
}
