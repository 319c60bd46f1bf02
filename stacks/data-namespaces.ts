import type * as pulumi from "@pulumi/pulumi";
import { Addon, type Cluster, type FaasPlatform, type Fault, HardenedNamespace } from "../components";
import { defaultDeletion, Deletion } from "../components/core/deletion";
import { Checks } from "../components/core/validation";
import type { Configuration } from "./config/schema";

/** Where data lives unless something else is said. */
const defaultNamespace = "data";

/** What of a stack holds data. */
interface DataConfiguration {
    namespace?: string;
    deletion?: Deletion;
    storage?: { size?: string; adopt?: boolean };
    pools?: { storage: { adopt?: boolean } }[];
}

/** The namespace of a part that holds data. */
export const namespaceOfData = ({ namespace = defaultNamespace }: DataConfiguration): string => namespace;

/** Everything of a stack that holds data, by its key. */
function dataOf({ databases, storage }: Configuration): [key: string, data: DataConfiguration][] {
    return [
        ...Object.entries(databases).map(([name, each]): [string, DataConfiguration] => [`databases.${name}`, each]),
        ...(storage ? [["storage", storage] as [string, DataConfiguration]] : []),
    ];
}

/** What is wrong with the namespaces of data: none may go with something else. */
export function validateDataNamespaces(configuration: Configuration, platform: FaasPlatform): Fault[] {
    const checks = new Checks();
    const taken = takenNamespaces(configuration, platform);
    for (const [key, data] of dataOf(configuration)) {
        const namespace = namespaceOfData(data);
        const holder = taken.find(([name]) => name === namespace)?.[1];
        const owner = isSystem(namespace) ? "the cluster's own" : holder && `that of ${holder} and goes with it`;
        if (owner !== undefined) {
            checks.fault(`${key}.namespace`, `is "${namespace}", which is ${owner}; give one that is for data only`);
        }
    }
    return checks.faults;
}

/** Whether a namespace is there with every cluster, whose own programs or strangers' are in it. */
const isSystem = (namespace: string): boolean => namespace === "default" || namespace.startsWith("kube-");

function takenNamespaces(
    { addons, ingress }: Configuration,
    platform: FaasPlatform,
): [name: unknown, holder: string][] {
    return [
        [platform.gateway.namespace, "the platform"],
        ...platform.functionNamespaces.map((name): [string, string] => [name, "functions"]),
        ...addonNamespaces(addons),
        ...(ingress ? [[ingress.namespace ?? ingress.controller, "the ingress"] as [string, string]] : []),
    ];
}

/** Those of add-ons. The two that are not named by default live in `kube-system`. */
function addonNamespaces(addons: Configuration["addons"]): [name: unknown, holder: string][] {
    const { awsLoadBalancerController, certManager, clusterAutoscaler, externalDns, metricsServer } = addons;
    return [
        ...namespaceOf(certManager, Addon.CertManager, Addon.CertManager),
        ...namespaceOf(externalDns, Addon.ExternalDns, Addon.ExternalDns),
        ...namespaceOf(metricsServer, Addon.MetricsServer, Addon.MetricsServer),
        ...namespaceOf(awsLoadBalancerController, Addon.AwsLoadBalancerController),
        ...namespaceOf(clusterAutoscaler, Addon.ClusterAutoscaler),
    ];
}

/** @param own where an add-on lives unless something else is said */
const namespaceOf = (
    addon: { namespace?: string } | undefined,
    holder: string,
    own?: string,
): [name: unknown, holder: string][] => (addon ? [[addon.namespace ?? own, holder]] : []);

/** Whether volumes of it are taken over, and so the namespace that they stayed in. */
const isAdopted = ({ storage, pools = [] }: DataConfiguration): boolean =>
    [storage, ...pools.map((pool) => pool.storage)].some((volumes) => volumes?.adopt);

/** Registers the namespaces of data. One stays where something in it does: it would take that along. */
export function createDataNamespaces(
    configuration: Configuration,
    cluster: Cluster,
    dependsOn: pulumi.Resource[],
): Record<string, pulumi.Output<string>> {
    const data = dataOf(configuration).map(([, each]) => each);
    const names = [...new Set(data.map(namespaceOfData))];
    return Object.fromEntries(
        names.map((name) => {
            const inside = data.filter((each) => namespaceOfData(each) === name);
            const isKept = inside.some(({ deletion = defaultDeletion }) => deletion !== Deletion.Delete);
            const deletion = isKept ? Deletion.Retain : Deletion.Delete;
            const adopt = inside.some(isAdopted);
            return [name, new HardenedNamespace(name, { cluster, deletion, adopt }, { dependsOn }).name];
        }),
    );
}
