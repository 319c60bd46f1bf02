import type { AlertRule, Dashboard, DatabaseEngine } from "../../core/contracts";
import { renderDashboard } from "../../core/dashboard";

/** Names of metrics that differ, since the exporter takes them from the columns of the server's answer. */
export interface FamilyMetrics {
    /** Whether a copy receives what the primary writes. */
    receives: string;
    /** Whether a copy carries that out. */
    applies: string;
    /** Seconds that a copy is behind. */
    behind: string;
}

/** Metrics of prometheus/mysqld_exporter@v0.20.0. */
export function familyAlerts(title: string, metrics: FamilyMetrics, job: string, replicas: number): AlertRule[] {
    const on = `job="${job}"`;
    const name = alertName(title);
    const alone: AlertRule[] = [
        {
            name: `${name}Down`,
            expression: `mysql_up{${on}} == 0 or up{${on}} == 0`,
            for: "2m",
            severity: "critical",
            summary: `${title} {{ $labels.instance }} does not answer.`,
            description: "Look at the pod's events, at the log of its init container prepare, then at the server's.",
        },
        {
            name: `${name}ConnectionsNearlyUsedUp`,
            expression:
                `mysql_global_status_threads_connected{${on}} / ` +
                `mysql_global_variables_max_connections{${on}} > 0.85`,
            severity: "warning",
            summary: "{{ $value | humanizePercentage }} of the connections of {{ $labels.instance }} are in use.",
            description: "Clients that find none are refused. Look for a client that opens too many, or pool them.",
        },
        {
            name: `${name}ConnectionsRefused`,
            expression: `rate(mysql_global_status_aborted_connects{${on}}[10m]) > 0.1`,
            for: "15m",
            severity: "warning",
            summary: "{{ $labels.instance }} refuses {{ $value | humanize }} logins a second.",
            description:
                "A client has an old password, no TLS or another authority, or somebody guesses. The log says who.",
        },
    ];
    const copy = `mysql_global_variables_read_only{${on}} == 1`;
    const together: AlertRule[] = [
        {
            name: `${name}CopyLags`,
            expression: `${metrics.behind}{${on}} > 60`,
            for: "5m",
            severity: "warning",
            summary: "The copy {{ $labels.instance }} is {{ $value | humanizeDuration }} behind its primary.",
            description: "Reads from it are old. A large transaction does that for a while; else look at its load.",
        },
        {
            // One that follows nobody has no status at all.
            name: `${name}CopyCutOff`,
            expression:
                `${metrics.receives}{${on}} == 0 or ${metrics.applies}{${on}} == 0 or ` +
                `(${copy} unless on (instance) ${metrics.receives}{${on}})`,
            for: "5m",
            severity: "critical",
            summary: "The copy {{ $labels.instance }} no longer follows its primary.",
            description:
                "Its log says why: the primary may be gone, may no longer have what the copy lacks, or the copy has " +
                "what the primary has not. In the last two cases delete its pod and claim, and it is made anew.",
        },
    ];
    return replicas > 1 ? [...alone, ...together] : alone;
}

/** `MySQL` begins the names of its alerts as `MySql`. */
function alertName(title: string): string {
    return title.replace(/[A-Z]{2,}/g, (letters) => letters[0]! + letters.slice(1).toLowerCase());
}

/** Load and copies of a server. */
export function familyDashboard(
    engine: DatabaseEngine,
    title: string,
    metrics: FamilyMetrics,
    instance: string,
    job: string,
): Dashboard {
    const on = `job="${job}"`;
    const status = (name: string): string => `mysql_global_status_${name}{${on}}`;
    return renderDashboard({
        app: engine,
        instance,
        title: `${title} ${instance}`,
        panels: [
            { title: "Up", kind: "stat", unit: "short", queries: [[`mysql_up{${on}}`, "{{instance}}"]] },
            {
                title: "Connections",
                unit: "short",
                queries: [
                    [status("threads_connected"), "{{instance}}"],
                    [`mysql_global_variables_max_connections{${on}}`, "most of {{instance}}"],
                ],
            },
            {
                title: "Queries a second",
                unit: "reqps",
                queries: [[`rate(${status("queries")}[5m])`, "{{instance}}"]],
            },
            {
                title: "Pages read from the disk a second",
                unit: "short",
                queries: [[`rate(${status("innodb_buffer_pool_reads")}[5m])`, "{{instance}}"]],
            },
            { title: "Behind the primary", unit: "s", queries: [[`${metrics.behind}{${on}}`, "{{instance}}"]] },
        ],
    });
}
