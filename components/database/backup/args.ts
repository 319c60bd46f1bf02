import type * as pulumi from "@pulumi/pulumi";
import type { ObjectStoreConnection } from "../../core/contracts";
import type { Resources } from "../../core/workload";

/** The room that a backup's pods work in: a volume that is made for each run and deleted after it. */
export interface BackupScratch {
    /**
     * Holds the dumps; for a restore test the dumps and the data, loaded. For example `100Gi`.
     * @default the size of the database's volume
     */
    size?: pulumi.Input<string>;
    /** @default the class of the database's volume */
    storageClass?: pulumi.Input<string>;
}

/** The regular proof that backups can be restored. */
export interface RestoreTestArgs {
    /** When it runs: five fields, for example `0 6 * * 0`. @default once a week, on Sunday morning */
    schedule?: string;
}

/** Where backups lie. */
export interface BackupPlace {
    /**
     * The bucket, in any object store. Keys and workload identities need the rights to list, read and write, and to delete
     * unless `keptByBucket` says otherwise. With Google Cloud Storage a key is an HMAC key, with Azure Blob the name of the
     * storage account and its key.
     */
    store: ObjectStoreConnection;
    /** The folder in the bucket. No two databases may share one: the second one's upload is refused. @default `NAMESPACE/NAME` */
    prefix?: pulumi.Input<string>;
    /**
     * What the contents are encrypted with before they leave the cluster, by rclone's crypt (XSalsa20 and Poly1305, the key
     * made by scrypt). Names of databases stay readable. Who loses it loses every backup, so keep it outside of the cluster
     * and of the bucket. Another password counts for backups from then on. Secret. At least 12 characters.
     * @default the store's own encryption alone
     */
    encryptionPassword?: pulumi.Input<string>;
}

/** What a run is given. */
export interface BackupRun {
    scratch?: BackupScratch;
    /** Of each container. @default requests of 100m and 256Mi, limits of 1 and 1Gi */
    resources?: Resources;
    /** After how many seconds a run has failed. @default 21600, six hours */
    timeoutSeconds?: number;
}

/** Regular backups of a database into an object store. */
export interface DatabaseBackupArgs extends BackupPlace, BackupRun {
    /** When it runs: five fields, for example `0 3 * * *`. @default each night at a time that depends on the name */
    schedule?: string;
    /** The time zone of the schedules, for example `Europe/Berlin`. @default `Etc/UTC` */
    timeZone?: string;
    /** How many days a backup is kept; the newest whole one always is. @default 14 */
    keepDays?: number;
    /**
     * Deletes nothing: the bucket's own rules decide how long a backup is kept, and the key needs no right to delete. For
     * buckets with object lock. Not together with `keepDays`.
     * @default false
     */
    keptByBucket?: boolean;
    /** @default once a week */
    restoreTest?: RestoreTestArgs;
    /**
     * Goes on in a folder in which another database of this name has written the newest backup: the one that this database
     * was restored from, or whose volumes it took over. The other's backups are then never deleted by this one. Leave it
     * out where the other still writes.
     * @default true where `restore` fills this database from that very folder, else false: the upload is refused
     */
    takeOver?: boolean;
}

/**
 * Fills a new database from a backup, once. The name of the restore stays on the server, so that no later `up` restores
 * again, whatever else changed; a server with other data is refused. What the run is given, and is not said here, is as for
 * `backup`.
 */
export interface DatabaseRestoreArgs extends BackupRun {
    /** `latest`, or the time of a backup as it is called in the bucket: `20261122T031700Z`. */
    backup: string;
    /** The name of this restore: letters, digits, `.`, `_` and `-`. @default the value of `backup` */
    id?: string;
    /** Where the backup lies. @default where `backup` writes */
    from?: BackupPlace;
}
