import type * as pulumi from "@pulumi/pulumi";
import { ObjectStoreKind, type ObjectStoreConnection } from "../../core/contracts";
import { type Checks, QuantityKind } from "../../core/validation";
import { nameLimits } from "../../core/names";
import type { StatefulDatabaseArgs } from "../args";
import type { BackupPlace, BackupRun, DatabaseBackupArgs, DatabaseRestoreArgs } from "./args";

/** Folders that every store takes and no shell or URL quotes. */
const prefix = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const shortestPassword = 12;

/** Checks the arguments of backups. */
export function checkBackups(checks: Checks, name: string, { backup, restore, ...args }: StatefulDatabaseArgs): void {
    if (backup) {
        checkName(checks, args.resourceName === undefined ? "name" : "resourceName", args.resourceName ?? name);
        checkBackup(checks.at("backup"), backup);
    }
    if (restore) {
        checkRestore(checks.at("restore"), restore, backup);
    }
}

/** CronJobs have shorter names than other objects, and the longest one is that of the test. */
function checkName(checks: Checks, path: string, name: string): void {
    const longest = nameLimits.CronJob.maximum - "-restore-test".length;
    const limit = nameLimits.StatefulSet.maximum;
    if (name.length > longest && name.length <= limit) {
        checks.fault(
            path,
            `is "${name}", whose ${name.length} characters leave no room for the names of backups; ` +
                `use at most ${longest}, or give a shorter resourceName`,
        );
    }
}

function checkBackup(checks: Checks, backup: DatabaseBackupArgs): void {
    checkPlace(checks, backup);
    checkSchedule(checks, "schedule", backup.schedule);
    checkSchedule(checks, "restoreTest.schedule", backup.restoreTest?.schedule);
    checks.timeZone("timeZone", backup.timeZone);
    checks.integer("keepDays", backup.keepDays, { minimum: 1 });
    if (backup.keptByBucket && backup.keepDays !== undefined) {
        checks.fault("keepDays", `is ${backup.keepDays}, but keptByBucket is true; leave one of them out`);
    }
    checkRun(checks, backup);
}

function checkRun(checks: Checks, { scratch, timeoutSeconds }: BackupRun): void {
    checks.quantity("scratch.size", scratch?.size, QuantityKind.Storage, { minimum: "64Mi" });
    checks.dnsSubdomain("scratch.storageClass", scratch?.storageClass);
    checks.integer("timeoutSeconds", timeoutSeconds, { minimum: 60 });
}

/** The alerts need the pauses between runs, which five fields tell. */
function checkSchedule(checks: Checks, path: string, schedule: string | undefined): void {
    checks.cron(path, schedule);
    if (schedule?.startsWith("@")) {
        checks.fault(path, `is "${schedule}", a shortcut; give five fields, such as "0 3 * * *"`);
    }
}

function checkRestore(checks: Checks, restore: DatabaseRestoreArgs, backup: DatabaseBackupArgs | undefined): void {
    checks.required("backup", restore.backup, '"latest", or the time of a backup');
    checks.matches(
        "backup",
        restore.backup,
        /^(latest|\d{8}T\d{6}Z)$/,
        'give "latest", or the time of a backup as it is called in the bucket, such as "20261122T031700Z"',
    );
    checkRun(checks, restore);
    checks.matches("id", restore.id, /^[A-Za-z0-9._-]{1,63}$/, 'use up to 63 letters, digits, ".", "_" and "-"');
    if (restore.from) {
        checkPlace(checks.at("from"), restore.from);
    } else if (!backup) {
        checks.fault("from", "is missing, and there is no `backup` that says where backups lie; give one of them");
    }
}

function checkPlace(checks: Checks, place: BackupPlace): void {
    checks.required("store", place.store, "the connection of a bucket");
    if (place.store) {
        checkStore(checks.at("store"), place.store);
    }
    checks.matches(
        "prefix",
        place.prefix,
        prefix,
        'use folders of letters, digits, ".", "_" and "-" with "/" between, and none at the ends',
    );
    checkPassword(checks.secret, place.encryptionPassword);
}

/** Only its first line would count. */
function checkPassword(checks: Checks, password: pulumi.Input<string> | undefined): void {
    checks.length("encryptionPassword", password, { minimum: shortestPassword });
    checks.matches("encryptionPassword", password, /^[^\r\n]*$/, "give one line");
}

function checkStore(checks: Checks, { kind, endpoint, key, serviceAccountAnnotations }: ObjectStoreConnection): void {
    checks.oneOf("kind", kind, Object.values(ObjectStoreKind));
    checks.matches("endpoint", endpoint, /^https?:\/\//, 'give a URL with its scheme: "https://s3.example.com"');
    if (!key && kind === ObjectStoreKind.MinIo) {
        checks.fault("key", "is missing; MinIO knows no workload identity, so give the connection a key");
    } else if (!key && serviceAccountAnnotations === undefined) {
        checks.fault("key", "is missing, and so are serviceAccountAnnotations; without one of them nothing logs in");
    }
}
