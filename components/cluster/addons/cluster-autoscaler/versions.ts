import { type ImageKey, imageKeys } from "../../../core/images";
import type { Checks } from "../../../core/validation";
import { minorOf } from "../../../core/versions";

const prefix = "cluster-autoscaler-";

/** The minor versions of Kubernetes that there is an image for, the oldest first. */
const minors = imageKeys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));

/**
 * It plays the scheduler of one minor version, and upstream tests no other combination.
 * https://github.com/kubernetes/autoscaler/blob/cluster-autoscaler-1.36.1/cluster-autoscaler/README.md#releases
 */
export function checkAutoscalerVersion(checks: Checks, path: string, kubernetesVersion: string): void {
    if (!minors.includes(minorOf(kubernetesVersion))) {
        checks.fault(
            path,
            `is ${kubernetesVersion}, but the autoscaler must be of the same minor version, and there is one for ${minors.join(", ")} here; ` +
                'upgrade the cluster or this library, or install one by other means and give mode: "existing"',
        );
    }
}

/** The key of the image for a version of Kubernetes that there is one for. */
export function autoscalerImage(kubernetesVersion: string): ImageKey {
    return `${prefix}${minorOf(kubernetesVersion)}` as ImageKey;
}
