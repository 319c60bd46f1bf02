import * as pulumi from "@pulumi/pulumi";
import { ArgumentsError, type Cluster, type Fault } from "../components";
import { Checks } from "../components/core/validation";
import { createAddons, planAddons, validateAddons, withLinesToAdd } from "./addons";
import { type ClusterKind, clusterStack } from "./clusters";
import type { Configuration } from "./config/schema";
import { createData, dataOutputs, validateData } from "./data";
import { createFunctions, validateFunctions } from "./functions";
import { openIngress, planGateway, validateIngress } from "./ingress";
import { platformStack } from "./platforms";

const clusterName = "cluster";

/**
 * Deploys what a stack's configuration describes: the cluster, its add-ons, the platform, the ingress, what holds data, the
 * functions.
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
    const data = createData(configuration, cluster, addons.resources);
    const before = { cluster, platform: created, gateway: edge?.gateway, data };
    const functions = createFunctions(configuration.functions, before);
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
        ...dataOutputs(data),
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
    checks.include(validateData(configuration, cluster, platform));
    checks.include(validateIngress(configuration, cluster, platform));
    if (platform) {
        checks.include(validateFunctions(configuration, cluster, platform));
    }
    return withLinesToAdd(checks.faults, cluster);
}

async function complete(configuration: Configuration): Promise<Configuration> {
    const { cluster } = configuration;
    return { ...configuration, cluster: (await clusterStack(cluster.kind).complete?.(cluster)) ?? cluster };
}
