import * as pulumi from "@pulumi/pulumi";

/**
 * The same text, which depends on other resources too: what uses it comes after them and is deleted before them. So load
 * balancers and volumes go while there are nodes for the controllers that take them down. URNs are known at preview, so a
 * new pool leaves the text known and the objects in the cluster comparable.
 */
export function after(resources: readonly pulumi.Resource[], text: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi.all([text, ...resources.map(({ urn }) => urn)]).apply(([known]) => known!);
}
