import type * as pulumi from "@pulumi/pulumi";
import type { ApiServerAccessArgs, MaintenanceWindowArgs, NodePoolArgs } from "../managed";
import type {
    GkeCredentials,
    GkeDiskType,
    GkeLogComponent,
    GkeMetricComponent,
    GkeMode,
    GkeReleaseChannel,
} from "./choices";

/** Who reaches the API server of a GKE cluster. At least one way in must be given. */
export interface GkeApiServerAccessArgs extends ApiServerAccessArgs {
    /**
     * Opens the cluster's DNS endpoint: a name that is reached from everywhere and answers only to those whom IAM gives
     * `container.clusters.connect`. It reaches a private control plane without VPN or bastion; given alone, the control
     * plane has no other endpoint for users at all.
     * @default false
     */
    dnsEndpoint?: boolean;
    /**
     * Whether the DNS endpoint takes tokens of Kubernetes service accounts too. `ClusterAccess` hands out such tokens and
     * needs it, unless its stacks come in by address.
     * @default false: Google's own identities only
     */
    dnsEndpointTokens?: boolean;
}

/** A network that is there. Its owner sees to egress (Cloud NAT), Private Google Access and firewall rules. */
export interface GkeExistingNetworkArgs {
    /** Name or self link of the VPC network. */
    network: pulumi.Input<string>;
    /** Name or self link of the subnetwork in the cluster's region. */
    subnetwork: pulumi.Input<string>;
    /** Name of the subnetwork's secondary range for pods. */
    podsRange: pulumi.Input<string>;
    /** Name of the subnetwork's secondary range for Services. */
    servicesRange: pulumi.Input<string>;
    /** The project of the network, for a Shared VPC. @default the cluster's */
    project?: pulumi.Input<string>;
}

/** The addresses of a GKE cluster. They can't be changed later without a new cluster. */
export interface GkeNetworkArgs {
    /** Addresses of nodes and internal load balancers, as a CIDR. @default `10.10.0.0/20`: 4,092 addresses */
    nodesCidr?: string;
    /** Addresses of pods; a node takes a /24 for its 110. @default `10.64.0.0/14`: 1,024 nodes */
    podsCidr?: string;
    /** Addresses of Services. @default `10.68.0.0/20`: 4,096 Services */
    servicesCidr?: string;
    /** Addresses of the control plane, a /28 that nothing else in the network uses. @default `172.16.0.0/28` */
    controlPlaneCidr?: string;
    /**
     * Whether half of the connections of nodes and pods are written to Cloud Logging, each as one line per minute. Logging
     * is paid by volume.
     * @default true
     */
    flowLogs?: boolean;
    /**
     * Ports of admission webhooks and aggregated APIs that the control plane may reach on nodes besides 443 and 10250,
     * which GKE opens by itself. A webhook on any other port is not reached, and what it guards can't be created.
     * @default `[9443]`, where Fission's webhook listens; none in a network that is given
     */
    webhookPorts?: number[];
    /** A network that is there, instead of one of the cluster's own. @default none */
    existing?: GkeExistingNetworkArgs;
}

/** A node pool of a GKE Standard cluster. A change of `spot`, `sandbox` or `maxPodsPerNode` makes a new pool before the old one goes. */
export interface GkeNodePoolArgs extends NodePoolArgs {
    /** @default `pd-balanced` */
    diskType?: pulumi.Input<GkeDiskType>;
    /**
     * Runs the pool's pods in gVisor, a kernel of their own in user space: for functions that nobody has looked at. GKE
     * gives the nodes a taint; pods ask for it by `runtimeClassName: gvisor`.
     * @default false
     */
    sandbox?: boolean;
    /** Pods on a node, 8 to 256; a node takes twice as many addresses, rounded up to a power of two. @default 110 */
    maxPodsPerNode?: number;
    /** Nodes that an upgrade adds at a time before it drains as many old ones. @default 1 */
    maxSurge?: number;
}

/** Arguments of a {@link GkeCluster}. */
export interface GkeClusterArgs {
    /** The Google Cloud project's id. @default the stack's `gcp:project` */
    project?: pulumi.Input<string>;
    /** Where it runs, like `europe-west3`. @default the stack's `gcp:region` */
    region?: string;
    /**
     * Puts the only control plane into this zone, which costs the API server's availability at each upgrade and at an
     * outage of the zone. For development.
     * @default none: control planes in three zones of the region
     */
    zone?: string;
    /** Zones of the nodes; `zone` must be among them. @default three of the region, which Google chooses; `zone` where that is given */
    zones?: string[];
    /**
     * The cluster's name in the project, at most 40 characters. All other names begin with the component's, which is held to
     * the same limit, and to a lower one where node pools' names must find room behind it.
     * @default the component's
     */
    clusterName?: string;
    /** @default `standard` */
    mode?: GkeMode;
    /**
     * The least version of the control plane, like `1.36`: GKE takes the newest patch of it and upgrades by itself within
     * the release channel. A higher one upgrades in place; a lower one does nothing.
     */
    kubernetesVersion: pulumi.Input<string>;
    /** Takes a version that GKE is not known to run. @default false */
    allowUnsupportedVersion?: boolean;
    /** How soon GKE upgrades by itself. @default `REGULAR` */
    releaseChannel?: GkeReleaseChannel;
    /** When GKE upgrades by itself; it wants 48 hours in any 32 days, in windows of 4 hours or more. */
    maintenanceWindow?: MaintenanceWindowArgs;
    /** Who reaches the API server. */
    apiServer: GkeApiServerAccessArgs;
    /** The cluster's addresses, and the network if there is one already. @default a network of its own */
    network?: GkeNetworkArgs;
    /**
     * The node pools by name, for `standard` only. At least one must be without `spot`, `sandbox` and taints that keep pods
     * away: GKE's own parts run there.
     * @default one pool `general` of two to six `e2-standard-4`
     */
    nodePools?: Record<string, GkeNodePoolArgs>;
    /** Email of a service account that nodes run as. Its roles are its owner's matter. @default one with the least roles */
    nodeServiceAccount?: pulumi.Input<string>;
    /** Projects from whose Artifact Registry the own service account may pull, each once. @default the cluster's project */
    imageProjects?: pulumi.Input<string>[];
    /**
     * Cloud KMS key, `projects/P/locations/REGION/keyRings/R/cryptoKeys/K`, with which Kubernetes Secrets are encrypted. GKE's
     * service agent must have `roles/cloudkms.cryptoKeyEncrypterDecrypter` on it.
     * @default one is made, rotated every 90 days
     */
    secretsKey?: pulumi.Input<string>;
    /**
     * Cloud KMS key with which disks of nodes and volumes are encrypted. Compute Engine's service agent must have
     * `roles/cloudkms.cryptoKeyEncrypterDecrypter` on it. With it the cluster gets a StorageClass of its own.
     * @default Google's own keys
     */
    disksKey?: pulumi.Input<string>;
    /**
     * The StorageClass that volumes are to use: `premium-rwo` for more input and output per second and GiB.
     * @default `standard-rwo`, on `pd-balanced`; `encrypted-rwo` with `disksKey`
     */
    storageClass?: pulumi.Input<string>;
    /** Refuses to delete or replace the cluster and its key: set to false and run `up` before `destroy`. @default true */
    deletionProtection?: boolean;
    /** What is written to Cloud Logging, paid by volume. @default everything: system, workloads and the control plane's parts */
    logs?: GkeLogComponent[];
    /** What is measured in Cloud Monitoring. @default system, control plane, the state of workloads, kubelet and cAdvisor */
    metrics?: GkeMetricComponent[];
    /** Collects Prometheus metrics by Google's managed service, paid by samples. Autopilot always has it. @default true */
    managedPrometheus?: boolean;
    /**
     * A DNS cache on every node, for `standard`; Autopilot always has one. It is quicker; but while a node's cache restarts,
     * its pods can't resolve names, since their NetworkPolicies let them ask either the caches or kube-dns. A change
     * makes all nodes anew.
     * @default false
     */
    dnsCache?: boolean;
    /** The Google group for RBAC, `gke-security-groups@example.com`: its member groups can be named in RoleBindings. @default none */
    securityGroup?: pulumi.Input<string>;
    /** Runs only images that the project's Binary Authorization policy admits. @default false: that policy admits every image until somebody writes it */
    binaryAuthorization?: boolean;
    /** Whose identity the stack's own kubeconfig shows to the cluster. @default `gcloud` */
    credentials?: GkeCredentials;
    /**
     * Any text; another one says that this is another cluster. Only for a cluster that somebody deleted behind Pulumi's back
     * and that is made again: everything the stack has on it is then made again too.
     * @default an empty text
     */
    generation?: string;
    /** Labels of the Google Cloud resources, for bills and searches. */
    labels?: Record<string, pulumi.Input<string>>;
}
