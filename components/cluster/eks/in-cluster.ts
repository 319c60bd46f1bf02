import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../core/contracts";
import { childOptions } from "../../core/deletion";
import * as k8s from "../../core/kubernetes";
import { objectLabels } from "../../core/labels";
import { clusterProvider } from "../../core/provider";
import { type EksClusterArgs, VolumeReclaim } from "./args";
import { defaultStorageClass } from "./contract";

/** Makes what every cluster of this kind has in it: a class of volumes, and with Auto Mode the switch for NetworkPolicies. */
export function makeObjects(name: string, args: EksClusterArgs, cluster: Cluster, parent: pulumi.Resource): void {
    const opts = childOptions(parent, { provider: clusterProvider(cluster) });
    const labels = objectLabels({ app: "eks", instance: name });
    makeStorageClass(name, args, labels, opts);
    if (args.autoMode !== undefined) {
        enableNetworkPolicies(name, labels, opts);
    }
}

function makeStorageClass(
    name: string,
    { storageClass = {}, autoMode }: EksClusterArgs,
    labels: k8s.types.input.meta.v1.ObjectMeta["labels"],
    opts: pulumi.CustomResourceOptions,
): void {
    new k8s.storage.v1.StorageClass(
        `${name}-storage`,
        {
            metadata: {
                name: storageClass.name ?? defaultStorageClass,
                labels,
                annotations: {
                    "storageclass.kubernetes.io/is-default-class": String(storageClass.isDefault ?? true),
                },
            },
            provisioner: autoMode ? "ebs.csi.eks.amazonaws.com" : "ebs.csi.aws.com",
            // In the zone of the pod, which is only known once the pod is placed.
            volumeBindingMode: "WaitForFirstConsumer",
            allowVolumeExpansion: true,
            reclaimPolicy: storageClass.reclaimPolicy ?? VolumeReclaim.Delete,
            parameters: { type: "gp3", encrypted: "true" },
        },
        // Classes can't be changed; the old one must be gone before one of the same name is made. Volumes don't mind.
        { ...opts, deleteBeforeReplace: true },
    );
}

/** https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html */
function enableNetworkPolicies(
    name: string,
    labels: k8s.types.input.meta.v1.ObjectMeta["labels"],
    opts: pulumi.CustomResourceOptions,
): void {
    new k8s.core.v1.ConfigMap(
        `${name}-network-policies`,
        {
            metadata: { name: "amazon-vpc-cni", namespace: "kube-system", labels },
            data: { "enable-network-policy-controller": "true" },
        },
        opts,
    );
}
