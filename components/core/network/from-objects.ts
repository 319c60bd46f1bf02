import type { ListeningPort, NetworkEndpoint, NetworkModel } from "./model";

/** A Kubernetes object as a manifest holds it. */
export interface RenderedObject {
    kind: string;
    metadata?: { name?: string; namespace?: string; labels?: Record<string, string> };
    spec?: object;
}

interface RenderedPodSpec {
    hostNetwork?: boolean;
    containers?: RenderedContainer[];
    initContainers?: RenderedContainer[];
}

interface RenderedContainer {
    /** Of an init container: `Always` makes it a sidecar, which listens beside the others. */
    restartPolicy?: string;
    ports?: { name?: string; containerPort: number; protocol?: ListeningPort["protocol"] }[];
}

interface RenderedPod {
    metadata?: { labels?: Record<string, string> };
    spec?: RenderedPodSpec;
}

/** The network that manifests describe, with one pod for each workload. */
export interface RenderedNetwork extends NetworkModel {
    endpoints: NetworkEndpoint[];
}

/**
 * Reads namespaces, NetworkPolicies and workloads out of rendered manifests; other kinds are passed over. Addresses are
 * made up: pods get private ones, as almost everywhere, those on the node's network likewise.
 */
export function networkFromObjects(objects: readonly RenderedObject[]): RenderedNetwork {
    const ofKind = (kind: string): RenderedObject[] => objects.filter((object) => object.kind === kind);
    return {
        namespaces: Object.fromEntries(
            ofKind("Namespace").map(({ metadata }) => [metadata?.name ?? "", metadata?.labels ?? {}]),
        ),
        policies: ofKind("NetworkPolicy").map(({ metadata, spec }) => ({
            name: metadata?.name ?? "",
            namespace: metadata?.namespace ?? "default",
            spec: spec ?? {},
        })),
        endpoints: objects
            .flatMap((object) => {
                const pod = podOf(object);
                return pod ? [{ object, pod }] : [];
            })
            .map(({ object, pod }, index) => endpointOf(object, pod, index)),
    };
}

/** The pod or pod template of an object, when it is a workload. */
function podOf({ kind, metadata, spec = {} }: RenderedObject): RenderedPod | undefined {
    switch (kind) {
        case "Pod":
            return { metadata, spec };
        case "CronJob":
            return (spec as { jobTemplate?: { spec?: { template?: RenderedPod } } }).jobTemplate?.spec?.template;
        case "DaemonSet":
        case "Deployment":
        case "Job":
        case "ReplicaSet":
        case "StatefulSet":
            return (spec as { template?: RenderedPod }).template;
        default:
            return undefined;
    }
}

function endpointOf({ metadata }: RenderedObject, pod: RenderedPod, index: number): NetworkEndpoint {
    const { hostNetwork, containers = [], initContainers = [] } = pod.spec ?? {};
    const listening = [...initContainers.filter((container) => container.restartPolicy === "Always"), ...containers];
    return {
        name: metadata?.name ?? "",
        namespace: metadata?.namespace ?? "default",
        address: `10.244.${index >> 8}.${index & 255}`,
        labels: pod.metadata?.labels ?? {},
        ports: listening.flatMap(({ ports = [] }) =>
            ports.map(({ name, containerPort, protocol }) => ({ name, port: containerPort, protocol })),
        ),
        ...(hostNetwork ? { hostNetwork } : {}),
    };
}
