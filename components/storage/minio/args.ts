import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, PodPeer } from "../../core/contracts";
import type { Deletion } from "../../core/deletion";
import type { Labels } from "../../core/labels";
import type { Placement } from "../../core/placement";
import type { Registry } from "../../core/registry";
import type { Resources } from "../../core/workload";

/** How objects of a bucket are locked against deletion. */
export const ObjectLockMode = {
    /** Nobody deletes or overwrites a version before its time, not even the administrator. */
    Compliance: "compliance",
    /** Only the administrator deletes a version before its time. */
    Governance: "governance",
} as const;
export type ObjectLockMode = (typeof ObjectLockMode)[keyof typeof ObjectLockMode];

/** Whether a statement of a policy gives a right or takes it away. */
export const PolicyEffect = { Allow: "allow", Deny: "deny" } as const;
export type PolicyEffect = (typeof PolicyEffect)[keyof typeof PolicyEffect];

/** The volumes of a store, all of one size. */
export interface MinIoStorage {
    /** Of each volume. Only grows, in place, where the storage class allows that. For example `100Gi`. */
    size: pulumi.Input<string>;
    /** Can't change later. @default the cluster's `traits.storageClass`, else its default class */
    storageClass?: pulumi.Input<string>;
    /**
     * The volumes are in the cluster already, left by a store that retained them: they are taken over with their data, and
     * the users get the keys of this store.
     * @default false
     */
    adopt?: boolean;
}

/** Servers that are added to a distributed store; new objects go where most room is. */
export interface MinIoPool {
    /** At least 4. Can't change later. */
    servers: number;
    /** Volumes of each server. Can't change later. @default 1 */
    volumes?: number;
    storage: MinIoStorage;
}

/** How objects of a bucket go by themselves. */
export interface MinIoLifecycle {
    /** Days after which an object is deleted; with versions it stays as a noncurrent one. @default never */
    expireDays?: number;
    /** Which objects `expireDays` is for, by the beginning of their keys: `logs/`. @default all of the bucket */
    prefix?: string;
    /** Days after which a version that was replaced or deleted goes for good. @default 30, and as long as a lock lasts */
    expireNoncurrentDays?: number;
}

/** A lock on every new version of an object, from its making on. */
export interface MinIoObjectLock {
    /** For how long. */
    days: number;
    /** @default `governance` */
    mode?: ObjectLockMode;
}

/** A bucket of a store. */
export interface MinIoBucketArgs {
    /** Keeps what is replaced or deleted as a version. Switched off, versions that are there go in their time. @default true */
    versioning?: boolean;
    lifecycle?: MinIoLifecycle;
    /** Only for a bucket from its making on: giving or taking it later is refused. Needs `versioning`. @default none */
    objectLock?: MinIoObjectLock;
    /** Above it, writes are refused, soon though not at once. For example `50Gi`. @default none */
    quota?: string;
    /** Another text gives the bucket's own user another key. @default never rotated */
    rotation?: pulumi.Input<string>;
}

/** A statement of a policy, in the words of S3. */
export interface MinIoStatement {
    /** @default `allow` */
    effect?: PolicyEffect;
    /**
     * Actions of S3: `s3:GetObject`. What administers buckets or undoes their locks and versions can be denied, not allowed:
     * `s3:PutBucketPolicy`, `s3:DeleteObjectVersion`, and so `s3:*` and `s3:Put*`.
     */
    actions: string[];
    /** Buckets, `media`, and keys in them, `media/public/*`. */
    resources: string[];
    /** Conditions by operator and key: `{ IpAddress: { "aws:SourceIp": ["10.0.0.0/8"] } }`. */
    conditions?: Record<string, Record<string, string[]>>;
}

/** A user of a store beside those of the buckets. The key is generated. */
export interface MinIoUserArgs {
    /** Buckets that the user may list, and whose objects it may read. @default none */
    reads?: string[];
    /** Buckets whose objects the user may read, add and overwrite; it deletes none. @default none */
    adds?: string[];
    /** Buckets whose objects the user may read, write and delete; versions stay for their time. @default none */
    writes?: string[];
    /** What the user may do besides. @default nothing */
    statements?: MinIoStatement[];
    /** Another text gives the user another key. @default never rotated */
    rotation?: pulumi.Input<string>;
}

/** Arguments of a {@link MinIo}. */
export interface MinIoArgs {
    cluster: Cluster;
    /** The namespace, which must be there: for data, one that stays. */
    namespace: pulumi.Input<string>;
    /**
     * How many servers: 1, or 4 and more of which some may be lost. Can't change later, since a store's data are spread over
     * its servers when they are made: see `pools`.
     * @default 1
     */
    servers?: number;
    /** Volumes of each server. More than 1 only with several servers. Can't change later. @default 1 */
    volumes?: number;
    storage: MinIoStorage;
    /** Further servers of a distributed store, in the order in which they came. One that is left out later is refused. */
    pools?: MinIoPool[];
    /** What becomes of the volumes when they leave the program. @default `protect` */
    deletion?: Deletion;
    /** The buckets, by name; each has a user of its own, of the same name. One that is left out later stays in the store. */
    buckets?: Record<string, MinIoBucketArgs>;
    /** Further users, by name. One that is left out later can't log in any more. */
    users?: Record<string, MinIoUserArgs>;
    /** What clients sign their requests for. @default `us-east-1` */
    region?: string;
    /** Hours after which an upload in parts that was never completed is removed. @default 24 */
    incompleteUploadHours?: number;
    /**
     * Another text gives the administrator another password, and who reads the metrics another token; every server restarts.
     * @default never rotated
     */
    rotation?: pulumi.Input<string>;
    /**
     * The server's image, whose entry point takes `server` and its arguments.
     * @default SILO, the maintained fork of MinIO, without a shell
     */
    image?: pulumi.Input<string>;
    /**
     * The image with `mc` and `sh` that makes buckets and users.
     * @default SILO's with a shell, of the same release
     */
    clientImage?: pulumi.Input<string>;
    /** @default requests of 250m and 512Mi, a limit of 2 CPUs and 2Gi of memory */
    resources?: Resources;
    /** Pods that may connect; see also `allowFrom`. @default none */
    callers?: PodPeer[];
    placement?: Placement;
    registry?: Registry;
    labels?: Labels;
    /** Name of the objects in the cluster. @default the logical name */
    resourceName?: string;
}
