import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { interpolate } from "@pulumi/pulumi";
import { childOptions } from "./deletion";
import type { Labels } from "./labels";

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
