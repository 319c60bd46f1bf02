import * as pulumi from "@pulumi/pulumi";
import { Addon, AddonMode } from "../../../core/addons";
import type { Cluster, Telemetry } from "../../../core/contracts";
import { assertValid } from "../../../core/errors";
import { image } from "../../../core/images";
import { mapInput } from "../../../core/inputs";
import type { EgressRule } from "../../../core/network";
import { inCluster } from "../../../core/provider";
import { checked } from "../../../core/validation";
import { HardenedDeployment, type WorkloadContainer } from "../../../core/workload";
import { credentialsEgress, identityMarks } from "../cloud-identity";
import { clusterWith } from "../mode";
import { type ClusterAutoscalerArgs, Expander, type ScaleDownArgs } from "./args";
import { autoscalerPermissions } from "./permissions";
import { autoscalerTelemetry, metricsPort } from "./telemetry";
import { validateClusterAutoscaler } from "./validate";
import { autoscalerImage, checkAutoscalerVersion } from "./versions";

/** Where an `EksCluster` grants the rights in AWS, and as whom. */
const defaultNamespace = "kube-system";
const serviceAccountName = "cluster-autoscaler";

/**
 * The Kubernetes cluster autoscaler for node groups of EKS: adds nodes for pods that find no place, up to each group's
 * `maxNodes`, and takes away those that are hardly used. Of the minor version of the cluster, 1.32 to 1.36. GKE, AKS and
 * EKS Auto Mode scale by themselves and need none.
 *
 * It finds the groups by the tags that EKS gives each managed node group, and never touches another cluster's. Its pods
 * are restricted ones in `kube-system`, where the role is granted that `controllers: ["autoscaler"]` of an `EksCluster`
 * makes.
 *
 * @example
 * ```ts
 * const autoscaler = new ClusterAutoscaler("cluster-autoscaler", {
 *     cluster,
 *     clusterName: "production",
 *     region: "eu-central-1",
 *     highAvailability: true,
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class ClusterAutoscaler extends pulumi.ComponentResource {
    /** The cluster with the autoscaler in it. */
    readonly cluster: Cluster;
    /** What there is to watch; nothing where it is not installed here. */
    readonly telemetry: Telemetry;

    constructor(name: string, args: ClusterAutoscalerArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`ClusterAutoscaler ${name}`, validateClusterAutoscaler(args));
        super("kubernetes-faas:index:ClusterAutoscaler", name, {}, inCluster(args.cluster, opts));

        const installs = (args.mode ?? AddonMode.Install) === AddonMode.Install;
        if (installs) {
            install(this, name, args);
        }
        this.cluster = clusterWith(args, Addon.ClusterAutoscaler);
        this.telemetry = installs
            ? autoscalerTelemetry(name, args.namespace ?? defaultNamespace)
            : { targets: [], alerts: [], dashboards: [] };
        this.registerOutputs({ cluster: this.cluster, telemetry: this.telemetry });
    }
}

function install(parent: ClusterAutoscaler, name: string, args: ClusterAutoscalerArgs): void {
    const { cluster, labels, placement, registry } = args;
    const version = checked(
        `ClusterAutoscaler ${name}`,
        "cluster.kubernetesVersion",
        cluster.kubernetesVersion,
        checkAutoscalerVersion,
    );
    new HardenedDeployment(
        `${name}-controller`,
        {
            cluster,
            namespace: args.namespace ?? defaultNamespace,
            app: "cluster-autoscaler",
            instance: name,
            resourceName: serviceAccountName,
            labels,
            // Without it no node comes for anybody.
            placement: { priorityClassName: "system-cluster-critical", ...placement },
            registry,
            replicas: args.highAvailability ? 2 : 1,
            permissions: autoscalerPermissions,
            network: { egress: egressOf(args), apiServer: true },
            containers: [controller(args, version)],
            ...identityMarks({ awsRoleArn: args.awsRoleArn }),
        },
        { parent },
    );
}

function controller(args: ClusterAutoscalerArgs, version: pulumi.Input<string>): WorkloadContainer {
    const probe = { http: { path: "/health-check", port: metricsPort } };
    return {
        name: "cluster-autoscaler",
        image: pulumi.output(version).apply((known) => pulumi.output(image(autoscalerImage(known)))),
        // The image has a default command and no entry point: arguments alone would take the command's place.
        command: ["/cluster-autoscaler"],
        args: argumentsOf(args),
        ports: [{ name: "metrics", port: metricsPort }],
        // It would ask the node otherwise, whose metadata is out of the reach of pods.
        environment: { AWS_REGION: args.region! },
        environmentFromResources: { GOMEMLIMIT: "limits.memory" },
        resources: { requests: { cpu: "100m", memory: "600Mi" }, limits: { memory: "600Mi" } },
        probes: { readiness: probe, liveness: { ...probe, initialDelaySeconds: 10 } },
    };
}

/** https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.36.1/cluster-autoscaler/config/flags/flags.go */
function argumentsOf(args: ClusterAutoscalerArgs): pulumi.Input<string>[] {
    const { maxNodes } = args;
    return [
        "--cloud-provider=aws",
        pulumi.concat("--namespace=", args.namespace ?? defaultNamespace),
        mapInput(args.clusterName!, discoveryOf),
        `--expander=${args.expander ?? Expander.LeastWaste}`,
        `--balance-similar-node-groups=${args.balanceSimilarNodeGroups ?? false}`,
        ...(maxNodes === undefined ? [] : [mapInput(maxNodes, (known) => `--max-nodes-total=${known}`)]),
        ...scaleDownArguments(args.scaleDown ?? {}),
        "--logging-format=json",
    ];
}

/** The tags that EKS gives the Auto Scaling group of each managed node group. */
function discoveryOf(clusterName: string): string {
    const tag = "k8s.io/cluster-autoscaler";
    return `--node-group-auto-discovery=asg:tag=${tag}/enabled,${tag}/${clusterName}`;
}

function scaleDownArguments(args: ScaleDownArgs): pulumi.Input<string>[] {
    const flag = <T>(key: string, value: pulumi.Input<T>, render: (known: T) => string = String) =>
        mapInput(value, (known) => `--${key}=${render(known)}`);
    return [
        flag("scale-down-enabled", args.enabled ?? true),
        flag("scale-down-utilization-threshold", args.utilizationPercent ?? 50, (percent) => String(percent / 100)),
        flag("scale-down-unneeded-time", args.unneededTime ?? "10m"),
        flag("scale-down-delay-after-add", args.delayAfterAdd ?? "10m"),
        flag("skip-nodes-with-local-storage", args.keepLocalStorage ?? false),
    ];
}

/** To AWS' API and to where pods get their credentials. */
function egressOf({ egress = [] }: ClusterAutoscalerArgs): EgressRule[] {
    return [{ internet: true, ports: [{ port: 443 }] }, ...credentialsEgress("aws"), ...egress];
}
