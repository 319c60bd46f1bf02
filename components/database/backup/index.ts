import type * as pulumi from "@pulumi/pulumi";
import type { Server, Site } from "../server";
import { createBackup, createRestore, createRestoreTest } from "./jobs";
import { createScripts } from "./pods";

export type { BackupPlace, BackupScratch, DatabaseBackupArgs, DatabaseRestoreArgs, RestoreTestArgs } from "./args";
export { backupAlerts } from "./telemetry";

/** What backups are made with. */
interface BackupParts {
    server: Server;
    /** Name of the Secret of the server's certificates. */
    certificatesName: pulumi.Input<string>;
    /** What makes the databases and users. */
    access: pulumi.Resource;
}

/** Whatever carries the data off and back, as far as the arguments ask for it. */
export function createBackups(site: Site, { server, certificatesName, access }: BackupParts): void {
    const { backup, restore } = site.args;
    if (!backup && !restore) {
        return;
    }
    const parts = { ...site, server, certificatesName, scriptsName: createScripts(site), backup: backup ?? {} };
    if (backup) {
        createBackup(parts, backup);
        createRestoreTest(parts, backup);
    }
    if (restore) {
        // Validation has seen that one of them is there.
        createRestore(parts, restore, { from: (restore.from ?? backup)!, after: access });
    }
}
