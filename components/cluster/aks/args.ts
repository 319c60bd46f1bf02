import type * as pulumi from "@pulumi/pulumi";
import type { ApiServerAccessArgs, MaintenanceWindowArgs, NodePoolArgs } from "../managed";
import type {
    AksEgress,
    AksLog,
    AksLogin,
    AksNodeOs,
    AksNodeOsChannel,
    AksOsDisk,
    AksPrincipal,
    AksTier,
    AksUpgradeChannel,
} from "./enums";

/** Arguments of an {@link AksCluster}. */
export interface AksClusterArgs {
    /** The Azure region, such as `westeurope`. */
    location: pulumi.Input<string>;
    /**
     * The minor version of Kubernetes, such as `1.36`; AKS installs its newest patch and, with the channel `patch`, those
     * to come. The nodes follow. AKS upgrades one minor version at a time.
     */
    kubernetesVersion: string;
    /** Takes a version that AKS does not support, or that is not known to be supported. @default false */
    allowUnsupportedVersion?: boolean;
    /** Object ids of the Entra ID groups whose members are the cluster's administrators. */
    adminGroups: pulumi.Input<string>[];
    /**
     * Who else may do everything in the cluster: the identity that runs `pulumi up`, unless it is in one of `adminGroups`.
     * Local accounts are off, so without either it can put nothing into the cluster. Each identity once; to take one out,
     * see `deletionProtection`.
     */
    administrators?: AksAdministratorArgs[];
    /**
     * Who reaches the API server: public addresses (`allowFrom`), or private networks (`privateFrom`), which makes it a
     * private cluster. AKS has no cluster that is both.
     */
    apiServer: AksApiServerAccessArgs;
    /** How the stack's own Kubernetes provider logs in. @default `azurecli` */
    login?: AksLogin;
    /** Application id of the identity that the provider logs in as, where `login` needs one. */
    loginClientId?: pulumi.Input<string>;
    /** An existing resource group for everything. @default one of its own, with the component's name */
    resourceGroupName?: pulumi.Input<string>;
    /** Addresses, and a network that is there. @default a network of its own */
    network?: AksNetworkArgs;
    /** The nodes of the cluster's own parts; nothing else runs there. @default 3 to 5 `Standard_D4ds_v5` */
    systemPool?: AksNodePoolArgs;
    /** The nodes of everything else, by the pools' names: 1 to 12 lower-case letters and digits. */
    nodePools: Record<string, AksNodePoolArgs>;
    /** Zones of nodes and addresses; `[]` in a region that has none. @default `["1", "2", "3"]` */
    zones?: string[];
    /** The operating system of all nodes. @default `AzureLinux` */
    nodeOs?: AksNodeOs;
    /**
     * Verified boot and a virtual TPM for all nodes: no boot loader, kernel or driver that is not signed.
     * @default true; not to be had on ARM machines
     */
    trustedLaunch?: boolean;
    /**
     * Encrypts what nodes write already on the host: caches and temporary disks too. The subscription must have the
     * feature `EncryptionAtHost` registered.
     * @default true
     */
    encryptHosts?: boolean;
    /** Leaves no SSH server on the nodes. The subscription must have the preview `DisableSSHPreview` registered. @default false */
    disableSsh?: boolean;
    /** A disk encryption set for nodes' disks, and for volumes by a storage class of its own. @default Azure's own keys */
    diskEncryptionSetId?: pulumi.Input<string>;
    /** When AKS may upgrade; one day, or two: one for the cluster and one for the nodes' images. */
    maintenanceWindow?: MaintenanceWindowArgs;
    /** @default `patch` */
    upgradeChannel?: AksUpgradeChannel;
    /** @default `NodeImage` */
    nodeOsChannel?: AksNodeOsChannel;
    /** @default `Standard` */
    tier?: AksTier;
    /** Two years of support for a minor version in place of one; needs the tier `Premium`. @default false */
    longTermSupport?: boolean;
    /** Encrypts the cluster's Secrets with a key in a Key Vault, before they are stored. @default true */
    encryptSecrets?: boolean;
    /** The key for that. @default one of its own, in a vault of its own that can't be purged */
    secretsKey?: AksSecretsKeyArgs;
    /** Resource ids of Azure container registries from which nodes may pull, each once. @default none */
    registries?: pulumi.Input<string>[];
    /** The control plane's logs. */
    logs?: AksLogsArgs;
    /** The storage class that components use for volumes. @default `managed-csi-premium`, or that of `diskEncryptionSetId` */
    storageClass?: pulumi.Input<string>;
    /** Lets the resources in the nodes' resource group be changed by hand, which AKS does not support. @default false */
    unlockNodeResourceGroup?: boolean;
    /**
     * Nobody deletes the cluster, neither in Azure (a management lock) nor by Pulumi (`protect`). The lock covers what belongs
     * to the cluster too: node pools, the roles of `administrators`, the setting of `logs`. To remove or replace one of
     * these, set this to false, run `up`, make the change with another `up`, and set it again.
     * @default true
     */
    deletionProtection?: boolean;
    /** Azure tags of everything that has tags, identities excepted. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** An identity that may do everything in the cluster (role "Azure Kubernetes Service RBAC Cluster Admin"). */
export interface AksAdministratorArgs {
    /** Its object id in Entra ID; of an application, that of the service principal. */
    principalId: pulumi.Input<string>;
    /** @default `ServicePrincipal` */
    type?: AksPrincipal;
}

/** Who reaches the API server, on AKS. */
export interface AksApiServerAccessArgs extends ApiServerAccessArgs {
    /**
     * Resource id of a private DNS zone for a private cluster's name, linked to the networks of `privateFrom`. It is called
     * `private.REGION.azmk8s.io`; where the API server is not in the network, `privatelink.REGION.azmk8s.io`; one label of up
     * to 32 characters may stand before that. The control plane then gets Network Contributor on the whole network, since
     * AKS links the zone to it. Without a zone the name is only known in the cluster's own network.
     * @default a zone that AKS makes
     */
    privateDnsZoneId?: pulumi.Input<string>;
    /**
     * A public name for a private cluster, which leads to its private address: every network that reaches it then finds it,
     * and everyone can look the address up.
     * @default false
     */
    publicName?: boolean;
}

/** The cluster's addresses and its network. */
export interface AksNetworkArgs {
    /** Addresses of the network that is made. @default `10.224.0.0/16` */
    cidr?: string;
    /** Addresses of the nodes; in a given subnet, its addresses, for the checks. @default the first half of `cidr` */
    nodesCidr?: string;
    /** Addresses of the API server in the network. @default the last /28 of `cidr` */
    apiServerCidr?: string;
    /** An existing subnet for nodes; no network is then made. */
    subnetId?: pulumi.Input<string>;
    /** An existing, delegated subnet for the API server, in the network of `subnetId`. @default none: it stays outside */
    apiServerSubnetId?: pulumi.Input<string>;
    /** Addresses of pods, 256 for each node. They are known in the cluster only. @default `10.244.0.0/16` */
    podCidr?: string;
    /** Addresses of Services; the tenth is DNS. @default `10.0.0.0/16` */
    serviceCidr?: string;
    /** @default `userAssignedNATGateway` in the network that is made, `loadBalancer` in a given subnet */
    egress?: AksEgress;
    /** Public addresses of the NAT gateway, 64,512 connections at a time each. @default 1 */
    egressAddresses?: number;
    /**
     * Who reaches public load balancers of the cluster, on ports 80 and 443, as CIDRs. Load balancers with private addresses
     * need no entry, and a given subnet has a security group of its own.
     * @default none
     */
    ingressFrom?: pulumi.Input<string>[];
    /** Opens ports 80 and 443 of public load balancers to every address: a public ingress needs it. @default false */
    ingressFromAnywhere?: boolean;
}

/** A node pool on AKS. */
export interface AksNodePoolArgs extends NodePoolArgs {
    /** @default `Ephemeral` */
    osDisk?: AksOsDisk;
    /** Pods on a node, 30 to 250. It can't be changed later. @default 110 */
    maxPods?: number;
}

/** A key in a Key Vault that is there. */
export interface AksSecretsKeyArgs {
    /** The key with its version: `https://VAULT.vault.azure.net/keys/KEY/VERSION`. Another one re-encrypts nothing by itself. */
    keyId: pulumi.Input<string>;
    /** Resource id of the vault. Its permission model must be Azure RBAC. */
    vaultId: pulumi.Input<string>;
    /** Whether the vault is reached by private endpoint only; needs the API server in the network. @default false */
    privateVault?: boolean;
}

/** Where the control plane's logs go. */
export interface AksLogsArgs {
    /** @default true */
    enabled?: boolean;
    /** Resource id of a Log Analytics workspace. @default one of its own */
    workspaceId?: pulumi.Input<string>;
    /** Days for which the own workspace keeps them, 30 to 730; the first 31 are free. @default 30 */
    retentionDays?: number;
    /** @default all but `kube-audit`, which is expensive: `kube-audit-admin` has what changed something */
    categories?: AksLog[];
}
