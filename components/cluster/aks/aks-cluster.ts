import type * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";
import { Addon } from "../../core/addons";
import { AccessLevel, Cloud, type Cluster, Exposure } from "../../core/contracts";
import { childOptions } from "../../core/deletion";
import { assertValid } from "../../core/errors";
import * as k8s from "../../core/kubernetes";
import { objectLabels } from "../../core/labels";
import { clusterProvider } from "../../core/provider";
import { completeTraits } from "../traits";
import { after } from "../managed";
import { VersionProvider, warnOfVersion } from "../versions";
import type { AksClusterArgs } from "./args";
import { makeControlPlane } from "./control-plane";
import { AksPrincipal } from "./enums";
import { makeIdentities } from "./identities";
import { type AksControlPlane, aksKubeconfigFor, readFacts } from "./kubeconfig";
import { makeNetwork } from "./network";
import { type AksPlace, makePlace } from "./place";
import { makePools } from "./pools";
import { grant, listedSuffix } from "./roles";
import { makeSecretsEncryption } from "./secrets-key";
import { addressesOf, apiServerOf, encryptedStorageClass, storageClassOf } from "./settings";
import { makeLock, makeLogs, makeMaintenance } from "./upkeep";
import { validateAksCluster } from "./validate";

/**
 * A cluster on Azure Kubernetes Service: no local accounts, an API server that answers only to those who were named, nodes
 * without public addresses, enforced network policies, Secrets encrypted with a key of one's own, logs of the control
 * plane, and upgrades in a window.
 *
 * @example
 * ```ts
 * const production = new AksCluster("production", {
 *     location: "westeurope",
 *     kubernetesVersion: "1.36",
 *     adminGroups: ["1b4e28ba-2fa1-11d2-883f-0016d3cca427"],
 *     apiServer: { allowFrom: ["203.0.113.0/24"] },
 *     network: { ingressFromAnywhere: true },
 *     nodePools: { apps: { machineType: "Standard_D8ds_v5", minNodes: 3, maxNodes: 12 } },
 * });
 * const apps = new HardenedNamespace("apps", { cluster: production.cluster });
 * ```
 */
export class AksCluster extends pulumi.ComponentResource {
    /** The cluster, for everything that lives in it. */
    readonly cluster: Cluster;
    /** How its control plane is reached, for {@link aksKubeconfigFor}. */
    readonly controlPlane: AksControlPlane;
    /** A kubeconfig for people who are logged in with `az login`. It holds no credentials. */
    readonly userKubeconfig: pulumi.Output<string>;
    /** The cluster's resource id. */
    readonly clusterId: pulumi.Output<string>;
    /** The resource group that holds the cluster. */
    readonly resourceGroupName: pulumi.Output<string>;
    /** The subnet of the nodes; private endpoints of databases go into another one of the same network. */
    readonly nodeSubnetId: pulumi.Output<string>;
    /** Public addresses from which nodes reach the Internet; empty where the component does not give them. */
    readonly egressAddresses: pulumi.Output<string[]>;
    /** Object id of the identity with which nodes pull images. */
    readonly kubeletPrincipalId: pulumi.Output<string>;

    /** @throws {@link ArgumentsError} with everything that is wrong with the arguments. */
    constructor(name: string, args: AksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`AksCluster ${name}`, validateAksCluster(name, args));
        super("kubernetes-faas:index:AksCluster", name, {}, opts);
        warnOfVersion(this, VersionProvider.Aks, args.kubernetesVersion);

        const place = makePlace(this, name, args);
        const network = makeNetwork(place);
        const identities = makeIdentities(place, network);
        const encryption = makeSecretsEncryption(place, identities.controlPlane);
        const managed = makeControlPlane(place, { network, identities, encryption });
        const pools = makePools(place, managed, network);
        const administrators = makeAdministrators(place, managed);
        const upkeep = [...makeMaintenance(place, managed), ...makeLogs(place, managed)];
        makeLock(place, managed, [...pools, ...administrators, ...upkeep]);

        const { controlPlane, resourceUid, issuer } = readFacts(place, managed, identities.controlPlane.tenantId);
        const login = { context: name, login: args.login, clientId: args.loginClientId };
        this.controlPlane = controlPlane;
        this.cluster = describe(name, args, {
            kubeconfig: after([...pools, ...administrators], aksKubeconfigFor(controlPlane, login)),
            clusterIdentifier: resourceUid,
            issuer,
        });
        makeStorageClass(place, this.cluster);

        this.userKubeconfig = aksKubeconfigFor(controlPlane, { context: name });
        this.clusterId = managed.id;
        this.resourceGroupName = pulumi.output(place.resourceGroupName);
        this.nodeSubnetId = pulumi.output(network.nodeSubnetId);
        this.egressAddresses = pulumi.all(network.egressAddresses);
        this.kubeletPrincipalId = identities.kubelet.principalId;
        this.registerOutputs({
            cluster: this.cluster,
            controlPlane: this.controlPlane,
            userKubeconfig: this.userKubeconfig,
            clusterId: this.clusterId,
            resourceGroupName: this.resourceGroupName,
            nodeSubnetId: this.nodeSubnetId,
            egressAddresses: this.egressAddresses,
            kubeletPrincipalId: this.kubeletPrincipalId,
        });
    }
}

/**
 * The contract of an {@link AksCluster} with these arguments, which must be right, as far as it is known before the cluster
 * is there: what lives in it can be checked against it, not put into it. Registers nothing.
 */
export function describeAksCluster(name: string, args: AksClusterArgs): Cluster {
    return describe(name, args, { kubeconfig: pulumi.secret(""), clusterIdentifier: "", issuer: "" });
}

/** What only a cluster that is there can tell. */
interface LateFacts {
    kubeconfig: pulumi.Input<string>;
    clusterIdentifier: pulumi.Input<string>;
    issuer: pulumi.Input<string>;
}

function describe(name: string, args: AksClusterArgs, { kubeconfig, clusterIdentifier, issuer }: LateFacts): Cluster {
    const { apiServerCidr } = addressesOf(args);
    return {
        name,
        kubeconfig,
        context: name,
        clusterIdentifier,
        access: AccessLevel.Admin,
        kubernetesVersion: args.kubernetesVersion,
        traits: completeTraits({
            cloud: Cloud.Azure,
            exposure: Exposure.LoadBalancer,
            storageClass: storageClassOf(args),
            networkPolicies: true,
            apiServer: {
                cidrs: apiServerOf(args).inNetwork && apiServerCidr !== undefined ? [apiServerCidr] : [],
                ports: [443],
            },
            identity: { issuer },
            addons: [Addon.MetricsServer],
        }),
    };
}

/** Before them nothing can be put into the cluster. */
function makeAdministrators(place: AksPlace, { id }: containerservice.ManagedCluster) {
    const role = "Azure Kubernetes Service RBAC Cluster Admin";
    return (place.args.administrators ?? []).map(({ principalId, type = AksPrincipal.ServicePrincipal }, index) =>
        grant(place, { suffix: listedSuffix("administrator", principalId, index), role, scope: id, principalId, type }),
    );
}

/** For volumes that are encrypted with the user's keys, as the nodes' disks are. */
function makeStorageClass({ parent, name, args }: AksPlace, cluster: Cluster): void {
    if (args.diskEncryptionSetId === undefined || args.storageClass !== undefined) {
        return;
    }
    new k8s.storage.v1.StorageClass(
        `${name}-encrypted`,
        {
            metadata: { name: encryptedStorageClass, labels: objectLabels({ app: "aks", instance: name }) },
            provisioner: "disk.csi.azure.com",
            parameters: { skuName: "Premium_LRS", diskEncryptionSetID: args.diskEncryptionSetId },
            reclaimPolicy: "Delete",
            volumeBindingMode: "WaitForFirstConsumer",
            allowVolumeExpansion: true,
        },
        childOptions(parent, { provider: clusterProvider(cluster) }),
    );
}
