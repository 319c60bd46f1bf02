import type { AlertRule, Dashboard } from "../../core/contracts";
import { renderDashboard } from "../../core/dashboard";

/** Metrics of prometheus-community/postgres_exporter@v0.20.1. */
export function postgresqlAlerts(job: string, replicas: number, synchronousCopies: number): AlertRule[] {
    const on = `job="${job}"`;
    const alone: AlertRule[] = [
        {
            name: "PostgreSqlDown",
            expression: `pg_up{${on}} == 0 or up{${on}} == 0`,
            for: "2m",
            severity: "critical",
            summary: "PostgreSQL {{ $labels.instance }} does not answer.",
            description: "Look at the pod's events, at the log of its init container prepare, then at the server's.",
        },
        {
            name: "PostgreSqlConnectionsNearlyUsedUp",
            expression:
                `sum by (instance) (pg_stat_activity_count{${on}}) / ` +
                `max by (instance) (pg_settings_max_connections{${on}}) > 0.85`,
            severity: "warning",
            summary: "{{ $value | humanizePercentage }} of the connections of {{ $labels.instance }} are in use.",
            description: "Clients that find none are refused. Look for a client that opens too many, or pool them.",
        },
    ];
    const together: AlertRule[] = [
        {
            name: "PostgreSqlNoPrimary",
            expression: `count(pg_replication_is_replica{${on}}) > 0 unless count(pg_replication_is_replica{${on}} == 0) > 0`,
            for: "2m",
            severity: "critical",
            summary: "No pod takes writes.",
            description:
                "The one that did hands over, or is lost: its init container prepare says what it waits for. If it is lost for good, a person promotes a copy.",
        },
        {
            name: "PostgreSqlCopyLags",
            expression: `pg_replication_lag_seconds{${on}} > 60 and pg_replication_is_replica{${on}} == 1`,
            severity: "warning",
            summary: "The copy {{ $labels.instance }} is {{ $value | humanizeDuration }} behind its primary.",
            description: "Reads from it are old, and so is what it would begin with as the primary.",
        },
        {
            // The lag of a copy that receives nothing is 0.
            name: "PostgreSqlCopyCutOff",
            expression: `pg_replication_is_replica{${on}} == 1 unless on (instance) (time() - pg_stat_wal_receiver_last_msg_receipt_time{${on}} < 120)`,
            for: "5m",
            severity: "critical",
            summary: "The copy {{ $labels.instance }} gets nothing from its primary.",
            description: "Look at its log: the primary may be gone, or no longer have what the copy lacks.",
        },
        {
            name: "PostgreSqlSlotInactive",
            expression: `pg_replication_slots_slot_is_active{${on}} == 0 and on (instance) pg_replication_is_replica{${on}} == 0`,
            for: "15m",
            severity: "warning",
            summary: "Nobody reads the slot {{ $labels.slot_name }} of {{ $labels.instance }}.",
            description: "A copy is away; past max_slot_wal_keep_size it has to be made anew from its primary.",
        },
    ];
    const synchronous: AlertRule[] = [
        {
            name: "PostgreSqlCommitsWait",
            expression: `sum by (instance) (pg_stat_activity_count{${on}, wait_event="SyncRep"}) > 0`,
            for: "1m",
            severity: "critical",
            summary: "{{ $value }} commits on {{ $labels.instance }} wait for copies.",
            description: "Fewer copies follow than synchronousCopies asks for. Bring them back, or ask for fewer.",
        },
    ];
    return [...alone, ...(replicas > 1 ? together : []), ...(synchronousCopies > 0 ? synchronous : [])];
}

/** Load, size and copies of a server. */
export function postgresqlDashboard(instance: string, job: string): Dashboard {
    const on = `job="${job}"`;
    return renderDashboard({
        app: "postgresql",
        instance,
        title: `PostgreSQL ${instance}`,
        panels: [
            { title: "Up", kind: "stat", unit: "short", queries: [[`pg_up{${on}}`, "{{instance}}"]] },
            {
                title: "Connections",
                unit: "short",
                queries: [
                    [`sum by (instance) (pg_stat_activity_count{${on}})`, "{{instance}}"],
                    [`max by (instance) (pg_settings_max_connections{${on}})`, "most of {{instance}}"],
                ],
            },
            { title: "Size", unit: "bytes", queries: [[`pg_database_size_bytes{${on}}`, "{{instance}} {{datname}}"]] },
            {
                title: "Behind the primary",
                unit: "s",
                queries: [[`pg_replication_lag_seconds{${on}}`, "{{instance}}"]],
            },
        ],
    });
}
