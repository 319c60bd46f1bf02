import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../deletion";
import { grantPermissions } from "../rbac";
import type { WorkloadArgs } from "./workload-args";
import type { WorkloadNames } from "./workload-names";

/** Who the pods of a workload are, and what must be there before they start. */
export interface CreatedIdentity {
    serviceAccountName: pulumi.Output<string>;
    bindings: pulumi.Resource[];
}

/** The workload's ServiceAccount, which no pod gets a token of by itself, and its permissions. */
export function createIdentity(parent: pulumi.Resource, names: WorkloadNames, args: WorkloadArgs): CreatedIdentity {
    const existing = args.identity?.existingServiceAccount;
    if (existing !== undefined) {
        return { serviceAccountName: pulumi.output(existing), bindings: [] };
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
    const bindings = grantPermissions(
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
    return { serviceAccountName: account.metadata.name, bindings };
}
