import type { Permission } from "../../../core/rbac";

/**
 * What cert-manager's parts may do, as its chart v1.21.2 grants it
 * (https://github.com/cert-manager/cert-manager/tree/v1.21.2/deploy/charts/cert-manager/templates, `*rbac.yaml`). Left out
 * is what only features need that are off here: the Gateway API, OpenShift's routes, CertificateSigningRequests.
 *
 * A certificate may be asked for in any namespace, so that it reads and writes Secrets in all of them.
 */

const group = "cert-manager.io";
const acmeGroup = "acme.cert-manager.io";
const read = ["get", "list", "watch"];
const change = ["update", "patch"];

function everywhere(apiGroup: string, resources: string[], verbs: string[]): Permission {
    return { apiGroups: [apiGroup], resources, verbs, clusterWide: true };
}

/** The locks by which one of several copies is elected, in the own namespace. */
function locks(...names: string[]): Permission[] {
    const leases = { apiGroups: ["coordination.k8s.io"], resources: ["leases"] };
    return [
        { ...leases, verbs: ["get", ...change], resourceNames: names },
        { ...leases, verbs: ["create"] },
    ];
}

/** @param httpChallenges whether it answers HTTP-01 challenges by pods of its own */
export function controllerPermissions(httpChallenges: boolean): Permission[] {
    const make = httpChallenges ? ["create", "delete"] : [];
    return [
        ...locks("cert-manager-controller"),
        everywhere(group, ["issuers", "clusterissuers"], [...read, ...change]),
        everywhere(group, ["certificates", "certificaterequests"], [...read, "create", ...change, "delete"]),
        everywhere(
            group,
            ["certificates/status", "certificaterequests/status", "issuers/status", "clusterissuers/status"],
            change,
        ),
        everywhere(
            group,
            [
                "certificates/finalizers",
                "certificaterequests/finalizers",
                "issuers/finalizers",
                "clusterissuers/finalizers",
            ],
            ["update"],
        ),
        everywhere(acmeGroup, ["orders", "challenges"], [...read, "create", ...change, "delete"]),
        everywhere(acmeGroup, ["orders/status", "challenges/status"], change),
        everywhere(acmeGroup, ["orders/finalizers", "challenges/finalizers"], ["update"]),
        everywhere("", ["secrets"], [...read, "create", ...change, "delete"]),
        everywhere("", ["events"], ["create", "patch"]),
        everywhere("", ["pods", "services"], [...read, ...make]),
        everywhere("networking.k8s.io", ["ingresses"], [...read, ...make, ...(httpChallenges ? ["update"] : [])]),
        everywhere("networking.k8s.io", ["ingresses/finalizers"], ["update"]),
        {
            ...everywhere(group, ["signers"], ["approve"]),
            resourceNames: ["issuers.cert-manager.io/*", "clusterissuers.cert-manager.io/*"],
        },
    ];
}

/** Of the part that checks objects: to ask whether who approves a request may do so. */
export const webhookPermissions: Permission[] = [
    everywhere("authorization.k8s.io", ["subjectaccessreviews"], ["create"]),
];

/** Of the part that writes authorities into the webhooks and definitions of others. */
export const caInjectorPermissions: Permission[] = [
    ...locks("cert-manager-cainjector-leader-election", "cert-manager-cainjector-leader-election-core"),
    everywhere(group, ["certificates"], read),
    everywhere("", ["secrets"], read),
    everywhere("", ["events"], ["get", "create", ...change]),
    everywhere(
        "admissionregistration.k8s.io",
        ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
        [...read, ...change],
    ),
    everywhere("apiregistration.k8s.io", ["apiservices"], [...read, ...change]),
    everywhere("apiextensions.k8s.io", ["customresourcedefinitions"], [...read, ...change]),
];
