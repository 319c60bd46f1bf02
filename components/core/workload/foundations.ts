import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../deletion";
import * as k8s from "../kubernetes";
import { networkPolicySpec } from "../network/render";
import { grantPermissions } from "../rbac";
import { mountsToken } from "./pod";
import type { WorkloadArgs } from "./workload-args";
import type { WorkloadNames } from "./workload-names";

/** Who the pods of a workload are, and what must be there before they start. */
export interface Foundations {
    serviceAccountName: pulumi.Output<string>;
    /** Bindings and network rules: a pod that starts without them fails or waits. */
    needed: pulumi.Resource[];
}

/** What the pods of a workload stand on: their ServiceAccount, its permissions, and their network rules. */
export function createFoundations(parent: pulumi.Resource, names: WorkloadNames, args: WorkloadArgs): Foundations {
    const identity = createIdentity(parent, names, args);
    const policy = createNetworkPolicy(parent, names, args);
    return { ...identity, needed: [...identity.needed, policy] };
}

/** The workload's ServiceAccount, which no pod gets a token of by itself, and its permissions. */
function createIdentity(parent: pulumi.Resource, names: WorkloadNames, args: WorkloadArgs): Foundations {
    const existing = args.identity?.existingServiceAccount;
    if (existing !== undefined) {
        return { serviceAccountName: pulumi.output(existing), needed: [] };
    }
    const account = new k8s.core.v1.ServiceAccount(
        names.name,
        {
            metadata: {
                name: names.resourceName,
                namespace: args.namespace,
                labels: names.labels,
                annotations: args.identity?.annotations,
            },
            automountServiceAccountToken: false,
        },
        childOptions(parent),
    );
    const needed = grantPermissions(
        parent,
        {
            name: names.name,
            resourceName: names.resourceName,
            namespace: args.namespace,
            serviceAccountName: account.metadata.name,
            labels: names.labels,
        },
        args.permissions ?? [],
    );
    return { serviceAccountName: account.metadata.name, needed };
}

/** Everything that the pods may do on the network; who has a token may also use it. */
function createNetworkPolicy(
    parent: pulumi.Resource,
    names: WorkloadNames,
    args: WorkloadArgs,
): k8s.networking.v1.NetworkPolicy {
    const rules = { ...args.network, apiServer: args.network?.apiServer ?? mountsToken(args) };
    return new k8s.networking.v1.NetworkPolicy(
        names.name,
        {
            metadata: { name: names.resourceName, namespace: args.namespace, labels: names.labels },
            spec: networkPolicySpec(names.selector, rules, args.cluster.traits),
        },
        childOptions(parent),
    );
}
