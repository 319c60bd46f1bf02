import type { Permission } from "../../core/rbac";
import type { OpenFaasArgs } from "./args";

/**
 * What faas-netes may do in the namespace of functions, and nowhere else: the calls that the Community Edition's code
 * makes (openfaas/faas-netes 0.18.17, main.go, pkg/handlers, pkg/k8s). Upstream's chart grants more: verbs that nothing
 * uses, namespaces (which a Role can't grant), and kinds of the paid edition.
 */
const always: Permission[] = [
    // It lists and scales them.
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch", "update"] },
    { apiGroups: [""], resources: ["endpoints"], verbs: ["list", "watch"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] },
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
];

/** What deploying functions at the gateway takes besides. */
const apiDeploys: Permission[] = [
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["create", "delete"] },
    { apiGroups: [""], resources: ["services"], verbs: ["get", "create", "update", "delete"] },
    { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "create", "update", "delete"] },
];

/** The rights of the gateway's pod. */
export function providerPermissions(
    { insecureApiDeploys }: Pick<OpenFaasArgs, "insecureApiDeploys">,
    functionNamespace: string,
): Permission[] {
    const permissions = [...always, ...(insecureApiDeploys ? apiDeploys : [])];
    return permissions.map((permission) => ({ ...permission, namespaces: [functionNamespace] }));
}
