import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, Scheme } from "../contracts";
import type { Labels } from "../labels";
import type { NetworkRules } from "../network/rules";
import type { Placement } from "../placement";
import type { Permission } from "../rbac";
import type { Registry } from "../registry";
import type { WorkloadContainer } from "./container-args";
import type { WorkloadVolume } from "./volume-args";

/** How the pods of a workload spread over nodes or zones. */
export interface TopologySpread {
    /** The node label whose values are the domains, for example `topology.kubernetes.io/zone`. */
    topologyKey: string;
    /** By how many pods two domains may differ. @default 1 */
    maxSkew?: pulumi.Input<number>;
    /** Whether a pod stays pending rather than break the rule. @default false */
    required?: boolean;
}

/**
 * What a pod gives up of the "restricted" Pod Security profile. Its namespace must allow as much: see
 * `HardenedNamespace.podSecurityException`.
 */
export interface WeakenedSecurity {
    /** Why it can't do without; written on the pods as an annotation. */
    reason: string;
    /** Lets the containers run as root, as user 0 unless `runAsUser` says otherwise. @default false */
    runAsRoot?: boolean;
    /** Gives the containers every right of the node's root. @default false */
    privileged?: boolean;
    /** Lets processes gain more rights than their parent, as `sudo` does. @default false */
    allowPrivilegeEscalation?: boolean;
    /** Capabilities that every container adds, without the prefix `CAP_`. */
    addCapabilities?: string[];
    /** Turns the filter of system calls off. @default false */
    seccompUnconfined?: boolean;
    /** Uses the node's network, where no NetworkPolicy holds. @default false */
    hostNetwork?: boolean;
    /** Sees the node's processes. @default false */
    hostPid?: boolean;
    /** Allows volumes of the node's file system. @default false */
    hostPaths?: boolean;
}

/** Who the pods are towards the API server. */
export interface WorkloadIdentity {
    /** Annotations of the ServiceAccount, for example for a cloud's workload identity. */
    annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** A ServiceAccount that exists, instead of one of the workload's own. `permissions` are then its owner's matter. */
    existingServiceAccount?: pulumi.Input<string>;
    /**
     * Mounts a token for the API server into the pods, bound to the pod and renewed by the kubelet. Never set on the
     * ServiceAccount. @default true with `permissions`, else false
     */
    mountToken?: boolean;
}

/** What every hardened workload takes. */
export interface WorkloadArgs {
    cluster: Cluster;
    namespace: pulumi.Input<string>;
    /** The application, for the label `app.kubernetes.io/name`: `fission`, `postgresql`. */
    app: string;
    /** The part of the application: `router`. @default none */
    component?: string;
    /** This installation of the application. Part of the selector: never change it. @default the logical name */
    instance?: string;
    /** Name of the objects in the cluster. @default the logical name */
    resourceName?: string;
    /** Labels of every object and of the pods; they never override the standard ones. */
    labels?: Labels;
    /** Further labels of the pods only, for programs that find pods by them. */
    podLabels?: Labels;
    /** Annotations of the workload object. */
    annotations?: Labels;
    podAnnotations?: Labels;
    placement?: Placement;
    /** Where the images come from; it rewrites every container's `image`. @default where they are published */
    registry?: Registry;
    containers: WorkloadContainer[];
    /** Containers that run one after the other before the others start. */
    initContainers?: WorkloadContainer[];
    volumes?: WorkloadVolume[];
    /** Size limit of the `/tmp` that each container gets, unless it mounts something there. @default `64Mi` */
    tmpSize?: pulumi.Input<string>;
    /** What the pods may do at the API server. @default nothing */
    permissions?: Permission[];
    /**
     * Who may reach the pods and where they may go; everything else is denied. Other policies, such as a `Route`'s, may
     * open more. @default nobody and nowhere, but the API server when the pods get a token for it
     */
    network?: NetworkRules;
    identity?: WorkloadIdentity;
    /** @default 10001 */
    runAsUser?: pulumi.Input<number>;
    /** @default 10001 */
    runAsGroup?: pulumi.Input<number>;
    /** The group that owns the volumes' files. @default 10001 */
    fsGroup?: pulumi.Input<number>;
    /** Lets the pods listen on ports below 1024 without any right of root's. @default false */
    bindLowPorts?: boolean;
    weakenedSecurity?: WeakenedSecurity;
    /** How long a pod may take to end. @default 30 */
    terminationGracePeriodSeconds?: pulumi.Input<number>;
    /** The container runtime, for example gVisor's. @default the node's */
    runtimeClassName?: pulumi.Input<string>;
}

/** How a workload's Service is reached. */
export const ServiceType = {
    /** Inside the cluster only. */
    ClusterIp: "ClusterIP",
    /** On a port of every node. */
    NodePort: "NodePort",
    /** At an address of its own outside the cluster. */
    LoadBalancer: "LoadBalancer",
} as const;
export type ServiceType = (typeof ServiceType)[keyof typeof ServiceType];

/** A port of a Service. */
export interface WorkloadServicePort {
    /** Name of a container's port. */
    name: string;
    /** The Service's port. @default the container's port */
    port?: pulumi.Input<number>;
    /** The port on every node, 30000 to 32767. @default chosen by the cluster */
    nodePort?: pulumi.Input<number>;
    /** What is spoken on it. @default `http` */
    scheme?: pulumi.Input<Scheme>;
}

/** The Service in front of a workload's pods. */
export interface WorkloadService {
    /** @default the workload's name in the cluster */
    name?: pulumi.Input<string>;
    /** @default `ClusterIP` */
    type?: pulumi.Input<ServiceType>;
    /** The first one is the component's `service`. @default every port of the first container */
    ports?: WorkloadServicePort[];
    annotations?: Labels;
    /** Who may reach a LoadBalancer, as CIDRs. @default everybody that the network policies let in */
    loadBalancerSourceRanges?: pulumi.Input<pulumi.Input<string>[]>;
    /** Sends traffic only to pods on the node where it arrived, which keeps the client's address. @default false */
    keepClientAddress?: pulumi.Input<boolean>;
    /** Publishes pods before they are ready, for members that must find each other first. @default false */
    publishNotReadyAddresses?: pulumi.Input<boolean>;
}

/** How many pods may be missing while nodes are drained. At most one of the two. */
export interface DisruptionBudget {
    /** @default 1 */
    maxUnavailable?: pulumi.Input<number>;
    minAvailable?: pulumi.Input<number>;
}

/** Lets the cluster change the number of pods by their load. Needs the add-on `metrics-server`. */
export interface Autoscaling {
    /** At least 1. */
    minReplicas: number;
    maxReplicas: number;
    /** Mean use of the requested processor time, in percent. @default 80 when `memoryPercent` is not given either */
    cpuPercent?: pulumi.Input<number>;
    /** Mean use of the requested memory, in percent. */
    memoryPercent?: pulumi.Input<number>;
    /** How long the load must be low before pods are removed. @default 300 */
    scaleDownDelaySeconds?: pulumi.Input<number>;
}

/** When the pods of a StatefulSet or DaemonSet are replaced after a change. */
export const PodReplacement = {
    /** One after the other, at once. */
    RollingUpdate: "RollingUpdate",
    /** When somebody deletes them. */
    OnDelete: "OnDelete",
} as const;
export type PodReplacement = (typeof PodReplacement)[keyof typeof PodReplacement];

/** What a workload with a number of replicas takes besides. */
export interface ReplicatedWorkloadArgs extends WorkloadArgs {
    /** @default none: nothing reaches the pods */
    service?: WorkloadService;
    /**
     * How many pods there are. Plain, since it decides which objects exist. Not with `autoscaling` or
     * `scaledElsewhere`. @default 1
     */
    replicas?: number;
    /** Leaves the number of pods to somebody else, for example a gateway that scales functions. @default false */
    scaledElsewhere?: boolean;
    /**
     * Seconds for which a new pod has to stay ready before it counts as available: a roll goes on to the next pod only then. For
     * servers that may look ready for a moment and are not. Less than the 600 seconds after which Kubernetes gives up a
     * Deployment's roll.
     *
     * @default 0: a pod counts at once
     */
    minReadySeconds?: pulumi.Input<number>;
    /** @default one pod may be missing, when there are two or more */
    disruptionBudget?: DisruptionBudget;
    /** @default even over zones and over nodes, as far as possible */
    topologySpread?: TopologySpread[];
}
