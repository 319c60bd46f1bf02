import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, Fault } from "../../components";

/** Where a cluster is in AWS. */
export interface AwsPlace {
    /** Its name there. */
    clusterName: pulumi.Input<string>;
    region: pulumi.Input<string>;
    vpcId: pulumi.Input<string>;
    /** The controllers for whose ServiceAccounts there are roles in the account. */
    controllers: readonly string[];
}

/** A cluster that a program has registered. */
export interface CreatedCluster {
    cluster: Cluster;
    /** Given of clusters that a stack makes there. */
    aws?: AwsPlace;
}

/** How stacks deploy one kind of cluster. Its name is that of the configuration, else the one that is passed. */
export interface ClusterStack<Configuration> {
    /** Asks for what the configuration leaves open and checks need. */
    complete?(configuration: Configuration): Promise<Configuration>;
    /** What is wrong with the configuration, by the keys below `cluster`. */
    validate(name: string, configuration: Configuration): Fault[];
    /** The cluster that is going to be, as far as everything else is checked against it. Registers nothing. */
    describe(name: string, configuration: Configuration): Cluster;
    /** Where the cluster is going to be in AWS, if it is going to be there. */
    placeInAws?(configuration: Configuration): AwsPlace;
    /** Registers the cluster. */
    create(name: string, configuration: Configuration): CreatedCluster;
}

/** What a component for a cluster consists of. */
export interface ClusterComponent<Args> {
    validate: (name: string, args: Args) => Fault[];
    describe: (name: string, args: Args) => Cluster;
    make: (name: string, args: Args) => CreatedCluster;
}

/**
 * Deploys a cluster by its component, whose arguments are those of the configuration.
 *
 * @param load gives the component when a stack has such a cluster, and not before
 */
export function clusterOf<Configuration extends { kind: string; name?: string }, Args>(
    load: () => ClusterComponent<Args>,
): ClusterStack<Configuration> {
    const argsOf = ({ kind: _kind, name: _name, ...args }: Configuration): Args => args as Args;
    return {
        validate: (name, configuration) => load().validate(configuration.name ?? name, argsOf(configuration)),
        describe: (name, configuration) => load().describe(configuration.name ?? name, argsOf(configuration)),
        create: (name, configuration) => load().make(configuration.name ?? name, argsOf(configuration)),
    };
}
