import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
    ArgumentsError,
    type Cluster,
    describeExistingCluster,
    describeLocalCluster,
    ExistingCluster,
    type ExistingClusterArgs,
    FaasFunction,
    type FaasFunctionArgs,
    type FaasPlatform,
    type Fault,
    LocalCluster,
    type LocalClusterArgs,
    probeCluster,
    validateExistingCluster,
    validateLocalCluster,
} from "../components";
import { rolledSecret } from "../components/core/config-objects";
import { objectLabels } from "../components/core/labels";
import { Checks } from "../components/core/validation";
import { functionDriver } from "../components/faas/function/drivers";
import { resolveFunction } from "../components/faas/function/resolve";
import type { FunctionConfiguration } from "./config/functions";
import type { Configuration } from "./config/schema";
import { secretValue } from "./config/secrets";
import { type CreatedPlatform, platformStack } from "./platforms";
import { root } from "./stack-file";

/** What the configuration says of a cluster serves both kinds. */
type ClusterArgs = ExistingClusterArgs & LocalClusterArgs;

const clusterName = "cluster";

/**
 * Deploys what a stack's configuration describes: the cluster, the platform, the functions. Everything is checked before
 * the first resource is registered.
 *
 * @throws {@link ArgumentsError} with everything that is wrong, by the keys of the configuration.
 */
export async function deployStack(configuration: Configuration): Promise<Record<string, unknown>> {
    const clusterArgs = await completeClusterArgs(configuration);
    const faults = validateStack(configuration, clusterArgs);
    if (faults.length > 0) {
        throw new ArgumentsError(`Stack ${pulumi.getStack()}`, faults);
    }

    const cluster = createCluster(configuration, clusterArgs);
    const { faas } = configuration;
    const created = platformStack(faas.platform).create(faas.platform, faas, cluster);
    const { platform } = created;
    const functions = Object.entries(configuration.functions).map(([name, fn]) =>
        createFunction(name, fn, cluster, created),
    );
    return {
        platform: platform.kind,
        gateway: platform.gateway,
        ...(platform.credentials ? { credentials: pulumi.secret(platform.credentials) } : {}),
        functions: Object.fromEntries(
            functions.map(({ functionName, service, path, urls }) => [functionName, { service, path, urls }]),
        ),
    };
}

/** Everything that is wrong with a stack, by the keys of its configuration. Registers nothing. */
function validateStack(configuration: Configuration, clusterArgs: ClusterArgs): Fault[] {
    const checks = new Checks();
    const isLocal = configuration.cluster.kind === "local";
    checks.at("cluster").include(isLocal ? validateLocalCluster(clusterArgs) : validateExistingCluster(clusterArgs));
    if (checks.faults.length > 0) {
        // Platform and functions are checked against the cluster that these arguments describe.
        return checks.faults;
    }
    const cluster = isLocal
        ? describeLocalCluster(clusterName, clusterArgs)
        : describeExistingCluster(clusterName, clusterArgs);
    const { faas } = configuration;
    const stack = platformStack(faas.platform);
    const faults = stack.validate(faas.platform, faas, cluster);
    checks.at("faas").include(faults);
    if (faults.length === 0) {
        checkFunctions(checks, configuration, cluster, stack.plan(faas.platform, faas, cluster));
    }
    return checks.faults;
}

function checkFunctions(checks: Checks, configuration: Configuration, cluster: Cluster, platform: FaasPlatform): void {
    Object.entries(configuration.functions).forEach(([name, fn], index) => {
        const resolved = resolveFunction(name, functionArgs(fn, cluster, platform, secretsName(name)));
        const nested = checks.at(`functions.${name}`);
        nested.include(resolved.faults);
        // A platform may take so many functions and no more.
        nested.include(functionDriver(platform.kind).checkCount?.(resolved.fn, index) ?? []);
    });
}

/** The version decides what can be installed; where the configuration does not say, the cluster is asked. */
async function completeClusterArgs({ cluster }: Configuration): Promise<ClusterArgs> {
    const { kind: _kind, ...args } = cluster;
    return { ...args, kubernetesVersion: args.kubernetesVersion ?? (await probeCluster(args)).version };
}

function createCluster({ cluster }: Configuration, args: ClusterArgs): Cluster {
    return cluster.kind === "local"
        ? new LocalCluster(clusterName, args).cluster
        : new ExistingCluster(clusterName, args).cluster;
}

/** A function, and the Secret that holds what it needs of the configuration's secret values. */
function createFunction(
    name: string,
    fn: FunctionConfiguration,
    cluster: Cluster,
    { platform, component }: CreatedPlatform,
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
    const args = functionArgs(fn, cluster, platform, secret?.metadata.name ?? secretsName(name));
    return new FaasFunction(name, args, { dependsOn: component });
}

const secretsName = (name: string): string => `${name}-secrets`;

const namespaceOf = (fn: FunctionConfiguration, platform: FaasPlatform): string =>
    fn.namespace ?? platform.functionNamespaces[0]!;

function functionArgs(
    fn: FunctionConfiguration,
    cluster: Cluster,
    platform: FaasPlatform,
    ownSecret: pulumi.Input<string>,
): FaasFunctionArgs {
    const { code, secrets, bindings, ...args } = fn;
    const namespace = namespaceOf(fn, platform);
    return {
        cluster,
        platform,
        ...args,
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
