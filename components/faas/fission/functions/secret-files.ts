import type * as k8s from "@pulumi/kubernetes";
import type { ResolvedFunction } from "../../function";
import { fileSecrets, secretDirectory } from "./variables";

type PodSpec = k8s.types.input.core.v1.PodSpec;

/** Only the pod's group reads them; it is that of every process in it. */
const mode = 0o440;

/**
 * An image's pod with the function's Secrets as files, where Fission's fetcher puts them for functions that are no images;
 * an image's pod has no fetcher.
 */
export function withSecretFiles(pod: PodSpec, fn: ResolvedFunction): PodSpec {
    const secrets = fileSecrets(fn).map((secretName, index) => ({ volume: `secret-${index}`, secretName }));
    if (secrets.length === 0) {
        return pod;
    }
    const volumes = secrets.map(({ volume, secretName }) => ({
        name: volume,
        secret: { secretName, defaultMode: mode },
    }));
    const mounts = secrets.map(({ volume, secretName }) => ({
        name: volume,
        mountPath: secretDirectory(fn, secretName),
        readOnly: true,
    }));
    const containers = pod.containers as k8s.types.input.core.v1.Container[];
    return {
        ...pod,
        volumes: [...(pod.volumes as k8s.types.input.core.v1.Volume[]), ...volumes],
        containers: containers.map((container) => ({
            ...container,
            volumeMounts: [...(container.volumeMounts as k8s.types.input.core.v1.VolumeMount[]), ...mounts],
        })),
    };
}
