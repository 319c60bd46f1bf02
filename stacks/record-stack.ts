import { record, type Recording, nameByContent } from "../components/testing";
import { versions } from "../sandbox/tools/modules";
import { isThere } from "./clusters";
import { readConfiguration } from "./config/read";
import type { Configuration } from "./config/schema";
import { deployStack } from "./program";
import { standInsFor } from "./sealed-values";
import { isSealed, projectName, readStackFile, type StackFile } from "./stack-file";

/** How to evaluate a stack without its cluster. */
export interface RecordStackOptions {
    /** The API server's version, where the stack's file does not say. @default the one that the sandbox runs */
    kubernetesVersion?: string;
}

/**
 * Evaluates the program with the configuration in `stacks/Pulumi.<stack>.yaml`, as a preview would see it, but without a
 * cluster, a kubeconfig, a state or the passphrase of its secrets: each of these has a stand-in.
 *
 * @throws {@link ArgumentsError} when there is no such file, or with everything that is wrong with its configuration.
 */
export function recordStack(
    stack: string,
    { kubernetesVersion = versions.kubernetes }: RecordStackOptions = {},
): Promise<Recording<Record<string, unknown>>> {
    const file = readStackFile(stack);
    const standIns = standInsFor(file);
    return record(() => deployStack(withoutCluster(readConfiguration(), kubernetesVersion)), {
        preview: true,
        project: projectName,
        stack,
        autoName: nameByContent,
        config: Object.fromEntries(Object.entries(file).map(([key, value]) => [key, standIns[key] ?? textOf(value)])),
        secretConfigKeys: secretKeys(file),
    });
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** As the engine does, which takes the whole of a structured value for secret when a part of it is. */
function secretKeys(file: StackFile): string[] {
    return Object.keys(file).filter((key) => holdsSealed(file[key]));
}

function holdsSealed(value: unknown): boolean {
    return typeof value === "object" && value !== null && (isSealed(value) || Object.values(value).some(holdsSealed));
}

/**
 * The configuration with a kubeconfig that has the context and leads nowhere, for a cluster that is there. One that names
 * neither stays wrong.
 */
function withoutCluster(configuration: Configuration, kubernetesVersion: string): Configuration {
    const { cluster } = configuration;
    if (!isThere(cluster)) {
        return configuration;
    }
    const { kubeconfig, context } = cluster;
    const isNamed = kubeconfig !== undefined || context !== undefined;
    return {
        ...configuration,
        cluster: {
            ...cluster,
            kubernetesVersion: cluster.kubernetesVersion ?? kubernetesVersion,
            ...(isNamed ? { kubeconfig: standInKubeconfig(context ?? "stand-in") } : {}),
        },
    };
}

function standInKubeconfig(context: string): string {
    return JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": context,
        clusters: [{ name: context, cluster: { server: "https://192.0.2.1" } }],
        contexts: [{ name: context, context: { cluster: context, user: context } }],
        users: [{ name: context, user: { token: "stand-in-token" } }],
    });
}
