import type * as pulumi from "@pulumi/pulumi";
import { interpolate } from "@pulumi/pulumi";
import { childOptions } from "./deletion";
import * as k8s from "./kubernetes";
import type { Labels } from "./labels";
import type { Checks } from "./validation";

/**
 * A right at the Kubernetes API server: these verbs on these resources, in the workload's own namespace unless it says
 * otherwise.
 *
 * @example
 * ```ts
 * const permission: Permission = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] };
 * ```
 */
export interface Permission {
    /** API groups; the core group is the empty text. @default none, which is right only for `nonResourceUrls` */
    apiGroups?: string[];
    /** Resources in lower-case plural, with a subresource after a slash: `pods`, `pods/log`. */
    resources?: string[];
    verbs: string[];
    /** Names of the only objects that it holds for. Not for the verb `create`, which knows no name yet. */
    resourceNames?: pulumi.Input<string>[];
    /** Paths of the API server that are no resources, such as `/metrics`. Only with `clusterWide`. */
    nonResourceUrls?: string[];
    /** Namespaces in which it holds. @default the workload's own */
    namespaces?: pulumi.Input<string>[];
    /** Whether it holds in every namespace and for objects outside of any. @default false */
    clusterWide?: boolean;
    /** Allows `*` in groups, resources and verbs. @default false */
    allowWildcards?: boolean;
    /** Allows the verbs `bind`, `escalate` and `impersonate`, with which more rights can be had. @default false */
    allowEscalation?: boolean;
}

const verbs = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "approve",
    "sign",
    "attest",
];
/** https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks */
const escalatingVerbs = ["bind", "escalate", "impersonate"];
const wildcard = "*";

/** Finds permissions that the API server would refuse, or that give more than was meant. */
export function checkPermissions(checks: Checks, path: string, permissions: readonly Permission[] | undefined): void {
    checks.list(path, permissions, (permission, nested) => {
        nested.exclusive(["resources", "nonResourceUrls"], permission, { required: true });
        if (permission.resources && permission.apiGroups === undefined) {
            nested.fault("apiGroups", 'is missing; give the group of the resources, which is "" for the core group');
        }
        if (permission.nonResourceUrls && !permission.clusterWide) {
            nested.fault("nonResourceUrls", "hold only for the whole cluster; set clusterWide: true");
        }
        if (permission.clusterWide && permission.namespaces) {
            nested.fault("namespaces", "can't go together with clusterWide, which holds in all of them; leave one out");
        }
        for (const key of ["apiGroups", "resources", "nonResourceUrls", "resourceNames", "namespaces"] as const) {
            nested.nonEmpty(key, permission[key]);
        }
        checkVerbs(nested, permission);
        checkWildcards(nested, permission);
    });
}

function checkVerbs(checks: Checks, permission: Permission): void {
    checks.required("verbs", permission.verbs);
    checks.nonEmpty("verbs", permission.verbs);
    checks.list("verbs", permission.verbs, (verb, nested) => {
        if (escalatingVerbs.includes(verb) && !permission.allowEscalation) {
            nested.fault(
                "",
                `is "${verb}", by which more rights can be had; leave it out, or set allowEscalation: true`,
            );
        } else if (verb !== wildcard) {
            nested.oneOf("", verb, [...verbs, ...escalatingVerbs]);
        }
        if (verb === "create" && permission.resourceNames) {
            nested.fault("", 'is "create", which no name can limit; give it in a permission without resourceNames');
        }
    });
}

function checkWildcards(checks: Checks, permission: Permission): void {
    if (permission.allowWildcards) {
        return;
    }
    for (const key of ["apiGroups", "resources", "verbs"] as const) {
        checks.list(key, permission[key], (item, nested) => {
            if (item.includes(wildcard)) {
                nested.fault(
                    "",
                    `is "${item}", which covers what nobody thought of; name each, or set allowWildcards: true`,
                );
            }
        });
    }
}

/** A rule as Role and ClusterRole have it. */
export type PolicyRule = k8s.types.input.rbac.v1.PolicyRule;

/** Whose permissions they are, and how the objects are called. */
export interface PermissionSubject {
    /** Logical name of the objects. */
    name: string;
    /** Name of the objects in the cluster; those in other namespaces and cluster-wide ones carry the namespace too. */
    resourceName: pulumi.Input<string>;
    namespace: pulumi.Input<string>;
    /** Name of the ServiceAccount in `namespace`. */
    serviceAccountName: pulumi.Input<string>;
    labels: Labels;
}

/** Rules that hold in one place: the own namespace (no `namespace`), another one, or the whole cluster. */
export interface PermissionGroup {
    clusterWide: boolean;
    namespace?: pulumi.Input<string>;
    rules: PolicyRule[];
}

/** The permissions by the place in which they hold, with duplicates merged. */
export function groupPermissions(permissions: readonly Permission[], own: pulumi.Input<string>): PermissionGroup[] {
    const places: PermissionPlace[] = [];
    for (const permission of permissions) {
        for (const namespace of placesOf(permission, own)) {
            const place = places.find(
                (known) => known.clusterWide === (permission.clusterWide ?? false) && known.namespace === namespace,
            );
            if (place) {
                place.permissions.push(permission);
            } else {
                places.push({ clusterWide: permission.clusterWide ?? false, namespace, permissions: [permission] });
            }
        }
    }
    return places.map(({ clusterWide, namespace, permissions: there }) => ({
        clusterWide,
        namespace,
        rules: mergedRules(there),
    }));
}

interface PermissionPlace {
    clusterWide: boolean;
    namespace?: pulumi.Input<string>;
    permissions: Permission[];
}

/** `undefined` stands for the own namespace, and for none when the permission holds cluster-wide. */
function placesOf(permission: Permission, own: pulumi.Input<string>): (pulumi.Input<string> | undefined)[] {
    if (permission.clusterWide || permission.namespaces === undefined) {
        return [undefined];
    }
    return permission.namespaces.map((namespace) => (namespace === own ? undefined : namespace));
}

/** Permissions for the same resources become one rule with all their verbs. */
function mergedRules(permissions: readonly Permission[]): PolicyRule[] {
    const rules: MergedRule[] = [];
    for (const permission of permissions) {
        const known = rules.find((rule) => sameObjects(rule.permission, permission));
        if (known) {
            permission.verbs.forEach((verb) => known.verbs.add(verb));
        } else {
            rules.push({ permission, verbs: new Set(permission.verbs) });
        }
    }
    return rules.map(({ permission, verbs }) => policyRule(permission, [...verbs]));
}

interface MergedRule {
    permission: Permission;
    verbs: Set<string>;
}

function sameObjects(left: Permission, right: Permission): boolean {
    return (
        sameItems(left.apiGroups, right.apiGroups) &&
        sameItems(left.resources, right.resources) &&
        sameItems(left.resourceNames, right.resourceNames) &&
        sameItems(left.nonResourceUrls, right.nonResourceUrls)
    );
}

function sameItems(left: readonly unknown[] = [], right: readonly unknown[] = []): boolean {
    return left.length === right.length && left.every((item) => right.includes(item));
}

function policyRule(permission: Permission, verbs: string[]): PolicyRule {
    if (permission.nonResourceUrls) {
        return { nonResourceURLs: permission.nonResourceUrls, verbs };
    }
    return {
        apiGroups: permission.apiGroups,
        resources: permission.resources,
        verbs,
        ...(permission.resourceNames ? { resourceNames: permission.resourceNames } : {}),
    };
}

/**
 * Gives a ServiceAccount its permissions: a Role and a RoleBinding per namespace, a ClusterRole and its binding for the
 * cluster-wide ones. Returns the bindings, which pods that need them wait for.
 */
export function grantPermissions(
    parent: pulumi.Resource,
    subject: PermissionSubject,
    permissions: readonly Permission[],
): pulumi.Resource[] {
    return groupPermissions(permissions, subject.namespace).map((group, index) => {
        if (group.clusterWide) {
            return grantInCluster(parent, subject, group.rules);
        }
        return group.namespace === undefined
            ? grantInNamespace(parent, subject, subject.name, subject.resourceName, subject.namespace, group.rules)
            : grantInNamespace(
                  parent,
                  subject,
                  `${subject.name}-in-${typeof group.namespace === "string" ? group.namespace : index}`,
                  foreignName(subject),
                  group.namespace,
                  group.rules,
              );
    });
}

/** Unique where the objects of several namespaces meet. */
function foreignName(subject: PermissionSubject): pulumi.Output<string> {
    return interpolate`${subject.namespace}-${subject.resourceName}`;
}

function grantInNamespace(
    parent: pulumi.Resource,
    subject: PermissionSubject,
    name: string,
    resourceName: pulumi.Input<string>,
    namespace: pulumi.Input<string>,
    rules: PolicyRule[],
): pulumi.Resource {
    const metadata = { name: resourceName, namespace, labels: subject.labels };
    const role = new k8s.rbac.v1.Role(name, { metadata, rules }, childOptions(parent));
    return new k8s.rbac.v1.RoleBinding(
        name,
        {
            metadata,
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
            subjects: [serviceAccount(subject)],
        },
        childOptions(parent),
    );
}

function grantInCluster(parent: pulumi.Resource, subject: PermissionSubject, rules: PolicyRule[]): pulumi.Resource {
    const metadata = { name: foreignName(subject), labels: subject.labels };
    const role = new k8s.rbac.v1.ClusterRole(subject.name, { metadata, rules }, childOptions(parent));
    return new k8s.rbac.v1.ClusterRoleBinding(
        subject.name,
        {
            metadata,
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
            subjects: [serviceAccount(subject)],
        },
        childOptions(parent),
    );
}

function serviceAccount(subject: PermissionSubject): k8s.types.input.rbac.v1.Subject {
    return { kind: "ServiceAccount", name: subject.serviceAccountName, namespace: subject.namespace };
}
