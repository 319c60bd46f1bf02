import type * as pulumi from "@pulumi/pulumi";
import type { ApiServerAccessArgs, NodePoolArgs } from "../managed";

/** How private subnets reach the Internet. */
export const NatGateways = {
    /** One per zone: a zone's loss takes no other zone's egress along. The dear choice: each is billed by hour and by byte. */
    PerZone: "per-zone",
    /** One for all zones, in the first: cheaper, but all egress ends with its zone, and traffic between zones is billed. */
    Single: "single",
    /** None: images and AWS' own API are reached by `interfaceEndpoints` only. */
    None: "none",
} as const;
export type NatGateways = (typeof NatGateways)[keyof typeof NatGateways];

/** Which connections the VPC's flow logs hold. */
export const FlowLogs = {
    /** All of them: the most to look into, and to pay for. */
    All: "all",
    /** Those that were refused. */
    Rejected: "rejected",
    Off: "off",
} as const;
export type FlowLogs = (typeof FlowLogs)[keyof typeof FlowLogs];

/** What nodes run. */
export const EksNodeSystem = { AmazonLinux: "amazon-linux", Bottlerocket: "bottlerocket" } as const;
export type EksNodeSystem = (typeof EksNodeSystem)[keyof typeof EksNodeSystem];

/** The node pools that EKS Auto Mode brings along. */
export const AutoModeNodePool = { GeneralPurpose: "general-purpose", System: "system" } as const;
export type AutoModeNodePool = (typeof AutoModeNodePool)[keyof typeof AutoModeNodePool];

/** The logs that EKS' control plane can write. */
export const EksLogType = {
    Api: "api",
    Audit: "audit",
    Authenticator: "authenticator",
    ControllerManager: "controllerManager",
    Scheduler: "scheduler",
} as const;
export type EksLogType = (typeof EksLogType)[keyof typeof EksLogType];

/** Controllers of AWS' that run in the cluster and need rights in the account. */
export const EksController = {
    /** AWS Load Balancer Controller, as service account `aws-load-balancer-controller` of `kube-system`. */
    LoadBalancer: "load-balancer",
    /** Cluster Autoscaler, as service account `cluster-autoscaler` of `kube-system`. */
    Autoscaler: "autoscaler",
} as const;
export type EksController = (typeof EksController)[keyof typeof EksController];

/** What becomes of a volume whose claim is deleted. */
export const VolumeReclaim = { Delete: "Delete", Retain: "Retain" } as const;
export type VolumeReclaim = (typeof VolumeReclaim)[keyof typeof VolumeReclaim];

/** A VPC for the cluster alone. Per zone it has a private subnet, for nodes and pods, and a public one, for load balancers. */
export interface EksVpcArgs {
    /**
     * The VPC's addresses, from /16 to /21. Pods have addresses of it too. An eighth of it goes to each zone's private
     * subnet, a 64th to each public one. Can't be changed later.
     * @default `10.0.0.0/16`
     */
    cidr?: string;
    /** Two to six zones of the region: `["eu-central-1a", "eu-central-1b"]`. Add later ones at the end: the order gives the subnets. */
    zones: string[];
    /** @default `per-zone` */
    natGateways?: NatGateways;
    /**
     * AWS services that are reached without leaving the VPC: `["ecr.api", "ecr.dkr", "sts"]`. Each is billed by hour and
     * zone. (S3 is always reached so, which is free.)
     * @default none
     */
    interfaceEndpoints?: string[];
    /** @default `rejected` */
    flowLogs?: FlowLogs;
}

/** A VPC that is there. Its private subnets need a route out; to be found by load balancers, the tags that docs/eks.md names. */
export interface EksExistingVpcArgs {
    vpcId: pulumi.Input<string>;
    /** Subnets in two zones at least, for the control plane's interfaces, nodes and pods. */
    privateSubnetIds: pulumi.Input<string>[];
}

/** Who may do what in the cluster, as IAM principals. Nobody else may do anything, whoever made the cluster. */
export interface EksAccessArgs {
    /**
     * The role or user that this stack is deployed as: it makes everything in the cluster. Of a session
     * (`arn:aws:sts::...:assumed-role/NAME/...`) the role behind it.
     */
    deployer: pulumi.Input<string>;
    /** Further administrators of the whole cluster, by a name of yours. @default none */
    admins?: Record<string, pulumi.Input<string>>;
    /** Who may look at most namespaced objects, and at no Secrets, by a name of yours. @default none */
    viewers?: Record<string, pulumi.Input<string>>;
}

/** A managed node group; its nodes are alike. */
export interface EksNodePoolArgs extends NodePoolArgs {
    /** Further types of the same size and processor. A spot pool needs two types at least in all. @default none */
    moreMachineTypes?: pulumi.Input<string>[];
    /** @default `amazon-linux`, Amazon Linux 2023 */
    system?: EksNodeSystem;
}

/** EKS Auto Mode: AWS runs the nodes, storage, load balancing and DNS, for a fee on top of each machine. */
export interface EksAutoModeArgs {
    /** The node pools to begin with. @default both */
    nodePools?: AutoModeNodePool[];
}

/** Logs of the control plane, in CloudWatch. */
export interface EksLogsArgs {
    /** @default all five */
    types?: EksLogType[];
    /** Days; only those that CloudWatch knows, such as 30, 90, 365. For the VPC's flow logs too. @default 90 */
    retentionDays?: number;
    /**
     * ARN of a KMS key that encrypts them; its policy lets CloudWatch Logs of the region use it.
     * @default the cluster's own key; with `secretsKey` CloudWatch's
     */
    key?: pulumi.Input<string>;
}

/** The StorageClass for volumes of pods: EBS `gp3`, encrypted, made in the zone of the pod, able to grow. */
export interface EksStorageClassArgs {
    /** @default `gp3` */
    name?: string;
    /** @default `Delete` */
    reclaimPolicy?: VolumeReclaim;
    /** Whether claims that name no class get this one. @default true */
    isDefault?: boolean;
}

/** How the stack and people log in to AWS when they use the cluster. */
export interface EksKubeconfigArgs {
    /** ARN of a role to take on first. @default none: as whoever runs the command is logged in */
    roleArn?: pulumi.Input<string>;
    /** A profile of the machine's AWS configuration. @default that of the environment */
    profile?: pulumi.Input<string>;
}

/** Arguments of an `EksCluster`. */
export interface EksClusterArgs {
    /** The region, that of the AWS provider: `eu-central-1`. */
    region: string;
    /** The minor version: `1.36`. Another one is an update in place, one minor at a time. */
    kubernetesVersion: pulumi.Input<string>;
    /** Takes a version that EKS does not run any more, or that is not known yet. @default false */
    allowUnsupportedVersion?: boolean;
    /**
     * The cluster's name in AWS, which can't be changed later. A name that was in use before may fail: EKS writes the last
     * logs of a cluster after its log group is gone.
     * @default the component's name with a random suffix
     */
    clusterName?: string;
    /** A VPC to make; this or `existingVpc`. */
    vpc?: EksVpcArgs;
    /** A VPC that is there; this or `vpc`. */
    existingVpc?: EksExistingVpcArgs;
    /** Addresses of Services, a private block from /12 to /24 apart from the VPC's. Can't be changed later. @default `172.20.0.0/16` */
    serviceCidr?: string;
    /** Who may do what in the cluster. */
    access: EksAccessArgs;
    /** From where the API server is reached. The private endpoint is always there. */
    apiServer: ApiServerAccessArgs;
    /** Managed node groups by name; these or `autoMode`. */
    nodePools?: Record<string, EksNodePoolArgs>;
    /** EKS Auto Mode; this or `nodePools`. */
    autoMode?: EksAutoModeArgs;
    /**
     * ARN of a KMS key that encrypts Secrets. Neither it nor the own one can be changed or removed later: EKS keeps the first,
     * whatever a preview says.
     * @default one is made, rotated every year
     */
    secretsKey?: pulumi.Input<string>;
    /** Logs of the control plane. */
    logs?: EksLogsArgs;
    /** Stays on a version past its standard support, for a fee per hour, in place of being upgraded by AWS then. @default false */
    extendedSupport?: boolean;
    /**
     * Refuses to delete the cluster: AWS does, and Pulumi before it takes anything out of the cluster. To destroy it, say
     * `false`, deploy, then destroy.
     * @default true
     */
    deletionProtection?: boolean;
    /** Lets AWS move the cluster's traffic out of a zone in trouble. @default true */
    zonalShift?: boolean;
    /**
     * Versions of EKS add-ons to stay at, by the add-on's name: `{ coredns: "v1.12.1-eksbuild.2" }`.
     * @default those that EKS recommends for the Kubernetes version
     */
    addonVersions?: Record<string, pulumi.Input<string>>;
    /** The StorageClass for volumes. */
    storageClass?: EksStorageClassArgs;
    /** Controllers that get a role in IAM by Pod Identity; they themselves are add-ons in the cluster. Not with `autoMode`, which has its own. @default none */
    controllers?: EksController[];
    /** How the stack itself logs in. People get theirs by `kubeconfigFor`. */
    kubeconfig?: EksKubeconfigArgs;
    /** Tags of everything that can have some. @default none */
    tags?: Record<string, pulumi.Input<string>>;
}
