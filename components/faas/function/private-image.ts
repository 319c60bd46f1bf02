import { Cloud } from "../../core/contracts";
import type { Fault } from "../../core/errors";
import { isPlain } from "../../core/validation";
import type { FaasFunctionArgs } from "./args";

/** Registries whose images nobody pulls without a login, and the cloud whose nodes have one by themselves. */
const privateRegistries: readonly { name: string; host: RegExp; cloud: Cloud }[] = [
    // https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html#registry_auth
    { name: "a private ECR registry", host: /^\d{12}\.dkr[.-]ecr\.[^/]*\//, cloud: Cloud.Aws },
];

/**
 * An image that the cluster surely can't pull: from a registry that always asks for a login, on nodes that have none, and
 * without a pull secret. Of other registries nobody knows from outside whether they ask.
 */
export function privateImageFaults({ image, registry, cluster }: FaasFunctionArgs): Fault[] {
    const { cloud } = cluster.traits;
    const mirrors = registry?.mirror !== undefined || registry?.mirrors !== undefined;
    if (!isPlain(image) || !isPlain(cloud) || mirrors || (registry?.pullSecrets ?? []).length > 0) {
        return [];
    }
    const found = privateRegistries.find(({ host }) => host.test(image as string));
    if (!found || found.cloud === cloud) {
        return [];
    }
    return [
        {
            propertyPath: "image",
            reason:
                `is "${image as string}" in ${found.name}, which nodes outside of ${found.cloud} pull only with a login; ` +
                "make a Secret of type kubernetes.io/dockerconfigjson and name it in `registry.pullSecrets`",
        },
    ];
}
