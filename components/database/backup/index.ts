import type * as pulumi from "@pulumi/pulumi";
import type { HardenedJob } from "../../core/workload";
import type { Server, Site } from "../server";
import type { BackupRun } from "./args";
import { createBackup, createRestore, createRestoreTest } from "./jobs";
import { createScripts } from "./pods";

export type {
    BackupPlace,
    BackupRun,
    BackupScratch,
    DatabaseBackupArgs,
    DatabaseRestoreArgs,
    RestoreTestArgs,
} from "./args";
export { backupAlerts } from "./telemetry";

/** What a restore's run is given: what it says itself, else what backups are given. */
function restoreRun(restore: BackupRun, backup: BackupRun = {}): BackupRun {
    return {
        scratch: restore.scratch ?? backup.scratch,
        resources: restore.resources ?? backup.resources,
        timeoutSeconds: restore.timeoutSeconds ?? backup.timeoutSeconds,
    };
}

/** What backups are made with. */
interface BackupParts {
    server: Server;
    /** Name of the Secret of the server's certificates. */
    certificatesName: pulumi.Input<string>;
    /** What makes the databases and users. */
    access: pulumi.Resource;
}

/**
 * Whatever carries the data off and back, as far as the arguments ask for it.
 *
 * @returns the Job that restores, where there is one
 */
export function createBackups(site: Site, { server, certificatesName, access }: BackupParts): HardenedJob | undefined {
    const { backup, restore } = site.args;
    if (!backup && !restore) {
        return undefined;
    }
    const parts = { ...site, server, certificatesName, scriptsName: createScripts(site) };
    // Validation has seen that one of the places is there.
    const restoring =
        restore &&
        createRestore({ ...parts, run: restoreRun(restore, backup) }, restore, {
            from: (restore.from ?? backup)!,
            after: access,
        });
    if (backup) {
        createBackup({ ...parts, run: backup }, backup, { after: restoring });
        createRestoreTest({ ...parts, run: backup }, backup);
    }
    return restoring;
}
