import * as pulumi from "@pulumi/pulumi";
import { FaasKind, type FaasPlatform } from "../../core/contracts";
import { assertValid } from "../../core/errors";
import { Checks } from "../../core/validation";

/** On platforms where a function has a Service of its own, called like it: the Service's port. */
export const functionServicePorts = {
    /** faas-netes calls functions there (openfaas/faas-netes, pkg/proxy). */
    [FaasKind.OpenFaas]: 8080,
    /** Port of upstream's Services, which runtimes learn as `FUNC_PORT`. */
    [FaasKind.Kubeless]: 8080,
    /** Port of upstream's Services, whatever is listened on. */
    [FaasKind.Funktion]: 80,
} as const satisfies Partial<Record<FaasKind, number>>;

/** Below this path of Fission's router every function answers by its name. */
export const fissionPrefix = "/functions";

/** The path of Fission's router at which a function answers by its name. */
export function fissionPath(namespace: string, functionName: string): string {
    return `${fissionPrefix}/${namespace}/${functionName}`;
}

/**
 * The URL under which a function answers inside the cluster, by its name: for callers that know the platform, but do not
 * make the function themselves. Whether there is such a function nobody checks, and who may call it the platform's
 * `callers` say.
 *
 * @param namespace one of the platform's function namespaces. @default the platform's first
 * @throws {@link ArgumentsError} when name or namespace are wrong, or the platform's functions have no URL of this kind.
 * @example
 * ```ts
 * const url = functionUrl(platform, "hello"); // http://hello.kubeless.svc.cluster.local:8080/
 * ```
 */
export function functionUrl(
    platform: FaasPlatform,
    functionName: string,
    namespace: string = platform.functionNamespaces[0]!,
): pulumi.Output<string> {
    const checks = new Checks();
    checks.dnsLabel("functionName", functionName);
    checks.oneOf("namespace", namespace, platform.functionNamespaces);
    const ports: Partial<Record<FaasKind, number>> = functionServicePorts;
    const port = ports[platform.kind];
    if (port === undefined && platform.kind !== FaasKind.Fission) {
        checks.fault("platform", `is ${platform.kind}, whose functions have no URL that follows from their names`);
    }
    assertValid(`functionUrl ${functionName}`, checks.faults);
    if (port !== undefined) {
        return pulumi.output(`http://${functionName}.${namespace}.svc.cluster.local:${port}/`);
    }
    const { gateway } = platform;
    const host = pulumi.interpolate`${gateway.service}.${gateway.namespace}.svc.cluster.local:${gateway.port}`;
    return pulumi.interpolate`http://${host}${fissionPath(namespace, functionName)}`;
}
