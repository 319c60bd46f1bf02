import type * as pulumi from "@pulumi/pulumi";
import { type Cluster, FaasFunction, type FaasPlatform, type Fault, type IngressGateway } from "../../components";
import { rolledSecret } from "../../components/core/config-objects";
import { objectLabels } from "../../components/core/labels";
import { Checks } from "../../components/core/validation";
import { functionDriver } from "../../components/faas/function/drivers";
import { resolveFunction } from "../../components/faas/function/resolve";
import type { FunctionConfiguration } from "../config/functions";
import type { Configuration } from "../config/schema";
import { secretValue } from "../config/secrets";
import type { Data } from "../data";
import { planFunctionGateway } from "../ingress";
import type { CreatedPlatform } from "../platforms";
import { functionArgs, namespaceOf } from "./arguments";
import { createBindings, openNetwork, planBindings, validateBindings } from "./bindings";
import { bundledSource, bundleFaults, deployedSource, writtenSource } from "./source";

/** What is wrong with the functions of a stack, by the keys of its configuration. */
export function validateFunctions(configuration: Configuration, cluster: Cluster, platform: FaasPlatform): Fault[] {
    const checks = new Checks();
    checks.include(validateBindings(configuration));
    const gateway = planFunctionGateway(configuration, cluster);
    Object.entries(configuration.functions).forEach(([name, fn], index) => {
        const bindings = planBindings(name, fn, namespaceOf(fn, platform));
        const place = { cluster, platform, gateway, ownSecret: secretsName(name), bindings };
        const nested = checks.at(`functions.${name}`);
        const resolved = resolveFunction(name, functionArgs(name, fn, writtenSource(fn), place));
        const faults = [...bundleFaults(fn), ...resolved.faults];
        nested.include(faults);
        if (faults.length === 0 && fn.bundle) {
            const bundled = bundledSource(fn);
            const args = functionArgs(name, fn, bundled.source, place);
            nested.include(bundled.faults.length > 0 ? bundled.faults : resolveFunction(name, args).faults);
        }
        // A platform may take so many functions and no more.
        nested.include(functionDriver(platform.kind).checkCount?.(resolved.fn, index) ?? []);
    });
    return checks.faults;
}

/** What a stack has made before its functions. */
export interface BeforeFunctions {
    cluster: Cluster;
    platform: CreatedPlatform;
    /** What they publish their routes by. */
    gateway: IngressGateway | undefined;
    data: Data;
}

/** Registers the functions of a stack, each with what it is bound to. */
export function createFunctions(
    functions: Configuration["functions"],
    before: BeforeFunctions,
): Record<string, FaasFunction> {
    return Object.fromEntries(Object.entries(functions).map(([name, fn]) => [name, createFunction(name, fn, before)]));
}

function createFunction(
    name: string,
    fn: FunctionConfiguration,
    { cluster, platform: { platform, component }, gateway, data }: BeforeFunctions,
): FaasFunction {
    const namespace = namespaceOf(fn, platform);
    const bindings = createBindings(name, fn, { cluster, namespace, data, dependsOn: component });
    const ownSecret = createSecret(name, fn, { cluster, namespace }, component) ?? secretsName(name);
    const place = { cluster, platform, gateway, ownSecret, bindings };
    const args = functionArgs(name, fn, deployedSource(name, fn), place);
    const created = new FaasFunction(name, args, { dependsOn: component });
    openNetwork(name, created, fn, { cluster, data, dependsOn: component });
    return created;
}

const secretsName = (name: string): string => `${name}-secrets`;

/** The name of the Secret with what a function needs of the configuration's secret values, if it needs any. */
function createSecret(
    name: string,
    { secrets = [] }: FunctionConfiguration,
    place: { cluster: Cluster; namespace: string },
    platform: pulumi.Resource,
): pulumi.Output<string> | undefined {
    const named = secrets.flatMap(({ variable, valueFrom }) => (valueFrom ? [{ variable, valueFrom }] : []));
    if (named.length === 0) {
        return undefined;
    }
    const data = Object.fromEntries(named.map(({ variable, valueFrom }) => [variable, secretValue(valueFrom)]));
    const labels = objectLabels({ app: "function", instance: name, component: "secrets" });
    return rolledSecret(secretsName(name), { ...place, labels, data }, { dependsOn: platform }).metadata.name;
}
