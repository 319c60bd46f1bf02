import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { croner } from "../../core/lazy-modules";
import type { StatefulDatabaseArgs } from "../args";
import type { DatabaseBackupArgs } from "./args";

export const defaultKeepDays = 14;
export const defaultTimeoutSeconds = 21_600;

export const defaultResources = {
    requests: { cpu: "100m", memory: "256Mi" },
    limits: { cpu: "1", memory: "1Gi" },
};

/** When backups are made and when they are tested. */
export interface BackupTimes {
    backup: string;
    restoreTest: string;
}

const nightStart = 1;
const nightMinutes = 240;
const hoursToTest = 5;

/** Between 1 and 5 at night, spread by the name, so that not every database of a cluster is dumped at once. */
export function backupTimes(name: string, { schedule, restoreTest }: DatabaseBackupArgs): BackupTimes {
    const spread = createHash("sha256").update(name).digest().readUInt32BE() % nightMinutes;
    const minute = spread % 60;
    const hour = nightStart + Math.floor(spread / 60);
    return {
        backup: schedule ?? `${minute} ${hour} * * *`,
        restoreTest: restoreTest?.schedule ?? `${minute} ${hour + hoursToTest} * * 0`,
    };
}

const consideredRuns = 400;

/**
 * The longest time from one run of a schedule to the next, in seconds. Kubernetes' `@every` is no schedule of croner's and
 * is refused before.
 */
export function longestPause(schedule: string): number {
    const runs = new croner.Cron(schedule, { mode: "5-part", paused: true, timezone: "UTC" }).nextRuns(consideredRuns);
    const pauses = runs.slice(1).map((run, index) => run.getTime() - runs[index]!.getTime());
    return Math.max(...pauses, 0) / 1000;
}

/** The folder in the bucket. */
export function placeOf(
    { namespace }: Pick<StatefulDatabaseArgs, "namespace">,
    resourceName: string,
    prefix: pulumi.Input<string> | undefined,
): pulumi.Input<string> {
    return prefix ?? pulumi.interpolate`${namespace}/${resourceName}`;
}
