import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { objectLabels, type Labels } from "../labels";
import { placementSpec } from "../placement";
import { imagePullSecrets } from "../registry";
import { renderContainer } from "./container";
import type { WorkloadContainer } from "./container-args";
import type { WorkloadNames } from "./workload-names";
import { renderVolumes } from "./volumes";
import type { TopologySpread, WorkloadArgs, WorkloadIdentity } from "./workload-args";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type TopologySpreadConstraint = k8s.types.input.core.v1.TopologySpreadConstraint;

/** User and group of every process, far from those of the node's own accounts. */
export const defaultUser = 10001;

/** The annotation that says why a pod weakens its security. */
export const weakenedSecurityAnnotation = "kubernetes-faas/weakened-security";

const defaultTmpSize = "64Mi";
const defaultGracePeriodSeconds = 30;
/** Opens every port to every user of the pod's own network namespace; "restricted" allows this sysctl. */
const lowPortsSysctl = { name: "net.ipv4.ip_unprivileged_port_start", value: "0" };

/** What a pod is rendered with besides the workload's arguments. */
export interface PodContext {
    names: WorkloadNames;
    serviceAccountName: pulumi.Input<string>;
    topologySpread?: TopologySpreadConstraint[];
    /** @default `Always` */
    restartPolicy?: pulumi.Input<string>;
}

/** The pods of a workload: hardened unless an argument says otherwise. */
export function podTemplate(args: WorkloadArgs, context: PodContext): k8s.types.input.core.v1.PodTemplateSpec {
    return {
        metadata: {
            labels: { ...args.podLabels, ...podLabels(args, context.names) },
            annotations: podAnnotations(args),
        },
        spec: podSpec(args, context),
    };
}

function podLabels(args: WorkloadArgs, names: WorkloadNames): Labels {
    return objectLabels({ ...names.facts, labels: args.labels });
}

function podAnnotations(args: WorkloadArgs): Labels | undefined {
    const reason = args.weakenedSecurity && { [weakenedSecurityAnnotation]: args.weakenedSecurity.reason };
    return args.podAnnotations || reason ? { ...args.podAnnotations, ...reason } : undefined;
}

function podSpec(args: WorkloadArgs, context: PodContext): PodSpec {
    const volumes = args.volumes ?? [];
    const initContainers = args.initContainers ?? [];
    const render = (path: string) => (container: WorkloadContainer, index: number) =>
        renderContainer(container, {
            subject: context.names.subject,
            path: `${path}[${index}]`,
            volumes,
            weakenedSecurity: args.weakenedSecurity,
            registry: args.registry,
        });
    return {
        serviceAccountName: context.serviceAccountName,
        automountServiceAccountToken: mountsToken(args),
        enableServiceLinks: false,
        ...hostNamespaces(args),
        securityContext: podSecurityContext(args),
        ...placementSpec(args.placement),
        runtimeClassName: args.runtimeClassName,
        imagePullSecrets: imagePullSecrets(args.registry),
        topologySpreadConstraints: context.topologySpread,
        restartPolicy: context.restartPolicy,
        terminationGracePeriodSeconds: args.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds,
        initContainers: initContainers.length > 0 ? initContainers.map(render("initContainers")) : undefined,
        containers: args.containers.map(render("containers")),
        volumes: renderVolumes(volumes, [...initContainers, ...args.containers], args.tmpSize ?? defaultTmpSize),
    };
}

/** Whether the pods get a token for the API server. */
export function mountsToken(args: { permissions?: unknown[]; identity?: WorkloadIdentity }): boolean {
    return args.identity?.mountToken ?? (args.permissions ?? []).length > 0;
}

function hostNamespaces({ weakenedSecurity }: WorkloadArgs): PodSpec {
    return {
        ...(weakenedSecurity?.hostNetwork ? { hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" } : {}),
        ...(weakenedSecurity?.hostPid ? { hostPID: true } : {}),
    } as PodSpec;
}

function podSecurityContext(args: WorkloadArgs): k8s.types.input.core.v1.PodSecurityContext {
    const root = args.weakenedSecurity?.runAsRoot ?? false;
    const user = root ? 0 : defaultUser;
    return {
        runAsNonRoot: !root,
        runAsUser: args.runAsUser ?? user,
        runAsGroup: args.runAsGroup ?? user,
        fsGroup: args.fsGroup ?? defaultUser,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: args.weakenedSecurity?.seccompUnconfined ? "Unconfined" : "RuntimeDefault" },
        sysctls: args.bindLowPorts ? [lowPortsSysctl] : undefined,
    };
}

const defaultSpread: TopologySpread[] = [
    { topologyKey: "topology.kubernetes.io/zone" },
    { topologyKey: "kubernetes.io/hostname" },
];

/**
 * How the pods spread over the cluster.
 *
 * @param perRevision whether each rollout spreads by itself, which Deployments can (their pods carry a hash)
 */
export function topologySpread(
    names: WorkloadNames,
    spread: readonly TopologySpread[] = defaultSpread,
    perRevision: boolean = false,
): TopologySpreadConstraint[] {
    return spread.map(({ topologyKey, maxSkew, required }) => ({
        topologyKey,
        maxSkew: maxSkew ?? 1,
        whenUnsatisfiable: required ? "DoNotSchedule" : "ScheduleAnyway",
        labelSelector: { matchLabels: names.selector },
        ...(perRevision ? { matchLabelKeys: ["pod-template-hash"] } : {}),
    }));
}
