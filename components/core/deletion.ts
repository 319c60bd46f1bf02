import type * as pulumi from "@pulumi/pulumi";

/** What becomes of a component's data when it leaves the program. */
export const Deletion = {
    /** It is deleted. */
    Delete: "delete",
    /** It stays in the cluster or cloud, out of Pulumi's sight. */
    Retain: "retain",
    /** Whatever would delete it fails. */
    Protect: "protect",
} as const;
export type Deletion = (typeof Deletion)[keyof typeof Deletion];

/**
 * The options of a child that holds no data. Says itself that it may go, since `protect` and `retainOnDelete` are
 * inherited: a protected component would block the replacement of its own rolled ConfigMaps.
 */
export function childOptions(
    parent: pulumi.Resource,
    options: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
    return { protect: false, retainOnDelete: false, ...options, parent };
}
