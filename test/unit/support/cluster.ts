import { Exposure, type Cluster, type ClusterTraits } from "../../../components/core/contracts";
import { fakeCluster, fakeTraits } from "../../../components/testing";

/** A cluster for unit tests: nothing of it is ever reached. */
export function testCluster(
    traits: Partial<ClusterTraits> = {},
    cluster: Partial<Omit<Cluster, "traits">> = {},
): Cluster {
    return fakeCluster({
        name: "test-cluster",
        kubeconfig: "apiVersion: v1\nkind: Config\n",
        clusterIdentifier: "test-cluster-identifier",
        ...cluster,
        traits: fakeTraits({
            exposure: Exposure.LoadBalancer,
            apiServer: { cidrs: ["10.0.0.1/32"], ports: [6443] },
            addons: ["metrics-server"],
            ...traits,
        }),
    });
}
