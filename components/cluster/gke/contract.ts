import * as pulumi from "@pulumi/pulumi";
import { AccessLevel, Addon, Cloud, type Cluster, type ClusterTraits, type DnsTraits, Exposure } from "../../core";
import { mapInput } from "../../core/inputs";
import type { GkeClusterArgs } from "./args";
import { completeSettings, type GkeSettings } from "./defaults";

/** What only a cluster that is there can tell. */
export type GkeConnection = Pick<Cluster, "kubeconfig" | "clusterIdentifier">;

/** The contract of a GKE cluster. */
export function clusterContract(name: string, settings: GkeSettings, connection: GkeConnection): Cluster {
    return {
        name,
        ...connection,
        access: AccessLevel.Admin,
        // Known at preview, unlike the version that GKE has upgraded to by itself, which is never lower.
        kubernetesVersion: settings.kubernetesVersion,
        traits: gkeTraits(settings),
    };
}

/**
 * The contract of a {@link GkeCluster} with these arguments, which must be right. Registers nothing: kubeconfig and identifier are
 * empty, and everything else can be checked against it.
 */
export function describeGkeCluster(name: string, args: GkeClusterArgs): Cluster {
    const connection = { kubeconfig: pulumi.secret(""), clusterIdentifier: "" };
    return clusterContract(name, completeSettings(name, args), connection);
}

/** Dataplane V2 sends a name to the node's cache before it looks at NetworkPolicies; other nodes have it at this address. */
const cachedDns: DnsTraits = {
    namespace: "kube-system",
    podSelector: { "k8s-app": "node-local-dns" },
    cidrs: ["169.254.20.10/32"],
};

/** Pods' view of a GKE cluster. */
function gkeTraits(settings: GkeSettings): ClusterTraits {
    const { project, location, clusterName, addresses, dnsCache } = settings;
    const place = `locations/${location}/clusters/${clusterName}`;
    return {
        cloud: Cloud.Gcp,
        exposure: Exposure.LoadBalancer,
        storageClass: settings.storageClass,
        networkPolicies: true,
        apiServer: { cidrs: [addresses.controlPlaneCidr], ports: [443] },
        dns: dnsCache ? cachedDns : { namespace: "kube-system", podSelector: { "k8s-app": "kube-dns" } },
        identity: {
            issuer: mapInput(project, (id) => `https://container.googleapis.com/v1/projects/${id}/${place}`),
            workloadPool: workloadPool(project),
        },
        addons: [Addon.MetricsServer],
    };
}

/** The pool of identities that all clusters of a project share. */
export function workloadPool(project: pulumi.Input<string>): pulumi.Input<string> {
    return mapInput(project, (id) => `${id}.svc.id.goog`);
}
