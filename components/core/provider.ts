import * as pulumi from "@pulumi/pulumi";
import { ArgumentsError } from "./errors";
import type { Cluster } from "./contracts";
import * as k8s from "./kubernetes";

interface KnownProvider {
    readonly kubeconfig: pulumi.Input<string>;
    readonly provider: k8s.Provider;
}

/** Providers by program run (its root resource) and cluster name: one process may run several programs. */
const providersByRun = new WeakMap<object, Map<string, KnownProvider>>();
const outsideOfRuns = {};

/**
 * The Kubernetes provider of a cluster: made at the first call, the same one afterwards.
 *
 * It carries the cluster's identifier, so that an edit of the cluster never repaints its contents, and lets ConfigMaps
 * and Secrets be edited in place, which the hot configuration objects need; rolled ones are `immutable` by themselves.
 *
 * @throws {@link ArgumentsError} when two different clusters of one program have the same name.
 */
export function clusterProvider(cluster: Cluster): k8s.Provider {
    const run = pulumi.runtime.getStackResource() ?? outsideOfRuns;
    const known = providersByRun.get(run) ?? new Map<string, KnownProvider>();
    providersByRun.set(run, known);

    const existing = known.get(cluster.name);
    if (existing && run !== outsideOfRuns) {
        if (existing.kubeconfig !== cluster.kubeconfig) {
            throw new ArgumentsError(`Cluster ${cluster.name}`, [
                {
                    propertyPath: "name",
                    reason: `"${cluster.name}" is the name of two clusters with different kubeconfigs; give each its own`,
                },
            ]);
        }
        return existing.provider;
    }
    const provider = new k8s.Provider(cluster.name, {
        kubeconfig: pulumi.secret(cluster.kubeconfig),
        context: cluster.context,
        clusterIdentifier: cluster.clusterIdentifier,
        enableConfigMapMutable: true,
        enableSecretMutable: true,
    });
    known.set(cluster.name, { kubeconfig: cluster.kubeconfig, provider });
    return provider;
}

/**
 * The options of a component that lives in `cluster`: the caller's, with the cluster's provider for everything below.
 *
 * @throws {@link ArgumentsError} when the caller's options name another Kubernetes provider.
 * @example
 * ```ts
 * super("kubernetes-faas:index:Fission", name, {}, inCluster(args.cluster, opts));
 * ```
 */
export function inCluster(
    cluster: Cluster,
    opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
    const provider = clusterProvider(cluster);
    const given = givenProviders(opts);
    const foreign = given.filter((candidate) => k8s.Provider.isInstance(candidate) && candidate !== provider);
    if (foreign.length > 0) {
        throw new ArgumentsError("options", [
            {
                propertyPath: opts.provider ? "provider" : "providers",
                reason: `holds a Kubernetes provider other than that of cluster "${cluster.name}"; leave it out: the component uses the provider of its \`cluster\``,
            },
        ]);
    }
    const { provider: _provider, ...rest } = opts;
    return { ...rest, providers: [...given.filter((candidate) => candidate !== provider), provider] };
}

function givenProviders(opts: pulumi.ComponentResourceOptions): pulumi.ProviderResource[] {
    const several = opts.providers ?? [];
    const list = Array.isArray(several) ? several : Object.values(several);
    return opts.provider ? [opts.provider, ...list] : list;
}
