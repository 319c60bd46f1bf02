import { AccessLevel, Cloud, Exposure, type Cluster, type ClusterTraits } from "../../../components/core/contracts";

/** A cluster for unit tests: nothing of it is ever reached. */
export function testCluster(
    traits: Partial<ClusterTraits> = {},
    cluster: Partial<Omit<Cluster, "traits">> = {},
): Cluster {
    return {
        name: "test-cluster",
        kubeconfig: "apiVersion: v1\nkind: Config\n",
        access: AccessLevel.Admin,
        clusterIdentifier: "test-cluster-identifier",
        kubernetesVersion: "1.36.3",
        ...cluster,
        traits: {
            cloud: Cloud.Local,
            exposure: Exposure.LoadBalancer,
            storageClass: "standard",
            networkPolicies: true,
            apiServer: { cidrs: ["10.0.0.1/32"], ports: [6443] },
            dns: { namespace: "kube-system", podSelector: { "k8s-app": "kube-dns" } },
            addons: [],
            ...traits,
        },
    };
}
