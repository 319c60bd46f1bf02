import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { dataOptions, Deletion } from "../../core/deletion";
import type { AksClusterArgs } from "./args";
import { isProtected } from "./settings";

/** Where the parts of one cluster are made, and what they share. */
export interface AksPlace {
    readonly parent: pulumi.Resource;
    /** Begins the names of all parts. */
    readonly name: string;
    readonly args: AksClusterArgs;
    readonly resourceGroupName: pulumi.Input<string>;
}

/** The place in the given resource group, or in one of its own. */
export function makePlace(parent: pulumi.Resource, name: string, args: AksClusterArgs): AksPlace {
    return { parent, name, args, resourceGroupName: args.resourceGroupName ?? makeResourceGroup(parent, name, args) };
}

/** Whoever deletes a resource group deletes what is in it, so it is held like the cluster itself. */
function makeResourceGroup(parent: pulumi.Resource, name: string, args: AksClusterArgs): pulumi.Output<string> {
    const { location, tags } = args;
    return new resources.ResourceGroup(name, { resourceGroupName: name, location, tags }, heldOptions({ parent, args }))
        .name;
}

/** The options of a part whose loss is the loss of the cluster. */
export function heldOptions(
    { parent, args }: Pick<AksPlace, "parent" | "args">,
    options: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
    return dataOptions(parent, isProtected(args) ? Deletion.Protect : Deletion.Delete, options);
}
