import * as pulumi from "@pulumi/pulumi";
import { AccessLevel, type Cluster } from "../core/contracts";
import { assertValid, type Fault } from "../core/errors";
import { Checks } from "../core/validation";
import { connect, connectionFaults } from "./connection";
import { defaultContext, flavourOfContext, flavourTraits, LocalFlavour } from "./flavours";
import { checkTraits, completeTraits, type ClusterTraitsArgs } from "./traits";
import { checkKubernetesVersion } from "./version";
import { warnOfOwnVersion } from "./versions";

/** Arguments of a {@link LocalCluster}. */
export interface LocalClusterArgs {
    /** The tool that made the cluster. @default told by the name of `context` */
    flavour?: LocalFlavour;
    /** The context in the kubeconfig. @default the one that the flavour's tool writes: `minikube`, `kind-kind`, ... */
    context?: string;
    /** Path to a kubeconfig, or its content. @default the files of `$KUBECONFIG`, else `~/.kube/config` */
    kubeconfig?: pulumi.Input<string>;
    /**
     * What makes the cluster this cluster. A cluster that was deleted and made anew has the same name; give it another
     * identifier, or start with another stack, and its contents are made anew too.
     * @default the name of the context
     */
    clusterIdentifier?: pulumi.Input<string>;
    /** The API server's version: `1.36` or `1.36.3`; or ask the cluster with `probeCluster`. */
    kubernetesVersion: pulumi.Input<string>;
    /** Where the cluster differs from what its tool makes by default: `networkPolicies` with another network plugin. */
    traits?: ClusterTraitsArgs;
}

/**
 * A cluster on one's own machine: Minikube, kind, k3d, Docker Desktop or this project's sandbox. It must be running; its
 * tool starts it. What differs between the tools (how a Service is reached, the storage class, whether NetworkPolicies are
 * enforced, the API server's port) is filled in.
 *
 * @example
 * ```ts
 * // minikube start --cni=calico
 * const minikube = new LocalCluster("local", {
 *     flavour: LocalFlavour.Minikube,
 *     kubernetesVersion: "1.36",
 *     traits: { networkPolicies: true },
 * });
 *
 * // kind create cluster --name dev
 * const kind = new LocalCluster("dev", { context: "kind-dev", kubernetesVersion: "1.36" });
 * ```
 */
export class LocalCluster extends pulumi.ComponentResource {
    /** The cluster, for everything that lives in it. */
    readonly cluster: Cluster;
    /** The tool that made the cluster. */
    readonly flavour: LocalFlavour;

    /** @throws {@link ArgumentsError} with everything that is wrong, the kubeconfig and the context among it. */
    constructor(name: string, args: LocalClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`LocalCluster ${name}`, validateLocalCluster(args));
        super("kubernetes-faas:index:LocalCluster", name, {}, opts);

        this.flavour = flavourOf(args)!;
        this.cluster = describeLocalCluster(name, args);
        warnOfOwnVersion(this, args.kubernetesVersion);
        this.registerOutputs({ cluster: this.cluster, flavour: this.flavour });
    }
}

/** The contract of a {@link LocalCluster} with these arguments, which must be right. Registers nothing. */
export function describeLocalCluster(name: string, args: LocalClusterArgs): Cluster {
    return {
        name,
        ...connect({ ...args, context: contextOf(args) }),
        access: AccessLevel.Admin,
        kubernetesVersion: args.kubernetesVersion,
        traits: completeTraits(args.traits, flavourTraits(flavourOf(args)!)),
    };
}

/** What is wrong with the arguments of a {@link LocalCluster}; empty when nothing is. Reads the kubeconfig. */
export function validateLocalCluster(args: LocalClusterArgs): Fault[] {
    const checks = new Checks();
    checkFlavour(checks, args);
    checks.nonEmpty("clusterIdentifier", args.clusterIdentifier);
    checkKubernetesVersion(checks, args.kubernetesVersion);
    checkTraits(checks.at("traits"), args.traits);
    const context = contextOf(args);
    return [...checks.faults, ...(context === undefined ? [] : connectionFaults({ ...args, context }))];
}

function checkFlavour(checks: Checks, args: LocalClusterArgs): void {
    const { flavour, context } = args;
    const flavours = Object.values(LocalFlavour);
    if (flavour !== undefined) {
        checks.oneOf("flavour", flavour, flavours);
        if (flavour === LocalFlavour.Sandbox) {
            checks.required("context", context, "the context that the sandbox printed");
        }
    } else if (context === undefined) {
        checks.fault("flavour", `is missing, and so is "context"; give one of them`);
    } else if (flavourOfContext(context) === undefined) {
        checks.fault(
            "flavour",
            `is missing, and the context "${context}" does not tell it; give one of ${flavours.join(", ")}`,
        );
    }
}

function flavourOf({ flavour, context }: LocalClusterArgs): LocalFlavour | undefined {
    return flavour ?? (context === undefined ? undefined : flavourOfContext(context));
}

function contextOf({ flavour, context }: LocalClusterArgs): string | undefined {
    return context ?? (flavour === undefined ? undefined : defaultContext(flavour));
}
