import type { AlertRule, Dashboard } from "../../core/contracts";
import { renderDashboard } from "../../core/dashboard";

/** States of members, of which those above a secondary can't serve: https://www.mongodb.com/docs/manual/reference/replica-states/ */
const [primaryState, secondaryState, downState] = [1, 2, 8];

/** Metrics of percona/mongodb_exporter@v0.53.0 with --compatible-mode, of which the two of the oplog come. */
export function mongodbAlerts(job: string, replicas: number): AlertRule[] {
    const on = `job="${job}"`;
    const alone: AlertRule[] = [
        {
            name: "MongoDbDown",
            expression: `mongodb_up{${on}} == 0 or up{${on}} == 0`,
            for: "2m",
            severity: "critical",
            summary: "MongoDB {{ $labels.instance }} does not answer.",
            description: "Look at the pod's events, at the log of its init container prepare, then at the server's.",
        },
        {
            name: "MongoDbNoPrimary",
            expression: `max(mongodb_members_state{${on}} == bool ${primaryState}) == 0`,
            for: "2m",
            severity: "critical",
            summary: `The replica set of ${job} has no primary.`,
            description: "Nothing can be written. A majority of the members has to run and to reach each other.",
        },
        {
            name: "MongoDbConnectionsNearlyUsedUp",
            expression:
                `sum by (instance) (mongodb_ss_connections{${on},conn_type="current"}) / ` +
                `sum by (instance) (mongodb_ss_connections{${on},conn_type=~"current|available"}) > 0.85`,
            severity: "warning",
            summary: "{{ $value | humanizePercentage }} of the connections of {{ $labels.instance }} are in use.",
            description: "Clients that find none are refused. Look for a client that opens too many.",
        },
        {
            // A young log is short because little was written, so only one that is full counts.
            name: "MongoDbOplogWindowShort",
            expression:
                `(mongodb_mongod_replset_oplog_head_timestamp{${on}} - mongodb_mongod_replset_oplog_tail_timestamp{${on}}) < 6 * 3600 ` +
                `and on (instance) (max by (instance) (mongodb_oplog_stats_size{${on}}) / max by (instance) (mongodb_oplog_stats_maxSize{${on}}) > 0.8)`,
            for: "15m",
            severity: "warning",
            summary: "The oplog of {{ $labels.instance }} reaches back {{ $value | humanizeDuration }} only.",
            description:
                "A member that is away for longer has to be filled anew, and change streams can't go on. Raise replication.oplogSizeMB on an empty database, or replSetResizeOplog.",
        },
    ];
    const together: AlertRule[] = [
        {
            name: "MongoDbMemberLags",
            expression:
                `(scalar(max(mongodb_members_optimeDate{${on},member_state="PRIMARY"})) - ` +
                `max by (member_idx) (mongodb_members_optimeDate{${on},member_state="SECONDARY"})) / 1000 > 60`,
            for: "5m",
            severity: "warning",
            summary: "The member {{ $labels.member_idx }} is {{ $value | humanizeDuration }} behind its primary.",
            description: "Reads from it are old, and writes that wait for a majority may wait for it.",
        },
        {
            name: "MongoDbMemberUnreachable",
            expression: `min by (member_idx) (mongodb_members_health{${on}}) == 0`,
            for: "5m",
            severity: "critical",
            summary: "A member can't reach {{ $labels.member_idx }}.",
            description: "One more that fails may leave the set without a majority, and so without a primary.",
        },
        {
            name: "MongoDbMemberNotServing",
            expression: `(min by (member_idx) (mongodb_members_state{${on}}) > ${secondaryState}) != ${downState}`,
            for: "30m",
            severity: "warning",
            summary: "The member {{ $labels.member_idx }} runs and can't serve.",
            description:
                "It is being filled, or it recovers. One that stays so was away for longer than the oplog reaches back: delete its pod and claim, and the others fill it. Until then a roll waits for it.",
        },
    ];
    return replicas > 1 ? [...alone, ...together] : alone;
}

/** Load, size and members of a set. */
export function mongodbDashboard(instance: string, job: string): Dashboard {
    const on = `job="${job}"`;
    return renderDashboard({
        app: "mongodb",
        instance,
        title: `MongoDB ${instance}`,
        panels: [
            { title: "Up", kind: "stat", unit: "short", queries: [[`mongodb_up{${on}}`, "{{instance}}"]] },
            {
                title: "Primaries",
                kind: "stat",
                unit: "short",
                queries: [
                    [`count(max by (member_idx) (mongodb_members_state{${on}}) == ${primaryState})`, "primaries"],
                ],
            },
            {
                title: "Connections",
                unit: "short",
                queries: [
                    [`sum by (instance) (mongodb_ss_connections{${on},conn_type="current"})`, "{{instance}}"],
                    [`sum by (instance) (mongodb_ss_connections{${on},conn_type="available"})`, "left of {{instance}}"],
                ],
            },
            {
                title: "Operations",
                unit: "ops",
                queries: [[`sum by (legacy_op_type) (rate(mongodb_ss_opcounters{${on}}[5m]))`, "{{legacy_op_type}}"]],
            },
            {
                title: "Size",
                unit: "bytes",
                queries: [[`max by (database) (mongodb_dbstats_dataSize{${on}})`, "{{database}}"]],
            },
            {
                title: "Behind the primary",
                unit: "ms",
                queries: [
                    [
                        `scalar(max(mongodb_members_optimeDate{${on},member_state="PRIMARY"})) - max by (member_idx) (mongodb_members_optimeDate{${on},member_state="SECONDARY"})`,
                        "{{member_idx}}",
                    ],
                ],
            },
        ],
    });
}
