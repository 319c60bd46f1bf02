import { FaasKind } from "../core/contracts";
import type { Permission } from "../core/rbac";

/**
 * The provider keeps an informer per kind and namespace, hence `list` and `watch`; previews are dry runs of `create` and
 * `patch`.
 */
const manage = ["get", "list", "watch", "create", "update", "patch", "delete"];
/** What the provider looks at while it waits for a workload. */
const observe = ["get", "list", "watch"];

const networkPolicies: Permission = {
    apiGroups: ["networking.k8s.io"],
    resources: ["networkpolicies"],
    verbs: manage,
};

/** Bindings, configuration, routes and network policies: what an application stack has on every platform. */
const common: Permission[] = [
    // Whoever may start pods in a namespace can read its Secrets through them, so listing adds nothing.
    { apiGroups: [""], resources: ["configmaps", "secrets"], verbs: manage },
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: manage },
    networkPolicies,
    { apiGroups: [""], resources: ["services", "endpoints"], verbs: observe },
];

/** Functions that are native Deployments with what belongs to them. */
const nativeFunctions: Permission[] = [
    { apiGroups: ["apps"], resources: ["deployments"], verbs: manage },
    { apiGroups: ["batch"], resources: ["cronjobs"], verbs: manage },
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: manage },
    { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: manage },
    { apiGroups: [""], resources: ["services", "serviceaccounts"], verbs: manage },
    { apiGroups: ["apps"], resources: ["replicasets"], verbs: observe },
    { apiGroups: [""], resources: ["pods", "persistentvolumeclaims"], verbs: observe },
];

/** The objects that a function consists of, by platform. */
const functions: Record<FaasKind, Permission[]> = {
    fission: [
        {
            apiGroups: ["fission.io"],
            resources: ["environments", "functions", "httptriggers", "packages", "timetriggers"],
            verbs: manage,
        },
    ],
    funktion: nativeFunctions,
    kubeless: nativeFunctions,
    openfaas: nativeFunctions,
    openwhisk: [
        { apiGroups: ["batch"], resources: ["jobs"], verbs: manage },
        { apiGroups: [""], resources: ["serviceaccounts"], verbs: manage },
        { apiGroups: [""], resources: ["pods"], verbs: observe },
    ],
};

/** Where which rights hold. */
export interface AccessScope {
    readonly namespaces: string[];
    readonly networkPolicyNamespaces?: string[];
    readonly faas?: FaasKind;
}

/** The least rights with which an application stack can do its work. No wildcards, nothing outside of the namespaces. */
export function accessPermissions({ namespaces, networkPolicyNamespaces, faas }: AccessScope): Permission[] {
    const inNamespaces = [...common, ...(faas === undefined ? [] : functions[faas])];
    return [
        ...inNamespaces.map((permission) => ({ ...permission, namespaces })),
        ...(networkPolicyNamespaces?.length ? [{ ...networkPolicies, namespaces: networkPolicyNamespaces }] : []),
    ];
}
