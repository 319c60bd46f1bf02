import type { AlertRule } from "../../core/contracts";
import type { DatabaseBackupArgs } from "./args";
import { backupTimes, longestPause } from "./plan";

/** How much longer than usual a run may take until somebody is told, in seconds. */
const slackSeconds = 2 * 3600;

/** What tells a database's CronJobs from others. */
interface AlertFacts {
    /** The logical name, which the default schedules depend on. */
    name: string;
    /** Name of the objects in the cluster. */
    resourceName: string;
    /** Where it is known while the program runs. */
    namespace?: string;
}

/**
 * Alerts on backups that are missing, by what kube-state-metrics says of the CronJobs
 * (https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/cronjob-metrics.md). One that never
 * succeeded has no time of success: then the time at which it was made counts.
 */
export function backupAlerts({ name, resourceName, namespace }: AlertFacts, backup: DatabaseBackupArgs): AlertRule[] {
    const times = backupTimes(name, backup);
    const selector = (cronJob: string): string =>
        [`cronjob="${cronJob}"`, ...(namespace === undefined ? [] : [`namespace="${namespace}"`])].join(",");
    const backups = selector(`${resourceName}-backup`);
    const tests = selector(`${resourceName}-restore-test`);
    const which = "{{ $labels.namespace }}/{{ $labels.cronjob }}";
    return [
        {
            name: "DatabaseBackupMissing",
            expression: `time() - (${lastSuccess(backups)}) > ${longestPause(times.backup) + slackSeconds}`,
            severity: "critical",
            summary: `${which} has made no backup for {{ $value | humanizeDuration }}.`,
            description: "Look at the logs of its newest Job's pods: the container dump, then upload.",
        },
        {
            name: "DatabaseRestoreTestMissing",
            expression: `time() - (${lastSuccess(tests)}) > ${longestPause(times.restoreTest) + slackSeconds}`,
            severity: "critical",
            summary: `${which} has restored no backup for {{ $value | humanizeDuration }}.`,
            description: "Whether the backups can be restored is not known. Look at the logs of its newest Job's pods.",
        },
        ...[backups, tests].map((on): AlertRule => ({
            name: on === backups ? "DatabaseBackupFailed" : "DatabaseRestoreTestFailed",
            expression:
                `kube_cronjob_status_last_schedule_time{${on}} > (${lastSuccess(on)}) ` +
                `and kube_cronjob_status_active{${on}} == 0`,
            for: "15m",
            severity: "warning",
            summary: `The last run of ${which} failed.`,
            description: "Look at the logs of its newest Job's pods; the next run is by the schedule.",
        })),
    ];
}

function lastSuccess(selector: string): string {
    return `kube_cronjob_status_last_successful_time{${selector}} or kube_cronjob_created{${selector}}`;
}
