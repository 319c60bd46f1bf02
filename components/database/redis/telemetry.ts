import type { AlertRule, Dashboard } from "../../core/contracts";
import { renderDashboard } from "../../core/dashboard";

/** Metrics of oliver006/redis_exporter@v1.88.0 (exporter/exporter.go). */
export function redisAlerts(job: string, replicas: number): AlertRule[] {
    const on = `job="${job}"`;
    const alone: AlertRule[] = [
        {
            name: "RedisDown",
            expression: `redis_up{${on}} == 0 or up{${on}} == 0`,
            for: "2m",
            severity: "critical",
            summary: "Redis {{ $labels.instance }} does not answer.",
            description: "Look at the pod's events, at the log of its init container prepare, then at the server's.",
        },
        {
            name: "RedisMemoryNearlyUsedUp",
            expression: `redis_memory_used_bytes{${on}} / (redis_memory_max_bytes{${on}} > 0) > 0.9`,
            severity: "warning",
            summary: "{{ $value | humanizePercentage }} of the memory for data of {{ $labels.instance }} is in use.",
            description:
                "Past it writes are refused, or keys thrown away, as maxmemory-policy says. Raise the memory limit or expire keys.",
        },
        {
            name: "RedisRejectsConnections",
            expression: `increase(redis_rejected_connections_total{${on}}[5m]) > 0`,
            severity: "warning",
            summary: "{{ $labels.instance }} turns clients away.",
            description: "There are as many as maxclients allows. Look for one that opens too many, or pool them.",
        },
        {
            name: "RedisWritesNoLog",
            expression: `redis_aof_last_write_status{${on}} == 0`,
            severity: "critical",
            summary: "{{ $labels.instance }} can't write its log and refuses writes.",
            description: "Its volume is full or broken.",
        },
        {
            name: "RedisRewritesNoLog",
            expression: `redis_aof_last_bgrewrite_status{${on}} == 0 or redis_rdb_last_bgsave_status{${on}} == 0`,
            for: "15m",
            severity: "warning",
            summary: "{{ $labels.instance }} could not write all of its data anew.",
            description:
                "The log grows until that succeeds, and copies can't be made. Usually memory is short: the child process needs some beside the data.",
        },
    ];
    const together: AlertRule[] = [
        {
            name: "RedisCopyCutOff",
            expression: `redis_master_link_up{${on}} == 0`,
            for: "5m",
            severity: "critical",
            summary: "The copy {{ $labels.instance }} gets nothing from its primary.",
            description:
                "The primary is gone, or was made anew and is another database (the copy's log says WRONGPASS): then copy the data of this pod first.",
        },
        {
            name: "RedisCopyLags",
            expression: `redis_connected_slave_lag_seconds{${on}} > 30`,
            for: "5m",
            severity: "warning",
            summary: "The copy {{ $labels.slave_ip }} is {{ $value | humanizeDuration }} behind its primary.",
            description: "Reads from it are old.",
        },
    ];
    return replicas > 1 ? [...alone, ...together] : alone;
}

/** Load, size and copies of a server. */
export function redisDashboard(instance: string, job: string): Dashboard {
    const on = `job="${job}"`;
    return renderDashboard({
        app: "redis",
        instance,
        title: `Redis ${instance}`,
        panels: [
            { title: "Up", kind: "stat", unit: "short", queries: [[`redis_up{${on}}`, "{{instance}}"]] },
            {
                title: "Commands",
                unit: "ops",
                queries: [[`rate(redis_commands_processed_total{${on}}[5m])`, "{{instance}}"]],
            },
            {
                title: "Memory",
                unit: "bytes",
                queries: [
                    [`redis_memory_used_bytes{${on}}`, "{{instance}}"],
                    [`redis_memory_max_bytes{${on}}`, "most of {{instance}}"],
                ],
            },
            { title: "Keys", unit: "short", queries: [[`redis_db_keys{${on}}`, "{{instance}}"]] },
            {
                title: "Reads that found their key",
                unit: "percentunit",
                queries: [
                    [
                        `rate(redis_keyspace_hits_total{${on}}[5m]) / (rate(redis_keyspace_hits_total{${on}}[5m]) + rate(redis_keyspace_misses_total{${on}}[5m]))`,
                        "{{instance}}",
                    ],
                ],
            },
            {
                title: "Clients",
                unit: "short",
                queries: [[`redis_connected_clients{${on}}`, "{{instance}}"]],
            },
            {
                title: "Behind the primary",
                unit: "s",
                queries: [[`redis_connected_slave_lag_seconds{${on}}`, "{{slave_ip}}"]],
            },
        ],
    });
}
