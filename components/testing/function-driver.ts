import type * as pulumi from "@pulumi/pulumi";
import { Scheme } from "../core/contracts";
import * as k8s from "../core/kubernetes";
import type { DeployedFunction, FunctionDriver, ResolvedFunction } from "../faas/function";

/**
 * Deploys a function as one ConfigMap that holds its sources: what a program does with functions can be tried on a
 * cluster without the platform.
 *
 * @example
 * ```ts
 * registerFunctionDriver("openfaas", fakeFunctionDriver);
 * ```
 */
export const fakeFunctionDriver: FunctionDriver = {
    validate: () => [],
    deploy: (name: string, fn: ResolvedFunction, parent: pulumi.ComponentResource): DeployedFunction => {
        const sources = Object.fromEntries(
            fn.files.map((file) => [file.path.replaceAll("/", "_"), file.content.toString("utf8")]),
        );
        const { metadata } = new k8s.core.v1.ConfigMap(
            name,
            { metadata: { name: fn.functionName, namespace: fn.namespace }, data: sources },
            { parent },
        );
        return {
            service: {
                namespace: metadata.namespace,
                service: metadata.name,
                port: 80,
                scheme: Scheme.Http,
                podSelector: { function: fn.functionName },
            },
            path: "/",
            pods: { namespace: metadata.namespace, podSelector: { function: fn.functionName } },
        };
    },
};
