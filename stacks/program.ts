import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
    ArgumentsError,
    type Cluster,
    describeExistingCluster,
    planFission,
    describeLocalCluster,
    ExistingCluster,
    type ExistingClusterArgs,
    FaasFunction,
    type FaasFunctionArgs,
    type FaasPlatform,
    type Fault,
    Fission,
    type FissionArgs,
    FissionCrds,
    LocalCluster,
    type LocalClusterArgs,
    probeCluster,
    validateExistingCluster,
    validateFaasFunction,
    validateFission,
    validateLocalCluster,
} from "../components";
import { Checks } from "../components/core/validation";
import type { Configuration, FunctionConfiguration } from "./config/schema";
import { root } from "./stack-file";

/** What the configuration says of a cluster serves both kinds. */
type ClusterArgs = ExistingClusterArgs & LocalClusterArgs;

const clusterName = "cluster";
const platformName = "fission";

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
    const crds = new FissionCrds("fission-crds", { cluster, deletion: configuration.faas.deletion });
    const fission = new Fission(platformName, {
        ...fissionArgs(configuration, cluster),
        definitions: crds.definitions,
    });
    const functions = Object.entries(configuration.functions).map(
        ([name, fn]) => new FaasFunction(name, functionArgs(fn, cluster, fission.platform), { dependsOn: fission }),
    );
    return {
        platform: fission.platform.kind,
        gateway: fission.platform.gateway,
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
    const platformArgs = { ...fissionArgs(configuration, cluster), definitions: [] };
    const faults = validateFission(platformName, platformArgs);
    checks.at("faas").include(faults);
    if (faults.length === 0) {
        checkFunctions(checks, configuration, cluster, planFission(platformName, platformArgs));
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

function fissionArgs({ faas }: Configuration, cluster: Cluster): Omit<FissionArgs, "definitions"> {
    const { platform: _platform, storageSize, ...args } = faas;
    return { cluster, ...args, storage: { size: storageSize } };
}

function functionArgs(fn: FunctionConfiguration, cluster: Cluster, platform: FaasPlatform): FaasFunctionArgs {
    const { code, ...args } = fn;
    return { cluster, platform, ...args, ...(code === undefined ? {} : source(code)) };
}

/** A path with an ending is a file; any other is a folder. */
function source(code: string): Pick<FaasFunctionArgs, "code" | "archive"> {
    const file = path.resolve(root, code);
    return path.extname(code) === ""
        ? { archive: new pulumi.asset.FileArchive(file) }
        : { code: new pulumi.asset.FileAsset(file) };
}
