import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, FaasPlatform, Fault } from "../../components";

/** A platform that a program has registered. */
export interface CreatedPlatform {
    platform: FaasPlatform;
    /** What has to be there before functions are. */
    component: pulumi.Resource;
}

/** Something to do on a platform that has just been deployed. */
export interface NextStep {
    /** What for, in a few words. */
    what: string;
    /** What to type. */
    command: string;
    /** Whether pods must run for it, which they don't in the sandbox. @default false */
    needsPods?: boolean;
}

/** How stacks deploy one kind of platform. */
export interface PlatformStack<Configuration> {
    /** What is wrong with the configuration, by the keys below `faas`. */
    validate(name: string, configuration: Configuration, cluster: Cluster): Fault[];
    /** The platform that is going to be, as far as functions are checked against it. Registers nothing. */
    plan(name: string, configuration: Configuration, cluster: Cluster): FaasPlatform;
    /** Registers the platform. */
    create(
        name: string,
        configuration: Configuration,
        cluster: Cluster,
        opts?: pulumi.ComponentResourceOptions,
    ): CreatedPlatform;
    /**
     * What to do with it beside calling functions.
     *
     * @param gateway the Service that takes the platform's calls
     * @param kubectl how kubectl is called for the cluster
     */
    nextSteps?(gateway: GatewayAddress, kubectl: string): NextStep[];
}

/** The Service of a platform's gateway, as a stack's outputs have it. */
export interface GatewayAddress {
    namespace: string;
    /** Empty where every function has a Service of its own. */
    service: string;
    port: number;
}
