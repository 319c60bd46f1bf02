import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, ObjectStoreConnection, PodPeer } from "../../core/contracts";
import type { Deletion } from "../../core/deletion";
import type { Labels } from "../../core/labels";
import type { EgressRule } from "../../core/network";
import type { Placement } from "../../core/placement";
import type { Registry } from "../../core/registry";
import type { FunctionResources } from "../function";

/** The warm pods that wait for functions of one language. */
export interface FissionEnvironment {
    /** Runs the functions, by version 3 of Fission's contract. @default upstream's image of the language */
    image?: pulumi.Input<string>;
    /** Warm pods per function namespace. A call to a function without a pod takes one of them. @default 1 */
    poolSize?: number;
    /** What one pod may use. */
    resources?: FunctionResources;
}

/** The languages that the installation offers. */
export interface FissionEnvironments {
    /** @default one warm pod */
    nodejs?: FissionEnvironment;
    /** @default one warm pod */
    python?: FissionEnvironment;
}

/** Where archives lie that are too large for a Package: those that the `fission` command line uploads or builds. */
export interface FissionStorage {
    /** Size of the volume; it only grows. @default `8Gi` */
    size?: pulumi.Input<string>;
    /** @default the cluster's */
    storageClass?: pulumi.Input<string>;
    /** A bucket instead of the volume. It needs a key: Fission knows no workload identity. */
    objectStore?: ObjectStoreConnection;
}

/** How Fission proves who it is to Kafka's brokers, and they to it. */
export interface FissionKafkaTls {
    /** Whom the brokers' certificates must be signed by; PEM. */
    caCertificate: pulumi.Input<string>;
    /** Fission's own certificate; PEM. Fission knows no other way to log in: neither SASL nor a password. */
    clientCertificate: pulumi.Input<string>;
    /** The key of the certificate; PEM, secret. */
    clientKey: pulumi.Input<string>;
}

/** The Kafka whose records call functions. */
export interface FissionKafka {
    /** Brokers to ask first, as `host:port`. */
    brokers: pulumi.Input<string>[];
    /** Where the brokers are, those that the first ones name as well. */
    egress: EgressRule[];
    /** Exactly one of this and `insecureWithoutTls` is given. */
    tls?: FissionKafkaTls;
    /** Speaks to the brokers without encryption and without proof of who is who. @default false */
    insecureWithoutTls?: boolean;
    /** The oldest version that the brokers speak. @default `2.1.0`, which those of Kafka 4 still do */
    version?: string;
}

/** Arguments of {@link Fission}. */
export interface FissionArgs {
    cluster: Cluster;
    /** The `definitions` of a `FissionCrds` of the same cluster: Fission starts when they are there. */
    definitions: pulumi.Input<pulumi.Input<string>[]>;
    /** The namespace of Fission's own parts, made by this component. @default the logical name */
    namespace?: string;
    /**
     * Namespaces in which functions may live, made by this component; the first is the default. Each belongs to one
     * Fission. A change restarts Fission's parts. @default the namespace with `-functions`
     */
    functionNamespaces?: string[];
    /** @default Node and Python, one warm pod each */
    environments?: FissionEnvironments;
    storage?: FissionStorage;
    /** Lets records of Kafka call functions, as {@link FissionKafkaTrigger}s say. @default none do */
    kafka?: FissionKafka;
    /**
     * Two copies of the router, the webhook and the triggers' parts, so that the loss of a node stops no call to a warm
     * function. The executor, which starts functions, has one copy: Fission lets a second one wait, never ready.
     * @default false
     */
    highAvailability?: boolean;
    /** Pods that may call functions through the router, beside the ingresses that functions name. @default none */
    callers?: PodPeer[];
    /** Where functions may go, beside what bindings open for them. @default nowhere */
    functionEgress?: EgressRule[];
    /** Seconds that a function's pod waits for its last requests before it ends; Fission waits all of them. @default 30 */
    drainSeconds?: number;
    /**
     * Counts up to replace the key with which Fission's parts sign what they send each other. The key before it stays
     * valid until the next count, and the warm pods are replaced. @default 1
     */
    internalAuthGeneration?: number;
    /** Where Fission's own parts run. */
    placement?: Placement;
    /** Where functions run that say nothing themselves. */
    functionPlacement?: Placement;
    /** Where all images come from, those of the functions' languages too. */
    registry?: Registry;
    /** Labels of every object. Those of the warm pods can't change in place, so a change makes new ones. */
    labels?: Labels;
    /**
     * What becomes of the volume with the archives, and of the namespace that holds it, when they leave the program.
     * Without a volume everything goes. @default `protect`
     */
    deletion?: Deletion;
}
