import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, FaasPlatform, Fault } from "../../components";

/** A platform that a program has registered. */
export interface CreatedPlatform {
    platform: FaasPlatform;
    /** What has to be there before functions are. */
    component: pulumi.Resource;
}

/** How stacks deploy one kind of platform. */
export interface PlatformStack<Configuration> {
    /** What is wrong with the configuration, by the keys below `faas`. */
    validate(name: string, configuration: Configuration, cluster: Cluster): Fault[];
    /** The platform that is going to be, as far as functions are checked against it. Registers nothing. */
    plan(name: string, configuration: Configuration, cluster: Cluster): FaasPlatform;
    /** Registers the platform. */
    create(name: string, configuration: Configuration, cluster: Cluster): CreatedPlatform;
}
