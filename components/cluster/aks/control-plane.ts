import * as containerservice from "@pulumi/azure-native/containerservice";
import type { input } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import type { AksClusterArgs } from "./args";
import { AksNodeOsChannel, AksTier, AksUpgradeChannel } from "./enums";
import type { AksIdentities } from "./identities";
import type { AksNetwork } from "./network";
import { heldOptions, type AksPlace } from "./place";
import { systemPoolProfile } from "./pools";
import type { AksSecretsEncryption } from "./secrets-key";
import { addressesOf, apiServerOf, dnsServiceIpOf, egressOf } from "./settings";

/** What the control plane is built on. */
export interface AksFoundations {
    readonly network: AksNetwork;
    readonly identities: AksIdentities;
    readonly encryption: AksSecretsEncryption;
}

/** The cluster itself, with its system pool. */
export function makeControlPlane(place: AksPlace, foundations: AksFoundations): containerservice.ManagedCluster {
    const { name, args, resourceGroupName } = place;
    const { network, identities, encryption } = foundations;
    return new containerservice.ManagedCluster(
        name,
        {
            resourceName: name,
            resourceGroupName,
            location: args.location,
            tags: args.tags,
            dnsPrefix: name,
            nodeResourceGroup: `${name}-nodes`,
            nodeResourceGroupProfile: {
                restrictionLevel: args.unlockNodeResourceGroup
                    ? containerservice.RestrictionLevel.Unrestricted
                    : containerservice.RestrictionLevel.ReadOnly,
            },
            sku: { name: containerservice.ManagedClusterSKUName.Base, tier: args.tier ?? AksTier.Standard },
            supportPlan: args.longTermSupport
                ? containerservice.KubernetesSupportPlan.AKSLongTermSupport
                : containerservice.KubernetesSupportPlan.KubernetesOfficial,
            kubernetesVersion: args.kubernetesVersion.replace(/^v/, ""),
            autoUpgradeProfile: {
                upgradeChannel: args.upgradeChannel ?? AksUpgradeChannel.Patch,
                nodeOSUpgradeChannel: args.nodeOsChannel ?? AksNodeOsChannel.NodeImage,
            },
            agentPoolProfiles: [systemPoolProfile(args, network)],
            apiServerAccessProfile: apiServerAccess(args, network),
            networkProfile: networkProfile(args),
            ...identityProfiles(args, identities),
            securityProfile: {
                workloadIdentity: { enabled: true },
                // Images that nothing uses and that have known faults don't stay on the nodes.
                imageCleaner: { enabled: true, intervalHours: 168 },
                azureKeyVaultKms: encryption.kms,
            },
            oidcIssuerProfile: { enabled: true },
            diskEncryptionSetID: args.diskEncryptionSetId,
            storageProfile: {
                diskCSIDriver: { enabled: true },
                fileCSIDriver: { enabled: true },
                snapshotController: { enabled: true },
            },
        },
        heldOptions(place, {
            ignoreChanges: ["agentPoolProfiles[0].count"],
            dependsOn: [...identities.roles, ...encryption.roles],
        }),
    );
}

/** No local accounts: everyone has a name in Entra ID, and Azure's roles say what he may do. */
function identityProfiles(args: AksClusterArgs, { controlPlane, kubelet }: AksIdentities) {
    return {
        identity: {
            type: containerservice.ResourceIdentityType.UserAssigned,
            userAssignedIdentities: [controlPlane.id],
        },
        identityProfile: {
            kubeletidentity: {
                resourceId: kubelet.id,
                clientId: kubelet.clientId,
                objectId: kubelet.principalId,
            },
        },
        enableRBAC: true,
        disableLocalAccounts: true,
        aadProfile: {
            managed: true,
            enableAzureRBAC: true,
            adminGroupObjectIDs: args.adminGroups,
            tenantID: controlPlane.tenantId,
        },
    };
}

function apiServerAccess(
    args: AksClusterArgs,
    network: AksNetwork,
): input.containerservice.ManagedClusterAPIServerAccessProfileArgs {
    const { privateDnsZoneId, publicName } = args.apiServer;
    const { isPrivate } = apiServerOf(args);
    return {
        // Otherwise whoever may start it in Azure has a shell in the cluster, whatever network he is in.
        disableRunCommand: true,
        ...(network.apiServerSubnetId === undefined
            ? {}
            : { enableVnetIntegration: true, subnetId: network.apiServerSubnetId }),
        ...(isPrivate
            ? {
                  enablePrivateCluster: true,
                  enablePrivateClusterPublicFQDN: publicName ?? false,
                  privateDNSZone: privateDnsZoneId ?? "system",
              }
            : { enablePrivateCluster: false, authorizedIPRanges: allowList(args, network) }),
    };
}

/** The given addresses, and those of our own NAT gateway, which an API server outside of the network sees. */
function allowList(args: AksClusterArgs, { egressAddresses }: AksNetwork): pulumi.Input<string>[] | undefined {
    const { allowFrom } = args.apiServer;
    if (allowFrom === undefined || apiServerOf(args).inNetwork) {
        return allowFrom;
    }
    return [...allowFrom, ...egressAddresses.map((address) => pulumi.interpolate`${address}/32`)];
}

function networkProfile(args: AksClusterArgs): input.containerservice.ContainerServiceNetworkProfileArgs {
    const { podCidr, serviceCidr } = addressesOf(args);
    return {
        networkPlugin: containerservice.NetworkPlugin.Azure,
        networkPluginMode: containerservice.NetworkPluginMode.Overlay,
        networkDataplane: containerservice.NetworkDataplane.Cilium,
        networkPolicy: containerservice.NetworkPolicy.Cilium,
        loadBalancerSku: containerservice.LoadBalancerSku.Standard,
        outboundType: egressOf(args.network),
        podCidr,
        serviceCidr,
        dnsServiceIP: dnsServiceIpOf(serviceCidr),
    };
}
