import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../../core/deletion";
import * as k8s from "../../../core/kubernetes";
import { objectLabels } from "../../../core/labels";
import { HardenedNamespace } from "../../../core/namespace";
import { allow } from "../../../core/network";
import { imagePullSecrets } from "../../../core/registry";
import { functionPods } from "./labels";
import type { FunctionPlatformArgs } from "./platform-args";

/** The ServiceAccount of functions in each of their namespaces. */
export const functionAccount = "function";

/** The namespaces of functions. */
export function functionNamespacesOf(name: string, args: Pick<FunctionPlatformArgs, "functionNamespaces">): string[] {
    return args.functionNamespaces ?? [name];
}

/**
 * The namespaces of functions, each with the account of their pods and the ways out that all of them have.
 *
 * @returns known when all of it is there
 */
export function createFunctionNamespaces(
    name: string,
    platform: string,
    args: FunctionPlatformArgs,
    parent: pulumi.Resource,
): pulumi.Output<string> {
    const made = functionNamespacesOf(name, args).map((resourceName) => {
        const { cluster, labels, quota } = args;
        const { name: namespace } = new HardenedNamespace(
            `${name}-namespace-${resourceName}`,
            { cluster, resourceName, labels, quota },
            { parent },
        );
        const suffix = `in-${resourceName}`;
        const account = createFunctionAccount(`${name}-account-${suffix}`, platform, args, namespace, parent);
        const policies = createEgress(`${name}-egress-${suffix}`, platform, args, namespace, parent);
        return pulumi.all([account, ...policies]);
    });
    return pulumi.all(made).apply(() => "true");
}

/** The account of functions in a namespace. Pods get no token of it, and it has no rights. */
export function createFunctionAccount(
    name: string,
    platform: string,
    { registry, labels }: Pick<FunctionPlatformArgs, "registry" | "labels">,
    namespace: pulumi.Output<string>,
    parent: pulumi.Resource,
): pulumi.Output<string> {
    const account = new k8s.core.v1.ServiceAccount(
        name,
        {
            metadata: {
                name: functionAccount,
                namespace,
                labels: objectLabels({ app: platform, instance: functionAccount, labels }),
            },
            automountServiceAccountToken: false,
            imagePullSecrets: imagePullSecrets(registry),
        },
        childOptions(parent),
    );
    return account.metadata.name;
}

/** Who may come in is each function's own matter. */
function createEgress(
    name: string,
    platform: string,
    { cluster, labels, functionEgress: egress = [] }: FunctionPlatformArgs,
    namespace: pulumi.Output<string>,
    parent: pulumi.Resource,
): pulumi.Output<string>[] {
    if (egress.length === 0) {
        return [];
    }
    const policy = allow(
        name,
        { cluster, namespace, labels, podSelector: functionPods(platform), rules: { egress } },
        { parent },
    );
    return [policy.metadata.name];
}
