import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type AlertRule, type Dashboard, Scheme, type Telemetry } from "../../core/contracts";
import { renderDashboard } from "../../core/dashboard";
import type { Certificates } from "./certificates";
import { app, podsOf, port, type Server, type Site } from "./server";
import { metricsUser } from "./validate";

/** 2100-01-01: the token ends with the user's secret, and a fixed time keeps it the same from run to run. */
const tokenEnd = 4_102_444_800;

/**
 * How a store is watched: by a token of a user who may read the metrics and nothing else. Without one, whoever may connect
 * could read the names and sizes of all buckets; with root's, whoever reads the token could act as one of the servers.
 *
 * @param secret of the user
 */
export function telemetryOf(
    site: Site,
    server: Server,
    certificates: Certificates,
    secret: pulumi.Output<string>,
): Telemetry {
    const { name, plan } = site;
    const access = {
        port,
        scheme: Scheme.Https,
        caCertificate: certificates.caCertificate,
        serverName: server.host,
        bearerToken: pulumi.secret(secret.apply((known) => metricsToken(metricsUser, known))),
    };
    const servers = plan.pools.map(({ component }) => podsOf(site, component));
    const [cluster, node] = [`${app}-${name}`, `${app}-${name}-node`];
    return {
        targets: servers.flatMap((pods, index) => [
            // Every server knows of all.
            ...(index === 0 ? [{ name: cluster, ...pods, ...access, path: "/minio/v2/metrics/cluster" }] : []),
            { name: index === 0 ? node : `${node}-${index}`, ...pods, ...access, path: "/minio/v2/metrics/node" },
        ]),
        alerts: minioAlerts(cluster),
        dashboards: [minioDashboard(name, cluster)],
    };
}

/** What the server takes as `Authorization: Bearer`: a JWT that the user's secret signs. */
export function metricsToken(user: string, secret: string): string {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const content = `${encode({ alg: "HS512", typ: "JWT" })}.${encode({ exp: tokenEnd, sub: user, iss: "prometheus" })}`;
    return `${content}.${createHmac("sha512", secret).update(content).digest("base64url")}`;
}

/** Metrics of minio/minio@7aac2a2 cmd/metrics-v2.go. */
export function minioAlerts(job: string): AlertRule[] {
    const on = `job="${job}"`;
    return [
        {
            name: "MinIoDown",
            expression: `max by (job) (up{${on}}) == 0`,
            for: "2m",
            severity: "critical",
            summary: "No server of {{ $labels.job }} answers.",
            description: "Look at the pods' events and logs. Servers that wait for others say for which.",
        },
        {
            name: "MinIoWriteQuorumLost",
            expression: `min by (job, pool, set) (minio_cluster_health_erasure_set_status{${on}}) == 0`,
            for: "1m",
            severity: "critical",
            summary: "Set {{ $labels.set }} of pool {{ $labels.pool }} of {{ $labels.job }} takes no writes.",
            description: "Too many of its drives are away. Bring servers back before another one goes: reads are next.",
        },
        {
            name: "MinIoServerOffline",
            expression: `max by (job) (minio_cluster_nodes_offline_total{${on}}) > 0`,
            severity: "warning",
            summary: "{{ $value }} servers of {{ $labels.job }} are away.",
            description: "Objects are read and written without them; a further loss may end that.",
        },
        {
            name: "MinIoDriveOffline",
            expression: `max by (job) (minio_cluster_drive_offline_total{${on}}) > 0`,
            severity: "warning",
            summary: "{{ $value }} drives of {{ $labels.job }} are away.",
            description: "Look at the volumes' claims and at the servers' logs, which name the drive.",
        },
        {
            name: "MinIoNearlyFull",
            expression:
                `min by (job) (minio_cluster_capacity_usable_free_bytes{${on}}) / ` +
                `min by (job) (minio_cluster_capacity_usable_total_bytes{${on}}) < 0.1`,
            for: "15m",
            severity: "warning",
            summary: "{{ $labels.job }} has {{ $value | humanizePercentage }} of its room left.",
            description: "Let storage.size grow, add a pool, or let objects expire: a full store refuses writes.",
        },
    ];
}

/** State, room and load of a store. */
export function minioDashboard(instance: string, job: string): Dashboard {
    const on = `job="${job}"`;
    return renderDashboard({
        app,
        instance,
        title: `MinIO ${instance}`,
        panels: [
            { title: "Servers", kind: "stat", unit: "short", queries: [[`sum(up{${on}})`, "answer"]] },
            {
                title: "Drives away",
                kind: "stat",
                unit: "short",
                queries: [[`max(minio_cluster_drive_offline_total{${on}})`, "drives"]],
            },
            {
                title: "Room",
                unit: "bytes",
                queries: [
                    [`min(minio_cluster_capacity_usable_free_bytes{${on}})`, "free"],
                    [`min(minio_cluster_capacity_usable_total_bytes{${on}})`, "all"],
                ],
            },
            {
                title: "Buckets",
                unit: "bytes",
                queries: [[`max by (bucket) (minio_bucket_usage_total_bytes{${on}})`, "{{bucket}}"]],
            },
            {
                title: "Requests",
                unit: "reqps",
                queries: [[`sum by (api) (rate(minio_s3_requests_total{${on}}[5m]))`, "{{api}}"]],
            },
            {
                title: "Failed requests",
                unit: "reqps",
                queries: [
                    [`sum by (api) (rate(minio_s3_requests_4xx_errors_total{${on}}[5m]))`, "refused {{api}}"],
                    [`sum by (api) (rate(minio_s3_requests_5xx_errors_total{${on}}[5m]))`, "failed {{api}}"],
                ],
            },
        ],
    });
}
