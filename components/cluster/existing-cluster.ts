import * as pulumi from "@pulumi/pulumi";
import { AccessLevel, type Cluster } from "../core/contracts";
import { assertValid, type Fault } from "../core/errors";
import { Checks } from "../core/validation";
import { connect, connectionFaults } from "./connection";
import { checkTraits, completeTraits, type ClusterTraitsArgs } from "./traits";
import { checkKubernetesVersion } from "./version";
import { warnOfOwnVersion } from "./versions";

/** Arguments of an {@link ExistingCluster}. */
export interface ExistingClusterArgs {
    /**
     * Path to a kubeconfig, or its content. A path is handed on as such: renewed credentials are picked up and none reach
     * the state. Content is reduced to the one context and kept secret.
     * @default the files of `$KUBECONFIG`, else `~/.kube/config`; then `context` must be given
     */
    kubeconfig?: pulumi.Input<string>;
    /** The context in the kubeconfig. @default the current one of a given kubeconfig */
    context?: pulumi.Input<string>;
    /**
     * What makes the cluster this cluster. Changing it replaces everything that the stack has on it, so give one
     * whenever contexts may be renamed. Never the server's address.
     * @default the name of the context
     */
    clusterIdentifier?: pulumi.Input<string>;
    /**
     * The API server's version: `1.36` or `1.36.3`. It decides what can be installed, so it is written down and reviewed;
     * or ask the cluster with `probeCluster`.
     */
    kubernetesVersion: pulumi.Input<string>;
    /** How far the kubeconfig's credentials reach. @default `admin`: they can't be shared with other stacks */
    access?: AccessLevel;
    /** What the components need to know about the cluster. */
    traits?: ClusterTraitsArgs;
}

/**
 * A cluster that is there, whoever made it.
 *
 * @example
 * ```ts
 * const home = new ExistingCluster("home", {
 *     context: "home",
 *     kubernetesVersion: "1.36",
 *     traits: { storageClass: "fast", networkPolicies: true, apiServer: { cidrs: ["10.0.0.10/32"], ports: [443, 6443] } },
 * });
 * const apps = new HardenedNamespace("apps", { cluster: home.cluster });
 * ```
 */
export class ExistingCluster extends pulumi.ComponentResource {
    /** The cluster, for everything that lives in it. */
    readonly cluster: Cluster;

    /** @throws {@link ArgumentsError} with everything that is wrong, the kubeconfig and the context among it. */
    constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`ExistingCluster ${name}`, validateExistingCluster(args));
        super("kubernetes-faas:index:ExistingCluster", name, {}, opts);

        this.cluster = describeExistingCluster(name, args);
        warnOfOwnVersion(this, args.kubernetesVersion);
        this.registerOutputs({ cluster: this.cluster });
    }
}

/** The contract of an {@link ExistingCluster} with these arguments, which must be right. Registers nothing. */
export function describeExistingCluster(name: string, args: ExistingClusterArgs): Cluster {
    return {
        name,
        ...connect(args),
        access: args.access ?? AccessLevel.Admin,
        kubernetesVersion: args.kubernetesVersion,
        traits: completeTraits(args.traits),
    };
}

/** What is wrong with the arguments of an {@link ExistingCluster}; empty when nothing is. Reads the kubeconfig. */
export function validateExistingCluster(args: ExistingClusterArgs): Fault[] {
    const checks = new Checks();
    checks.nonEmpty("clusterIdentifier", args.clusterIdentifier);
    checkKubernetesVersion(checks, args.kubernetesVersion);
    checks.oneOf("access", args.access, Object.values(AccessLevel));
    checkTraits(checks.at("traits"), args.traits);
    return [...connectionFaults(args), ...checks.faults];
}
