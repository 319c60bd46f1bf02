import type { Permission } from "../../core/rbac";
import { fissionGroup } from "./crds/definitions";

/**
 * What Fission's parts may do, as its chart v1.27.0 grants it to them, namespace by namespace and never in the whole
 * cluster (https://github.com/fission/fission/tree/v1.27.0/charts/fission-all/templates, `_fission-*-roles.tpl`). Left
 * out is what grants nothing (CustomResourceDefinitions in a namespaced Role), and the right to make ServiceAccounts
 * and Roles: this library makes them.
 */

const read = ["get", "list", "watch"];
const change = ["get", "update", "patch"];
const all = ["create", "get", "list", "watch", "update", "patch", "delete"];
const make = ["create", "delete", "get", "list", "watch", "patch"];

/** Objects of Fission, and the status of some of them. */
function fission(resources: string[], statuses: string[]): Permission[] {
    return [
        { apiGroups: [fissionGroup], resources, verbs: all },
        { apiGroups: [fissionGroup], resources: statuses.map((resource) => `${resource}/status`), verbs: change },
    ];
}

function core(resources: string[], verbs: string[]): Permission {
    return { apiGroups: [""], resources, verbs };
}

const recordEvents = core(["events"], ["create", "patch"]);

/** The lock by which one of several copies is elected. Upstream grants it only where the locks are not. */
export const electionPermissions: Permission[] = [
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: all },
    recordEvents,
];

/** In each function namespace: routes, and the addresses of the functions' pods. */
export const routerPermissions: Permission[] = [
    ...fission(["environments", "functions", "httptriggers", "packages"], ["httptriggers"]),
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
    core(["services"], read),
];

/**
 * Where the router would keep Ingresses. It deletes one of the name of each trigger that asks for none, and must be let
 * do so. Upstream lets it make them as well; here a trigger can't publish a function past the ingress's protections.
 */
export const routerIngressPermissions: Permission[] = [
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["delete"] },
];

/** In each function namespace: the functions' pods. */
export const executorPermissions: Permission[] = [
    ...fission(["environments", "functions", "packages"], ["functions"]),
    core(["pods", "replicationcontrollers"], make),
    core(["services"], [...make, "update"]),
    core(["events"], ["create", "get", "list", "watch", "patch"]),
    core(["configmaps", "secrets"], read),
    { apiGroups: ["apps"], resources: ["deployments", "deployments/scale", "replicasets"], verbs: all },
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: all },
    { apiGroups: ["metrics.k8s.io"], resources: ["pods"], verbs: ["get", "list"] },
];

/** In each function namespace: the builds of Packages. */
export const buildermgrPermissions: Permission[] = [
    ...fission(["environments", "functions", "packages"], ["functions", "packages"]),
    core(["pods", "services"], make),
    core(["configmaps", "secrets"], read),
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["list", "create", "delete"] },
    recordEvents,
];

/** In each function namespace: which archives are in use. */
export const storagesvcPermissions: Permission[] = [
    { apiGroups: [fissionGroup], resources: ["packages"], verbs: ["get", "list"] },
];

/** In each function namespace: schedules. */
export const timerPermissions: Permission[] = fission(
    ["environments", "functions", "packages", "timetriggers"],
    ["timetriggers"],
);

/** In each function namespace: what KubernetesWatchTriggers can watch. */
export const kubewatcherPermissions: Permission[] = [
    ...fission(["environments", "functions", "kuberneteswatchtriggers", "packages"], ["kuberneteswatchtriggers"]),
    core(["configmaps", "pods", "secrets", "services", "replicationcontrollers", "events"], read),
    { apiGroups: ["batch"], resources: ["jobs"], verbs: read },
];

/** In each function namespace: which topics call which functions. Upstream's further rights are read by no code of it. */
export const kafkaPermissions: Permission[] = fission(
    ["environments", "functions", "messagequeuetriggers", "packages"],
    ["messagequeuetriggers"],
);

/** Of the fetcher in each function pod: its Package, and the Secrets and ConfigMaps that become files. */
export const fetcherPermissions: Permission[] = [
    core(["configmaps", "secrets", "serviceaccounts"], ["get"]),
    { apiGroups: [fissionGroup], resources: ["packages"], verbs: ["get"] },
    core(["events"], ["get", "list", "watch", "create", "update", "patch"]),
    core(["pods"], ["get"]),
];

/** Of the pods that build Packages. */
export const builderPermissions: Permission[] = [
    { apiGroups: [fissionGroup], resources: ["packages"], verbs: ["get"] },
    core(["configmaps", "secrets"], ["get"]),
];
