import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../core/contracts";
import type { Fault } from "../core/errors";
import { isPlain } from "../core/validation";
import { faultsOf } from "./kubeconfig";
import { findContext } from "./kubeconfig-source";

/** How to get at a cluster that is there. */
export interface ConnectionArgs {
    kubeconfig?: pulumi.Input<string>;
    context?: pulumi.Input<string>;
    clusterIdentifier?: pulumi.Input<string>;
}

/** The part of the contract that says how to get at a cluster. */
export type ClusterConnection = Pick<Cluster, "kubeconfig" | "context" | "clusterIdentifier">;

/** What is wrong with a kubeconfig and context, as far as they are known now. */
export function connectionFaults({ kubeconfig, context }: ConnectionArgs): Fault[] {
    return isDeferred(kubeconfig) || isDeferred(context)
        ? []
        : faultsOf(() => findContext(kubeconfig as string | undefined, context as string | undefined));
}

/**
 * Finds the context, at once where the arguments are plain, else when they are known, and pins it by name: a later
 * `kubectl config use-context` does not redirect the stack.
 */
export function connect(args: ConnectionArgs): ClusterConnection {
    const { kubeconfig, context } = args;
    if (!isDeferred(kubeconfig) && !isDeferred(context)) {
        const { name, handOver } = findContext(kubeconfig as string | undefined, context as string | undefined);
        return {
            kubeconfig: pulumi.secret(handOver),
            context: name,
            clusterIdentifier: args.clusterIdentifier ?? name,
        };
    }
    const found = pulumi.secret(pulumi.all([kubeconfig, context])).apply(([text, wanted]) => findContext(text, wanted));
    // The name of a context is no secret, though the kubeconfig that it was read from is.
    const name = pulumi.unsecret(found.apply((context) => context.name));
    return {
        kubeconfig: found.apply((context) => context.handOver),
        context: name,
        clusterIdentifier: args.clusterIdentifier ?? name,
    };
}

/** Whether a value is given and only known later. */
function isDeferred(value: pulumi.Input<string> | undefined): boolean {
    return value !== undefined && !isPlain(value);
}
