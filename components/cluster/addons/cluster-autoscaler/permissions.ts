import type { Permission } from "../../../core/rbac";

/** Names that it gives its objects: the lock of its election, and what it tells of its state. */
const lockName = "cluster-autoscaler";
const statusName = "cluster-autoscaler-status";

function reads(apiGroup: string, ...resources: string[]): Permission {
    return { apiGroups: [apiGroup], resources, verbs: ["get", "list", "watch"], clusterWide: true };
}

/**
 * It plays the scheduler, so it reads what the scheduler reads; it marks and cordons nodes, and evicts their pods.
 *
 * Upstream's rights less those that no code of 1.32 to 1.36 uses in this configuration: Endpoints (the lock is a Lease),
 * the status of pods, changes of Jobs, locks of others, and kinds of features that are off.
 * https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.36.1/cluster-autoscaler/cloudprovider/aws/examples/cluster-autoscaler-autodiscover.yaml
 */
export const autoscalerPermissions: Permission[] = [
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"], clusterWide: true },
    { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"], clusterWide: true },
    { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch", "update"], clusterWide: true },
    reads(
        "",
        "namespaces",
        "pods",
        "services",
        "replicationcontrollers",
        "persistentvolumeclaims",
        "persistentvolumes",
    ),
    reads("apps", "daemonsets", "replicasets", "statefulsets"),
    reads("batch", "jobs"),
    reads("policy", "poddisruptionbudgets"),
    reads("storage.k8s.io", "storageclasses", "csinodes", "csidrivers", "csistoragecapacities", "volumeattachments"),
    reads("resource.k8s.io", "deviceclasses", "resourceslices", "resourceclaims"),
    // A name is no part of the right to create.
    { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
    { apiGroups: [""], resources: ["configmaps"], resourceNames: [statusName], verbs: ["get", "update", "delete"] },
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], resourceNames: [lockName], verbs: ["get", "update"] },
];
