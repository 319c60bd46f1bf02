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
    validateFaasFunction,
    validateLocalCluster,
} from "../components";
import { Checks } from "../components/core/validation";
import type { FunctionConfiguration } from "./config/functions";
import type { Configuration } from "./config/schema";
import { platformStack } from "./platforms";
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
    const { platform, component } = platformStack(faas).create(faas.platform, faas, cluster);
    const functions = Object.entries(configuration.functions).map(
        ([name, fn]) => new FaasFunction(name, functionArgs(fn, cluster, platform), { dependsOn: component }),
    );
    return {
        platform: platform.kind,
        gateway: platform.gateway,
        functions: Object.fromEntries(functions.map((fn) => [fn.functionName, { path: fn.path, urls: fn.urls }])),
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
    const stack = platformStack(faas);
    const faults = stack.validate(faas.platform, faas, cluster);
    checks.at("faas").include(faults);
    if (faults.length === 0) {
        checkFunctions(checks, configuration, cluster, stack.plan(faas.platform, faas, cluster));
    }
    return checks.faults;
}

function checkFunctions(checks: Checks, configuration: Configuration, cluster: Cluster, platform: FaasPlatform): void {
    for (const [name, fn] of Object.entries(configuration.functions)) {
        checks.at(`functions.${name}`).include(validateFaasFunction(name, functionArgs(fn, cluster, platform)));
    }
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

function functionArgs(fn: FunctionConfiguration, cluster: Cluster, platform: FaasPlatform): FaasFunctionArgs {
    const { code, bindings, ...args } = fn;
    const namespace = fn.namespace ?? platform.functionNamespaces[0]!;
    return {
        cluster,
        platform,
        ...args,
        ...(code === undefined ? {} : source(code)),
        bindings: bindings?.map(({ prefix, secretName, keys }) => ({
            prefix,
            binding: { namespace, secretName, keys },
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
