import type * as pulumi from "@pulumi/pulumi";

/** A port that a container listens on. */
export interface ContainerPort {
    /** Lower case, at most 15 characters; what a Service's port refers to: `http`, `metrics`. */
    name: string;
    port: pulumi.Input<number>;
    /** `TCP`, `UDP` or `SCTP`. @default `TCP` */
    protocol?: pulumi.Input<string>;
}

/** One key of a ConfigMap or Secret of the same namespace. */
export interface ObjectKey {
    /** The object's name. */
    name: pulumi.Input<string>;
    key: pulumi.Input<string>;
    /** Whether the container starts without it. @default false */
    optional?: pulumi.Input<boolean>;
}

/** An HTTP request as a probe: an answer from 200 to 399 is good. */
export interface HttpProbe {
    path: pulumi.Input<string>;
    /** @default the container's first port */
    port?: pulumi.Input<number>;
    /** `HTTP` or `HTTPS` (whose certificate is not checked). @default `HTTP` */
    scheme?: pulumi.Input<string>;
    headers?: Record<string, pulumi.Input<string>>;
}

/** A connection as a probe: it is good when the port accepts it. */
export interface TcpProbe {
    /** @default the container's first port */
    port?: pulumi.Input<number>;
}

/** How the kubelet asks a container for its state: exactly one of `http`, `tcp` and `command`. */
export interface Probe {
    http?: HttpProbe;
    tcp?: TcpProbe;
    /** A command in the container that ends with 0 when all is well. Not run in a shell. */
    command?: pulumi.Input<pulumi.Input<string>[]>;
    /** @default 0 */
    initialDelaySeconds?: pulumi.Input<number>;
    /** @default 10 */
    periodSeconds?: pulumi.Input<number>;
    /** @default 2 */
    timeoutSeconds?: pulumi.Input<number>;
    /** @default 3, or 30 for the startup probe */
    failureThreshold?: pulumi.Input<number>;
}

/** The probes of a container. */
export interface Probes {
    /** Holds back the other two until it succeeds once; for slow starters. */
    startup?: Probe;
    /** While it fails, no Service sends requests here. */
    readiness?: Probe;
    /** When it fails, the container is restarted. It must not depend on other services. */
    liveness?: Probe;
}

/** Amounts of what a container uses, as Kubernetes quantities. */
export interface ResourceAmounts {
    /** For example `250m` or `2`. */
    cpu?: pulumi.Input<string>;
    /** For example `128Mi`. */
    memory?: pulumi.Input<string>;
    /** Disk of the node: logs, writable layer and emptyDirs. For example `1Gi`. */
    ephemeralStorage?: pulumi.Input<string>;
}

/**
 * What a container is guaranteed (`requests`) and may use at most (`limits`). A limit that is left out is the default
 * or the request, whichever is larger; a request that is left out is the default or the limit, whichever is smaller.
 */
export interface Resources {
    /** @default cpu `50m`, memory `128Mi`, ephemeralStorage `64Mi` */
    requests?: ResourceAmounts;
    /** @default cpu `500m`, memory `256Mi`, ephemeralStorage `1Gi` */
    limits?: ResourceAmounts;
}

/** A volume of the pod at a place in a container. */
export interface VolumeMount {
    /** Name of one of the pod's volumes or claims. */
    volume: string;
    /** Absolute path in the container. */
    path: string;
    /** One file or folder of the volume instead of all of it. A later change of a ConfigMap does not reach it. */
    subPath?: pulumi.Input<string>;
    /** @default true for configMap, secret, token and hostPath volumes, false for the others */
    readOnly?: pulumi.Input<boolean>;
}

/** What runs right after a container's start and right before its end. */
export interface Lifecycle {
    /** A command right after the start; the container is not ready before it ends. */
    postStartCommand?: pulumi.Input<pulumi.Input<string>[]>;
    /** A command before the container is told to end, within the pod's grace period. */
    preStopCommand?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * Seconds to wait before the container is told to end, so that Services stop sending requests first. Needs
     * Kubernetes 1.30 or later; not together with `preStopCommand`.
     */
    preStopSleepSeconds?: pulumi.Input<number>;
}

/**
 * A container of a hardened pod. It runs as a user other than root, with no capabilities, no way to gain privileges and
 * a read-only root file system; `/tmp` is writable.
 */
export interface WorkloadContainer {
    /** Unique in the pod. */
    name: string;
    /**
     * With a tag or digest, as it is published: the workload's `registry` rewrites it. For the images of the library's
     * own table, `image(key)`.
     */
    image: pulumi.Input<string>;
    /** Replaces the image's entry point. */
    command?: pulumi.Input<pulumi.Input<string>[]>;
    /** Replaces the image's arguments. */
    args?: pulumi.Input<pulumi.Input<string>[]>;
    /** @default the image's */
    workingDirectory?: pulumi.Input<string>;
    /**
     * Variables with plain values, which may refer to the ones below as `$(NAME)`. A secret value is refused, since it
     * would stand readable in the workload: see `environmentFromSecrets`.
     */
    environment?: Record<string, pulumi.Input<string>>;
    /** Variables from single keys of Secrets. */
    environmentFromSecrets?: Record<string, ObjectKey>;
    /** Variables from single keys of ConfigMaps. */
    environmentFromConfigMaps?: Record<string, ObjectKey>;
    /** Variables from fields of the pod, for example `{ POD_IP: "status.podIP" }`. */
    environmentFromFields?: Record<string, pulumi.Input<string>>;
    /** Variables from the container's own resources, for example `{ GOMEMLIMIT: "limits.memory" }`. */
    environmentFromResources?: Record<string, pulumi.Input<string>>;
    /** Names of Secrets of which every key becomes a variable, such as those that `bind` makes. */
    environmentSecrets?: pulumi.Input<string>[];
    ports?: ContainerPort[];
    /** Required in a Deployment, StatefulSet or DaemonSet, unless `withoutProbes` says why not. */
    probes?: Probes;
    /** Why nobody can ask this container for its state. Only together with no `probes`. */
    withoutProbes?: string;
    resources?: Resources;
    mounts?: VolumeMount[];
    lifecycle?: Lifecycle;
    /** Lets the container write to its own root file system. @default false */
    writableRootFilesystem?: pulumi.Input<boolean>;
    /** The user of this container alone. @default the pod's `runAsUser` */
    runAsUser?: pulumi.Input<number>;
    /** The group of this container alone. @default the pod's `runAsGroup` */
    runAsGroup?: pulumi.Input<number>;
}
