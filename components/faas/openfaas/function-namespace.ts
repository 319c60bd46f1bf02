import * as pulumi from "@pulumi/pulumi";
import { FaasKind } from "../../core/contracts";
import { HardenedNamespace, type HardenedNamespaceArgs } from "../../core/namespace";
import { allow } from "../../core/network";
import { PodSecurityException } from "../../core/pod-security";
import { createFunctionAccount } from "../function/workload";
import { functionCallers, functionPort, type Installation } from "./installation";

/** What functions need that faas-netes makes: less security than "restricted" asks for, and limits, which it sets none of. */
const deployedByApi: Pick<HardenedNamespaceArgs, "podSecurityException" | "containerBounds"> = {
    podSecurityException: PodSecurityException.OpenFaasFunctions,
    containerBounds: {
        defaultRequests: { cpu: "50m", memory: "64Mi" },
        defaultLimits: { cpu: "500m", memory: "256Mi" },
    },
};

/** What the namespace of functions is made from: an installation whose namespaces are not there yet. */
export type FunctionNamespaceFacts = Pick<
    Installation,
    "name" | "args" | "parent" | "namespaceName" | "functionNamespace"
>;

/**
 * The namespace of functions, with the account of their pods and the ways on the network that all of them have.
 *
 * @returns its name, known when all of that is there
 */
export function createFunctionNamespace(facts: FunctionNamespaceFacts): pulumi.Output<string> {
    const { name, args, parent, functionNamespace } = facts;
    const { name: namespace } = new HardenedNamespace(
        `${name}-functions`,
        {
            cluster: args.cluster,
            resourceName: functionNamespace,
            labels: args.labels,
            quota: args.quota,
            ...(args.insecureApiDeploys ? deployedByApi : {}),
        },
        { parent },
    );
    const account = createFunctionAccount(`${name}-function`, FaasKind.OpenFaas, args, namespace, parent);
    const policies = createPolicies(facts, namespace);
    return pulumi.all([namespace, pulumi.all([account, ...policies])]).apply(([known]) => known);
}

/**
 * For every pod of the namespace: functions that are deployed at the gateway have no label in common. The functions of
 * Pulumi programs bring what lets the gateway in themselves.
 */
function createPolicies(facts: FunctionNamespaceFacts, namespace: pulumi.Output<string>): pulumi.Output<string>[] {
    const { name, args, parent } = facts;
    const { functionEgress: egress = [], insecureApiDeploys } = args;
    const ingress = insecureApiDeploys ? [{ pods: functionCallers(facts), ports: [{ port: functionPort }] }] : [];
    if (egress.length === 0 && ingress.length === 0) {
        return [];
    }
    const policy = allow(
        `${name}-functions-network`,
        { cluster: args.cluster, namespace, labels: args.labels, podSelector: {}, rules: { ingress, egress } },
        { parent },
    );
    return [policy.metadata.name];
}
