import type * as pulumi from "@pulumi/pulumi";

/** The protocol that a Service speaks. */
export const Scheme = { Http: "http", Https: "https", Tcp: "tcp" } as const;
export type Scheme = (typeof Scheme)[keyof typeof Scheme];

/** Pods, for the two ends of a network rule. */
export interface PodPeer {
    namespace: pulumi.Input<string>;
    /** Labels of the pods; empty means every pod of the namespace. */
    podSelector: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Something that listens in the cluster: what an ingress routes to, a network policy opens and monitoring reads. */
export interface ServiceRef {
    namespace: pulumi.Input<string>;
    /** The Service's name. */
    service: pulumi.Input<string>;
    /** The Service's port. */
    port: pulumi.Input<number>;
    /** The port that the pods listen on, which is what a NetworkPolicy sees. @default `port` */
    targetPort?: pulumi.Input<number>;
    scheme: pulumi.Input<Scheme>;
    /** Labels of the pods behind the Service. */
    podSelector: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
