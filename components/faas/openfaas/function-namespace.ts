import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import * as k8s from "../../core/kubernetes";
import { objectLabels } from "../../core/labels";
import { HardenedNamespace } from "../../core/namespace";
import { allow } from "../../core/network";
import { PodSecurityException } from "../../core/pod-security";
import { imagePullSecrets } from "../../core/registry";
import { functionCallers, functionPort, type Installation } from "./installation";
import { functionAccount } from "./settings";

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
            podSecurityException: args.insecureApiDeploys ? PodSecurityException.OpenFaasFunctions : undefined,
        },
        { parent },
    );
    const account = createAccount(facts, namespace);
    const policies = createPolicies(facts, namespace);
    return pulumi.all([namespace, pulumi.all([account, ...policies])]).apply(([known]) => known);
}

/** Pods get no token of it, and it has no rights. */
function createAccount({ name, args, parent }: FunctionNamespaceFacts, namespace: pulumi.Output<string>) {
    const account = new k8s.core.v1.ServiceAccount(
        `${name}-function`,
        {
            metadata: {
                name: functionAccount,
                namespace,
                labels: objectLabels({ app: "openfaas", instance: name, component: "functions", labels: args.labels }),
            },
            automountServiceAccountToken: false,
            imagePullSecrets: imagePullSecrets(args.registry),
        },
        childOptions(parent),
    );
    return account.metadata.name;
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
