import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, FaasFunctionArgs, FaasPlatform, FunctionBinding, IngressGateway } from "../../components";
import type { FunctionConfiguration } from "../config/functions";
import { functionRoutes } from "../ingress";
import type { FunctionSource } from "./source";

/** What a function is told beside its configuration. */
export interface FunctionPlace {
    cluster: Cluster;
    platform: FaasPlatform;
    /** What it publishes its routes by. */
    gateway: IngressGateway | undefined;
    /** The name of the Secret with what it needs of the configuration's secret values. */
    ownSecret: pulumi.Input<string>;
    /** What its `bindings` lead to. */
    bindings: FunctionBinding[];
}

/** Where a function lives. */
export const namespaceOf = (fn: FunctionConfiguration, platform: FaasPlatform): string =>
    fn.namespace ?? platform.functionNamespaces[0]!;

/** The arguments of a function whose configuration is right. */
export function functionArgs(
    name: string,
    fn: FunctionConfiguration,
    source: FunctionSource,
    { cluster, platform, gateway, ownSecret, bindings }: FunctionPlace,
): FaasFunctionArgs {
    const { code: _code, bundle: _bundle, secrets, bindings: _bindings, ...args } = fn;
    return {
        cluster,
        platform,
        ...args,
        ...source,
        routes: functionRoutes(name, fn, gateway),
        secrets: secrets?.map(({ variable, secretName, key }) => ({
            variable,
            secretName: secretName ?? ownSecret,
            key: key ?? variable,
        })),
        bindings,
    };
}
