import type { Cluster, Fault } from "../../components";

/** How stacks deploy one kind of cluster. */
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
