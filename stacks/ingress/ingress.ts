import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, ClusterIssuerReference, Fault, IngressGateway, ServiceRef } from "../../components";
import type { SecretReader } from "../config/secrets";

/** Something that the ingress of a stack publishes. */
export interface Publication {
    /** Where the configuration has it. */
    key: string;
    /** Unique in the stack. */
    name: string;
    host?: pulumi.Input<string>;
    path?: string;
    service: ServiceRef;
    protections?: string[];
    insecureWithoutLogin?: boolean;
    /** The function whose route it is. */
    functionName?: string;
}

/** How stacks deploy one kind of ingress. */
export interface IngressStack<Configuration> {
    /** What is wrong with the configuration and with what is published, by the keys of the stack's configuration. */
    validate(setup: IngressSetup<Configuration>, publications: readonly Publication[]): Fault[];
    /** The gateway that is going to be. Registers nothing. */
    plan(setup: IngressSetup<Configuration>): IngressGateway;
    /** Registers what has to be there before functions are. */
    open(setup: IngressSetup<Configuration>, opts?: pulumi.ComponentResourceOptions): OpenIngress;
}

/** What an ingress is made of. */
export interface IngressSetup<Configuration> {
    name: string;
    configuration: Configuration;
    cluster: Cluster;
    secrets: SecretReader;
    /** Issuers of certificates that the stack has made, by their names. */
    issuers?: Readonly<Record<string, ClusterIssuerReference>>;
}

/** An ingress, to which routes are still to come. */
export interface OpenIngress {
    /** What functions publish their routes by; without it the ingress publishes them, as all others. */
    gateway?: IngressGateway;
    /**
     * Publishes everything that functions don't publish themselves.
     *
     * @param dependsOn what has to be there before
     */
    publish(publications: readonly Publication[], dependsOn: pulumi.Resource[]): PublishedIngress;
}

/** An ingress with its routes. */
export interface PublishedIngress {
    gateway: IngressGateway;
    /** By the names of what it has published itself. */
    urls: Record<string, pulumi.Output<string>>;
    /** By protection and user. Secret. */
    passwords: Record<string, Record<string, pulumi.Output<string>>>;
    /** By protection and holder. Secret. */
    apiKeys?: Record<string, Record<string, pulumi.Output<string>>>;
    /** The certificate of the authority that clients are to trust, where it is the ingress's own. */
    caCertificate?: pulumi.Output<string>;
}
