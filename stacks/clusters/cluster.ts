import type { Cluster, Fault } from "../../components";

/** How stacks deploy one kind of cluster. Its name is that of the configuration, else the one that is passed. */
export interface ClusterStack<Configuration> {
    /** Asks for what the configuration leaves open and checks need. */
    complete?(configuration: Configuration): Promise<Configuration>;
    /** What is wrong with the configuration, by the keys below `cluster`. */
    validate(name: string, configuration: Configuration): Fault[];
    /** The cluster that is going to be, as far as everything else is checked against it. Registers nothing. */
    describe(name: string, configuration: Configuration): Cluster;
    /** Registers the cluster. */
    create(name: string, configuration: Configuration): Cluster;
}

/** What a component for a cluster consists of. */
export interface ClusterComponent<Args> {
    validate: (name: string, args: Args) => Fault[];
    describe: (name: string, args: Args) => Cluster;
    make: (name: string, args: Args) => { cluster: Cluster };
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
        create: (name, configuration) => load().make(configuration.name ?? name, argsOf(configuration)).cluster,
    };
}
