import * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import { AksPrincipal } from "./enums";
import type { AksNetwork } from "./network";
import type { AksPlace } from "./place";
import { type AzureGrant, grant, listedSuffix } from "./roles";

/** Who the cluster is, in Azure. */
export interface AksIdentities {
    /** The control plane: it puts load balancers and the API server into the network. */
    readonly controlPlane: managedidentity.UserAssignedIdentity;
    /** The nodes: they pull images. */
    readonly kubelet: managedidentity.UserAssignedIdentity;
    /** What must be there before the cluster can use them. */
    readonly roles: pulumi.Resource[];
}

/** Identities of the cluster's own, with the roles that it can't do without and each on one resource. */
export function makeIdentities(place: AksPlace, network: AksNetwork): AksIdentities {
    const controlPlane = makeIdentity(place, "control-plane");
    const kubelet = makeIdentity(place, "kubelet");
    const ofControlPlane = (given: Omit<AzureGrant, "principalId" | "type">) =>
        grant(place, { ...given, principalId: controlPlane.principalId, type: AksPrincipal.ServicePrincipal });
    const ofKubelet = (given: Omit<AzureGrant, "principalId" | "type">) =>
        grant(place, { ...given, principalId: kubelet.principalId, type: AksPrincipal.ServicePrincipal });

    const { apiServer, diskEncryptionSetId, registries = [] } = place.args;
    const roles = [
        ofControlPlane({ suffix: "nodes", role: "Network Contributor", scope: network.nodeSubnetId }),
        ofControlPlane({ suffix: "kubelet", role: "Managed Identity Operator", scope: kubelet.id }),
    ];
    if (network.apiServerSubnetId !== undefined) {
        const scope = network.apiServerSubnetId;
        roles.push(ofControlPlane({ suffix: "api-server", role: "Network Contributor", scope }));
    }
    if (apiServer.privateDnsZoneId !== undefined) {
        const scope = apiServer.privateDnsZoneId;
        roles.push(
            ofControlPlane({ suffix: "dns", role: "Private DNS Zone Contributor", scope }),
            // AKS links the zone to the network (https://learn.microsoft.com/azure/aks/private-clusters#configuration-options-for-private-dns).
            ofControlPlane({ suffix: "network", role: "Network Contributor", scope: network.networkId }),
        );
    }
    if (diskEncryptionSetId !== undefined) {
        roles.push(ofControlPlane({ suffix: "disks", role: "Reader", scope: diskEncryptionSetId }));
    }
    registries.forEach((scope, index) =>
        roles.push(ofKubelet({ suffix: listedSuffix("registry", scope, index), role: "AcrPull", scope })),
    );
    return { controlPlane, kubelet, roles };
}

/**
 * Without tags: a change of them would, in a preview, hide the identity's id, and everything that holds it would seem to be
 * replaced.
 */
function makeIdentity(
    { parent, name, args, resourceGroupName }: AksPlace,
    suffix: string,
): managedidentity.UserAssignedIdentity {
    const resourceName = `${name}-${suffix}`;
    return new managedidentity.UserAssignedIdentity(
        resourceName,
        { resourceName, resourceGroupName, location: args.location },
        childOptions(parent),
    );
}
