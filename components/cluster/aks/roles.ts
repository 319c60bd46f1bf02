import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import type { AksPrincipal } from "./enums";
import type { AksPlace } from "./place";

/** Roles that Azure brings (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles), by their ids. */
export const azureRoles = {
    AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "Azure Kubernetes Service RBAC Cluster Admin": "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
    "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
    "Key Vault Crypto User": "12338af0-0e69-4776-bea7-57ae8d297424",
    "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
    "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
    "Private DNS Zone Contributor": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
    Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
} as const;
export type AzureRole = keyof typeof azureRoles;

/** A role of somebody on something. */
export interface AzureGrant {
    /** Follows the component's name in the assignment's. */
    readonly suffix: string;
    readonly role: AzureRole;
    /** Resource id of what it holds for. */
    readonly scope: pulumi.Input<string>;
    readonly principalId: pulumi.Input<string>;
    readonly type: AksPrincipal;
}

/** Gives a role. Saying what kind of principal it is lets Azure take one that its directory does not show yet. */
export function grant(
    { parent, name }: AksPlace,
    { suffix, role, scope, principalId, type }: AzureGrant,
): authorization.RoleAssignment {
    return new authorization.RoleAssignment(
        `${name}-${suffix}`,
        { scope, principalId, principalType: type, roleDefinitionId: roleDefinitionId(role, scope) },
        childOptions(parent),
    );
}

/**
 * The suffix of a grant that stands in a list: by value, so that a changed order changes nothing and no entry takes over
 * another's assignment, which Azure refuses as one that exists; by place where the value is not known yet.
 */
export function listedSuffix(kind: string, value: pulumi.Input<string>, index: number): string {
    return `${kind}-${typeof value === "string" ? shortName(value) : index + 1}`;
}

/** What tells listed values apart: an object id in full; of a registry its name, which is unique in all of Azure. */
export function shortName(id: string): string {
    return id.split("/").at(-1)!.toLowerCase();
}

/** As Azure returns it: with the subscription of the scope. Another form would be another value at each refresh. */
function roleDefinitionId(role: AzureRole, scope: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.output(scope).apply((id) => {
        const subscription = id.split("/")[2];
        return `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${azureRoles[role]}`;
    });
}
