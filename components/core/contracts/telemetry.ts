import type * as pulumi from "@pulumi/pulumi";
import type { Scheme } from "./service";

/** Pods that answer with Prometheus metrics. */
export interface ScrapeTarget {
    /** The scrape job's name. */
    name: string;
    namespace: pulumi.Input<string>;
    podSelector: pulumi.Input<Record<string, pulumi.Input<string>>>;
    port: pulumi.Input<number>;
    /** @default `/metrics` */
    path?: pulumi.Input<string>;
    /** @default `http` */
    scheme?: pulumi.Input<Scheme>;
    /** PEM certificate of the authority that signed the pods' certificate, for `https`. */
    caCertificate?: pulumi.Input<string>;
    /** The name in the pods' certificate, since they are reached by their addresses. */
    serverName?: pulumi.Input<string>;
    /** What to send as `Authorization: Bearer`; secret. @default nothing */
    bearerToken?: pulumi.Input<string>;
}

/** How soon somebody has to look. */
export const Severity = { Critical: "critical", Warning: "warning", Info: "info" } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** An alerting rule. */
export interface AlertRule {
    /** In CamelCase, for example `FissionRouterErrors`. */
    name: string;
    /** The PromQL expression. */
    expression: string;
    /** How long the expression must hold, as a Prometheus duration. @default `5m` */
    for?: string;
    severity: Severity;
    /** What is wrong, in one sentence; may use `{{ $labels.x }}`. */
    summary: string;
    /** What to look at first. */
    description?: string;
}

/** A Grafana dashboard. */
export interface Dashboard {
    /** File name without ending; unique in the stack. */
    name: string;
    title: string;
    /** The dashboard's model as JSON text. */
    json: string;
}

/** What a component offers to be watched by. Monitoring takes a list of these and knows nobody by name. */
export interface Telemetry {
    targets: ScrapeTarget[];
    alerts: AlertRule[];
    dashboards: Dashboard[];
}
