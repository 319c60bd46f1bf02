import type * as pulumi from "@pulumi/pulumi";

/** What becomes of a component's data when it leaves the program. Nothing but data is ever kept. */
export const Deletion = {
    /** It is deleted. For environments that can be made again. */
    Delete: "delete",
    /**
     * It stays where it is, out of Pulumi's sight; what has an argument `adopt` is taken back by it, the rest by `pulumi
     * import`. In a cluster its namespace has to stay too, or the namespace's deletion takes it along.
     */
    Retain: "retain",
    /** Whatever would delete it fails, until `pulumi state unprotect` or another value here allows it. */
    Protect: "protect",
} as const;
export type Deletion = (typeof Deletion)[keyof typeof Deletion];

/** What happens to data when nobody said what should: the loss needs a decision. */
export const defaultDeletion: Deletion = Deletion.Protect;

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

/** The options of a child that holds data: a volume's claim, a database, a bucket. */
export function dataOptions(
    parent: pulumi.Resource,
    deletion: Deletion = defaultDeletion,
    options: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
    return {
        ...options,
        parent,
        protect: deletion === Deletion.Protect,
        retainOnDelete: deletion === Deletion.Retain,
    };
}
