import type { Permission } from "../../core/rbac";
import type { TraefikIngressArgs } from "./args";

const read = ["list", "watch"];

/** What is read in each namespace with routes; nothing but the status of Ingresses is written. */
const inNamespaces: Permission[] = [
    { apiGroups: [""], resources: ["services", "secrets"], verbs: read },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: read },
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
];

/** Without the nodes Traefik waits for ever, and says that all is well. */
const inCluster: Permission[] = [
    { apiGroups: [""], resources: ["nodes"], verbs: read },
    { apiGroups: ["networking.k8s.io"], resources: ["ingressclasses"], verbs: read },
];

/**
 * What Traefik v3.7 needs to serve Ingresses, in all namespaces or in those of its routes.
 * https://github.com/traefik/traefik/blob/v3.7.12/pkg/provider/kubernetes/ingress/client.go
 */
export function traefikPermissions(own: string, { routeNamespaces }: TraefikIngressArgs): Permission[] {
    if (!routeNamespaces) {
        return [...inNamespaces, ...inCluster].map((permission) => ({ ...permission, clusterWide: true }));
    }
    const others = routeNamespaces.filter((namespace) => namespace !== own);
    const elsewhere = inNamespaces.map((permission) => ({ ...permission, namespaces: others }));
    return [...inNamespaces, ...(others.length > 0 ? elsewhere : [])];
}
