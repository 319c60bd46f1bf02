import { Cloud, type Cluster } from "./contracts";
import { mapInput } from "./inputs";
import { isPlain, type Checks } from "./validation";

/** Programs of a cluster's own that parts of this library need, by the names that a cluster's traits list. */
export const Addon = {
    /** Makes network load balancers for Services, on EKS with node groups. */
    AwsLoadBalancerController: "aws-load-balancer-controller",
    /** Keeps certificates: issues, renews and puts them into Secrets. */
    CertManager: "cert-manager",
    /** Adds nodes for pods that find no place, and takes away those that are hardly used. */
    ClusterAutoscaler: "cluster-autoscaler",
    /** Keeps DNS records of what has an address. */
    ExternalDns: "external-dns",
    /** Tells how much processor time and memory pods use, which autoscaling goes by. */
    MetricsServer: "metrics-server",
} as const;
export type Addon = (typeof Addon)[keyof typeof Addon];

/** Whose matter an add-on is. */
export const AddonMode = {
    /** The component installs it. */
    Install: "install",
    /** It is there already: from the cloud, from another stack, from upstream's own manifests. */
    Existing: "existing",
    /** The cluster goes without. */
    None: "none",
} as const;
export type AddonMode = (typeof AddonMode)[keyof typeof AddonMode];

/** The class of Services that the AWS Load Balancer Controller serves. */
export const awsLoadBalancerClass = "service.k8s.aws/nlb";

/** What to write to have an add-on. */
const howToInstall: Record<Addon, string> = {
    "aws-load-balancer-controller":
        'const balancers = new AwsLoadBalancerController("load-balancers", { cluster, clusterName, region, vpcId, definitions: crds.definitions })` and `cluster: balancers.cluster',
    "cert-manager":
        'const certManager = new CertManager("cert-manager", { cluster, definitions: crds.definitions })` and `cluster: certManager.cluster',
    "cluster-autoscaler":
        'const autoscaler = new ClusterAutoscaler("cluster-autoscaler", { cluster, clusterName, region })` and `cluster: autoscaler.cluster',
    "external-dns":
        'const dns = new ExternalDns("external-dns", { cluster, provider, domains })` and `cluster: dns.cluster',
    "metrics-server": 'const metrics = new MetricsServer("metrics-server", { cluster })` and `cluster: metrics.cluster',
};

/** GKE and AKS ship the metrics-server; EKS and the local clusters don't; of others nothing is known. */
const metricsByCloud: Partial<Record<Cloud, "there" | "unknown">> = {
    [Cloud.Azure]: "there",
    [Cloud.Gcp]: "there",
    [Cloud.Other]: "unknown",
};

/** Whether a cluster has an add-on; `undefined` when nobody can say, or not yet. */
export function hasAddon({ traits }: Pick<Cluster, "traits">, addon: Addon): boolean | undefined {
    const { addons, cloud } = traits;
    const listed = isPlain(addons) ? (addons as unknown[]) : undefined;
    if (listed?.includes(addon)) {
        return true;
    }
    const byCloud =
        addon === Addon.MetricsServer ? (isPlain(cloud) ? metricsByCloud[cloud as Cloud] : "unknown") : undefined;
    if (byCloud !== undefined) {
        return byCloud === "there" ? true : undefined;
    }
    return listed?.every(isPlain) ? false : undefined;
}

/**
 * Notes an argument that needs an add-on which the cluster is known not to have, with the line to add.
 *
 * @param path the argument
 * @example
 * ```ts
 * requireAddon(checks, "certificates.issuer", args.cluster, Addon.CertManager);
 * ```
 */
export function requireAddon(checks: Checks, path: string, cluster: Cluster, addon: Addon): void {
    const reason = missingAddon(cluster, addon);
    if (reason !== undefined) {
        checks.fault(path, reason);
    }
}

/** What to say where the cluster is known not to have an add-on that is needed, with the line to add. */
export function missingAddon(cluster: Cluster, addon: Addon): string | undefined {
    return hasAddon(cluster, addon) === false
        ? `needs ${addon}, which the cluster "${cluster.name}" is not said to have; install it, \`${howToInstall[addon]}\` here; or, where it is there already, add "${addon}" to the cluster's traits.addons`
        : undefined;
}

/** The same cluster with an add-on that it has got: what takes this one may use it. */
export function withAddon(cluster: Cluster, addon: Addon): Cluster {
    const addons = mapInput(cluster.traits.addons, (known) => (known.includes(addon) ? known : [...known, addon]));
    return { ...cluster, traits: { ...cluster.traits, addons } };
}
