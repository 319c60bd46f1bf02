import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
    ArgumentsError,
    type Cluster,
    FaasFunction,
    type FaasFunctionArgs,
    type FaasPlatform,
    type Fault,
    type IngressGateway,
} from "../components";
import { rolledSecret } from "../components/core/config-objects";
import { objectLabels } from "../components/core/labels";
import { Checks } from "../components/core/validation";
import { functionDriver } from "../components/faas/function/drivers";
import { resolveFunction } from "../components/faas/function/resolve";
import { createAddons, planAddons, validateAddons, withLinesToAdd } from "./addons";
import { type ClusterKind, clusterStack } from "./clusters";
import type { FunctionConfiguration } from "./config/functions";
import type { Configuration } from "./config/schema";
import { secretValue } from "./config/secrets";
import { functionRoutes, openIngress, planFunctionGateway, planGateway, validateIngress } from "./ingress";
import { type CreatedPlatform, platformStack } from "./platforms";
import { root } from "./stack-file";

const clusterName = "cluster";

/**
 * Deploys what a stack's configuration describes: the cluster, its add-ons, the platform, the ingress, the functions.
 * Everything is checked before the first resource is registered.
 *
 * @param onCluster told of the cluster once it is registered
 * @throws {@link ArgumentsError} with everything that is wrong, by the keys of the configuration.
 */
export async function deployStack(
    given: Configuration,
    onCluster?: (kind: ClusterKind, cluster: Cluster) => void,
): Promise<Record<string, unknown>> {
    const configuration = await complete(given);
    const faults = validateStack(configuration);
    if (faults.length > 0) {
        throw new ArgumentsError(`Stack ${pulumi.getStack()}`, faults);
    }

    const made = clusterStack(configuration.cluster.kind).create(clusterName, configuration.cluster);
    onCluster?.(configuration.cluster.kind, made.cluster);
    const gateway = planGateway(configuration, planAddons(configuration.addons, made.cluster));
    const addons = createAddons(configuration.addons, made.cluster, { aws: made.aws, gateway });
    const { cluster } = addons;
    const { faas } = configuration;
    const created = platformStack(faas.platform).create(faas.platform, faas, cluster, { dependsOn: addons.resources });
    const { platform } = created;
    const edge = openIngress(configuration, addons);
    const functions = Object.fromEntries(
        Object.entries(configuration.functions).map(([name, fn]) => [
            name,
            createFunction(name, fn, cluster, created, edge?.gateway),
        ]),
    );
    const published = edge?.publish(created, functions);
    return {
        platform: platform.kind,
        gateway: platform.gateway,
        ...(platform.credentials ? { credentials: pulumi.secret(platform.credentials) } : {}),
        functions: Object.fromEntries(
            Object.entries(functions).map(([name, { functionName, service, path, urls }]) => [
                functionName,
                { service, path, urls: published?.functionUrls[name] ?? urls },
            ]),
        ),
        ...published?.outputs,
    };
}

/** Everything that is wrong with a stack, by the keys of its configuration. Registers nothing. */
function validateStack(configuration: Configuration): Fault[] {
    const checks = new Checks();
    const clusters = clusterStack(configuration.cluster.kind);
    checks.at("cluster").include(clusters.validate(clusterName, configuration.cluster));
    if (checks.faults.length > 0) {
        // Platform and functions are checked against the cluster that these arguments describe.
        return checks.faults;
    }
    const without = clusters.describe(clusterName, configuration.cluster);
    const cluster = planAddons(configuration.addons, without);
    const aws = clusters.placeInAws?.(configuration.cluster);
    const gateway = planGateway(configuration, cluster);
    checks.include(validateAddons(configuration.addons, without, { aws, gateway }));
    const { faas } = configuration;
    const stack = platformStack(faas.platform);
    const faults = stack.validate(faas.platform, faas, cluster);
    checks.at("faas").include(faults);
    // What runs on a platform is checked against one that is right by itself.
    const platform = faults.length === 0 ? stack.plan(faas.platform, faas, cluster) : undefined;
    checks.include(validateIngress(configuration, cluster, platform));
    if (platform) {
        checkFunctions(checks, configuration, cluster, platform);
    }
    return withLinesToAdd(checks.faults, cluster);
}

function checkFunctions(checks: Checks, configuration: Configuration, cluster: Cluster, platform: FaasPlatform): void {
    const gateway = planFunctionGateway(configuration, cluster);
    Object.entries(configuration.functions).forEach(([name, fn], index) => {
        const place = { name, cluster, platform, gateway, ownSecret: secretsName(name) };
        const resolved = resolveFunction(name, functionArgs(fn, place));
        const nested = checks.at(`functions.${name}`);
        nested.include(resolved.faults);
        // A platform may take so many functions and no more.
        nested.include(functionDriver(platform.kind).checkCount?.(resolved.fn, index) ?? []);
    });
}

async function complete(configuration: Configuration): Promise<Configuration> {
    const { cluster } = configuration;
    return { ...configuration, cluster: (await clusterStack(cluster.kind).complete?.(cluster)) ?? cluster };
}

/** A function, and the Secret that holds what it needs of the configuration's secret values. */
function createFunction(
    name: string,
    fn: FunctionConfiguration,
    cluster: Cluster,
    { platform, component }: CreatedPlatform,
    gateway: IngressGateway | undefined,
): FaasFunction {
    const named = (fn.secrets ?? []).flatMap(({ variable, valueFrom }) => (valueFrom ? [{ variable, valueFrom }] : []));
    const namespace = namespaceOf(fn, platform);
    const secret =
        named.length === 0
            ? undefined
            : rolledSecret(
                  secretsName(name),
                  {
                      cluster,
                      namespace,
                      labels: objectLabels({ app: "function", instance: name, component: "secrets" }),
                      data: Object.fromEntries(
                          named.map(({ variable, valueFrom }) => [variable, secretValue(valueFrom)]),
                      ),
                  },
                  { dependsOn: component },
              );
    const ownSecret = secret?.metadata.name ?? secretsName(name);
    const args = functionArgs(fn, { name, cluster, platform, gateway, ownSecret });
    return new FaasFunction(name, args, { dependsOn: component });
}

const secretsName = (name: string): string => `${name}-secrets`;

const namespaceOf = (fn: FunctionConfiguration, platform: FaasPlatform): string =>
    fn.namespace ?? platform.functionNamespaces[0]!;

/** What a function is told beside its configuration. */
interface FunctionPlace {
    name: string;
    cluster: Cluster;
    platform: FaasPlatform;
    /** What it publishes its routes by. */
    gateway: IngressGateway | undefined;
    /** The name of the Secret with what it needs of the configuration's secret values. */
    ownSecret: pulumi.Input<string>;
}

function functionArgs(
    fn: FunctionConfiguration,
    { name, cluster, platform, gateway, ownSecret }: FunctionPlace,
): FaasFunctionArgs {
    const { code, secrets, bindings, ...args } = fn;
    const namespace = namespaceOf(fn, platform);
    return {
        cluster,
        platform,
        ...args,
        routes: functionRoutes(name, fn, gateway),
        ...(code === undefined ? {} : source(code)),
        secrets: secrets?.map(({ variable, secretName, key }) => ({
            variable,
            secretName: secretName ?? ownSecret,
            key: key ?? variable,
        })),
        bindings: bindings?.map(({ prefix, secretName, keys, asFiles }) => ({
            prefix,
            binding: { namespace, secretName, keys },
            asFiles,
        })),
    };
}

/** A path with an ending is a file; any other is a folder. */
function source(code: string): Pick<FaasFunctionArgs, "code" | "archive"> {
    const file = path.resolve(root, code);
    return path.extname(code) === ""
        ? { archive: new pulumi.asset.FileArchive(file) }
        : { code: new pulumi.asset.FileAsset(file) };
}
