import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../core/contracts";
import { childOptions } from "../../core/deletion";
import * as k8s from "../../core/kubernetes";
import { objectLabels } from "../../core/labels";
import { clusterProvider } from "../../core/provider";
import { encryptedStorageClass } from "./defaults";

/** GKE's class `standard-rwo` once more, with a key of one's own. */
export function createEncryptedStorageClass(
    parent: pulumi.Resource,
    name: string,
    cluster: Cluster,
    key: pulumi.Input<string>,
): void {
    new k8s.storage.v1.StorageClass(
        `${name}-encrypted`,
        {
            metadata: { name: encryptedStorageClass, labels: objectLabels({ app: "gke", instance: name }) },
            provisioner: "pd.csi.storage.gke.io",
            parameters: { type: "pd-balanced", "disk-encryption-kms-key": key },
            // In the zone of the pod, which is not known before.
            volumeBindingMode: "WaitForFirstConsumer",
            allowVolumeExpansion: true,
            reclaimPolicy: "Delete",
        },
        childOptions(parent, { provider: clusterProvider(cluster) }),
    );
}
