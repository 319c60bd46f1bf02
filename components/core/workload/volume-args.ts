import type * as pulumi from "@pulumi/pulumi";

/** A ConfigMap or Secret as files. */
export interface ObjectVolume {
    /** The object's name. */
    name: pulumi.Input<string>;
    /** Keys to show, and the file that each becomes. @default every key as a file of its own name */
    files?: Record<string, pulumi.Input<string>>;
    /** File mode, for example `0o440`. @default 0o444 for a ConfigMap, 0o440 for a Secret */
    mode?: pulumi.Input<number>;
    /** Whether the pod starts without the object. @default false */
    optional?: pulumi.Input<boolean>;
}

/** Several Secrets as files of one folder: every key as a file of its own name. */
export interface ProjectedSecretsVolume {
    /** The Secrets' names. Of two keys of one name the later Secret's is seen. */
    names: pulumi.Input<string>[];
    /** File mode, for example `0o440`. @default 0o440 */
    mode?: pulumi.Input<number>;
}

/** An empty folder that lives as long as the pod. */
export interface EmptyDirVolume {
    /** Above it the pod is evicted. For example `1Gi`. */
    sizeLimit: pulumi.Input<string>;
    /** Keeps it in memory, which counts against the containers' memory limits. @default false */
    inMemory?: pulumi.Input<boolean>;
}

/**
 * An empty volume of its own, made with the pod and deleted with it: for more than a node's disk can spare.
 * https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
 */
export interface EphemeralVolume {
    /** For example `100Gi`. */
    size: pulumi.Input<string>;
    /** @default the cluster's default class */
    storageClass?: pulumi.Input<string>;
}

/** A PersistentVolumeClaim that exists. */
export interface ClaimVolume {
    /** The claim's name. */
    name: pulumi.Input<string>;
    /** @default false */
    readOnly?: pulumi.Input<boolean>;
}

/** A service account token for somebody other than the API server, renewed by the kubelet. */
export interface TokenVolume {
    /** Who is meant to accept the token. */
    audience: pulumi.Input<string>;
    /** File name of the token. @default `token` */
    file?: pulumi.Input<string>;
    /** At least 600. @default 3600 */
    expirationSeconds?: pulumi.Input<number>;
}

/** A folder or file of the node. Only with `weakenedSecurity.hostPaths`. */
export interface HostPathVolume {
    path: string;
    /** For example `Directory`, `File` or `Socket`. @default not checked */
    type?: pulumi.Input<string>;
}

/** A volume of a pod: exactly one of its sources. */
export interface WorkloadVolume {
    /** Unique in the pod; what a container's mount refers to. */
    name: string;
    configMap?: ObjectVolume;
    secret?: ObjectVolume;
    projectedSecrets?: ProjectedSecretsVolume;
    emptyDir?: EmptyDirVolume;
    ephemeral?: EphemeralVolume;
    claim?: ClaimVolume;
    token?: TokenVolume;
    hostPath?: HostPathVolume;
}
