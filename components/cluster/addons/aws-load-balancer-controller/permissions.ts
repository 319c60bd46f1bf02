import type { Permission } from "../../../core/rbac";

const read = ["get", "list", "watch"];

function everywhere(apiGroup: string, resources: string[], verbs: string[]): Permission {
    return { apiGroups: [apiGroup], resources, verbs, clusterWide: true };
}

const leases = { apiGroups: ["coordination.k8s.io"], resources: ["leases"] };

/**
 * What the controller does for Services, of what its chart v3.5.0 grants
 * (https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/helm/aws-load-balancer-controller/templates/rbac.yaml).
 * It lists Ingresses and their classes at its start and to see whether a security group is still in use, so it reads
 * them; it may change none. What it does change it patches, never updates. Left out are the Gateway API, Global
 * Accelerator, readiness gates of pods, and target groups that several clusters share, whose targets it would keep in
 * ConfigMaps.
 */
export const controllerPermissions: Permission[] = [
    { ...leases, verbs: ["get", "update", "patch"], resourceNames: ["aws-load-balancer-controller-leader"] },
    { ...leases, verbs: ["create"] },
    everywhere("", ["services"], [...read, "patch"]),
    everywhere("", ["services/status"], ["patch"]),
    everywhere("", ["nodes", "pods"], read),
    everywhere("discovery.k8s.io", ["endpointslices"], read),
    everywhere("", ["events"], ["create", "patch"]),
    everywhere("elbv2.k8s.aws", ["targetgroupbindings"], [...read, "create", "patch", "delete"]),
    everywhere("elbv2.k8s.aws", ["targetgroupbindings/status"], ["patch"]),
    everywhere("elbv2.k8s.aws", ["ingressclassparams"], read),
    everywhere("networking.k8s.io", ["ingresses", "ingressclasses"], read),
];
