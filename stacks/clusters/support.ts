import * as pulumi from "@pulumi/pulumi";
import { type Cluster, describeSupport, VersionProvider } from "../../components";
import { isKubernetesVersion } from "../../components/core/versions";
import { providerOfVersion } from "../../components/cluster/versions";
import type { ClusterKind } from "./index";

/** Whose support of Kubernetes versions counts for a kind of cluster; of others their version tells. */
const providers: Partial<Record<ClusterKind, VersionProvider>> = {
    aks: VersionProvider.Aks,
    eks: VersionProvider.Eks,
    gke: VersionProvider.Gke,
};

/** Says at preview until when the cluster's version of Kubernetes is supported. Only a line: the state knows nothing of it. */
export function sayVersionSupport(kind: ClusterKind, { kubernetesVersion }: Cluster): void {
    if (!pulumi.runtime.isDryRun()) {
        return;
    }
    pulumi.output(kubernetesVersion).apply(async (version) => {
        if (isKubernetesVersion(version)) {
            await pulumi.log.info(describeSupport(providers[kind] ?? providerOfVersion(version), version));
        }
    });
}
