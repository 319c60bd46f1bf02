import { Cluster as GcpCluster, NodePool } from "@pulumi/gcp/container";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../core/contracts";
import { childOptions } from "../../core/deletion";
import { assertValid } from "../../core/errors";
import { random } from "../../core/lazy-modules";
import { after } from "../managed";
import { VersionProvider, warnOfVersion } from "../versions";
import type { GkeClusterArgs } from "./args";
import { GkeEndpoint } from "./choices";
import { clusterInputs, type ClusterParts } from "./cluster-inputs";
import { clusterContract, type GkeConnection } from "./contract";
import { completeSettings, type GkeSettings } from "./defaults";
import { type NodeIdentity, nodeIdentity } from "./identity";
import { controlPlaneOf, type GkeControlPlane, gkeKubeconfigFor } from "./kubeconfig";
import { type GkeNetwork, openWebhooks, readyNetwork } from "./network";
import { nodePoolInputs } from "./node-config";
import { secretsKey } from "./secrets-key";
import { createEncryptedStorageClass } from "./storage-class";
import { validateGkeCluster } from "./validate";

/**
 * A hardened cluster of the Google Kubernetes Engine, Standard or Autopilot, in a network of its own or a given one: private
 * nodes, an API server that answers to whom the arguments name, NetworkPolicies enforced, Secrets encrypted with a key of
 * yours, pods with identities instead of keys, upgrades by Google in a window.
 *
 * Nodes and ways out of the network outlast what lives in the cluster: `pulumi destroy` deletes that first, so that load
 * balancers and volumes go while somebody is there to take them down.
 *
 * @example
 * ```ts
 * const gke = new GkeCluster("prod", {
 *     project: "acme-prod",
 *     region: "europe-west3",
 *     kubernetesVersion: "1.36",
 *     apiServer: { dnsEndpoint: true },
 *     nodePools: {
 *         general: { machineType: "e2-standard-4", minNodes: 3, maxNodes: 9 },
 *         batch: { machineType: "e2-standard-8", minNodes: 0, maxNodes: 20, spot: true },
 *     },
 * });
 * const apps = new HardenedNamespace("apps", { cluster: gke.cluster });
 * ```
 */
export class GkeCluster extends pulumi.ComponentResource {
    /** The cluster, for everything that lives in it. */
    readonly cluster: Cluster;
    /** How its control plane is reached, for {@link gkeKubeconfigFor}. */
    readonly controlPlane: GkeControlPlane;
    /** Where its nodes are. */
    readonly network: GkeNetwork;
    /** Email of the service account that nodes run as. */
    readonly nodeServiceAccount: pulumi.Output<string>;
    /** Id of the Cloud KMS key with which Secrets are encrypted. */
    readonly secretsKey: pulumi.Output<string>;
    /** The version that the control plane runs, as of the last `up` or `refresh`: `1.36.3-gke.1001`. */
    readonly currentVersion: pulumi.Output<string>;

    /** @throws {@link ArgumentsError} with everything that is wrong with the arguments. */
    constructor(name: string, args: GkeClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`GkeCluster ${name}`, validateGkeCluster(name, args));
        super("kubernetes-faas:index:GkeCluster", name, {}, opts);

        const settings = completeSettings(name, args);
        const { egress, ...network } = readyNetwork(this, name, settings);
        const key = secretsKey(this, name, settings);
        const nodes = nodeIdentity(this, name, settings);
        const parts = { network, nodeServiceAccount: nodes.email, secretsKey: key.id };
        const cluster = createCluster(this, name, settings, parts, [...egress, ...key.grants, ...nodes.roles]);
        const webhooks = openWebhooks(this, name, settings, network.network, nodes.email);
        const pools = createNodePools(this, name, settings, cluster, nodes);
        warnOfVersion(this, VersionProvider.Gke, args.kubernetesVersion);

        this.controlPlane = controlPlaneOf(cluster);
        this.cluster = clusterContract(name, settings, {
            kubeconfig: after([...pools, ...webhooks, ...egress], kubeconfigOf(name, settings, this.controlPlane)),
            clusterIdentifier: identifierOf(this, name, settings, cluster),
        } satisfies GkeConnection);
        this.network = network;
        this.nodeServiceAccount = pulumi.output(nodes.email);
        this.secretsKey = pulumi.output(key.id);
        this.currentVersion = cluster.masterVersion;
        if (settings.disksKey !== undefined) {
            createEncryptedStorageClass(this, name, this.cluster, settings.disksKey);
        }
        this.registerOutputs({
            cluster: this.cluster,
            controlPlane: this.controlPlane,
            network: this.network,
            nodeServiceAccount: this.nodeServiceAccount,
            secretsKey: this.secretsKey,
            currentVersion: this.currentVersion,
        });
    }
}

function createCluster(
    parent: GkeCluster,
    name: string,
    settings: GkeSettings,
    parts: ClusterParts,
    dependsOn: pulumi.Resource[],
): GcpCluster {
    return new GcpCluster(
        name,
        clusterInputs(settings, parts),
        childOptions(parent, {
            dependsOn,
            // Refuses at the preview of a destroy. The provider's own flag would only after everything in the cluster is gone.
            protect: settings.deletionProtection,
            // Two clusters can have neither one name nor one range of pods.
            deleteBeforeReplace: true,
            // Of the pool that is gone; GKE then reports another pool's in its place, and each difference would be a new cluster.
            ignoreChanges: ["nodeConfig", "initialNodeCount"],
        }),
    );
}

function createNodePools(
    parent: GkeCluster,
    name: string,
    settings: GkeSettings,
    cluster: GcpCluster,
    nodes: NodeIdentity,
): NodePool[] {
    const parts = { cluster: cluster.id, nodeServiceAccount: nodes.email };
    return Object.entries(settings.nodePools).map(
        ([key, pool]) =>
            new NodePool(
                `${name}-${key}`,
                nodePoolInputs(settings, pool, parts),
                // GKE changes the first number by itself, and a difference would be a new pool.
                childOptions(parent, { dependsOn: nodes.roles, ignoreChanges: ["initialNodeCount"] }),
            ),
    );
}

/** The stack's own way in. */
function kubeconfigOf(name: string, settings: GkeSettings, controlPlane: GkeControlPlane): pulumi.Output<string> {
    return gkeKubeconfigFor(controlPlane, {
        endpoint: settings.apiServer.dnsEndpoint ? GkeEndpoint.Dns : GkeEndpoint.Ip,
        credentials: settings.credentials,
        context: name,
    });
}

/**
 * Which cluster this is: where it is, and a number that is drawn when it is made and stays through every edit in place.
 * The cluster's self link is not in it, since it names the version of Google's API; nor is anything that a rotation of
 * credentials changes.
 */
function identifierOf(
    parent: GkeCluster,
    name: string,
    settings: GkeSettings,
    cluster: GcpCluster,
): pulumi.Output<string> {
    const drawn = new random.RandomId(
        `${name}-identity`,
        { byteLength: 8, keepers: { generation: settings.generation ?? "" } },
        childOptions(parent, { replaceWith: [cluster] }),
    );
    return pulumi.interpolate`${cluster.id}/${drawn.hex}`;
}
