import * as semver from "semver";

/** `1.36`, `1.36.3`, `v1.36.3-gke.1001`, `v1.37.0-rc.1+k3s1`. */
const kubernetesVersion = /^v?\d+\.\d+(\.\d+)?([-+][0-9A-Za-z][-+.0-9A-Za-z]*)?$/;

/** Whether a text is a Kubernetes version. */
export function isKubernetesVersion(version: string): boolean {
    return kubernetesVersion.test(version);
}

/**
 * The minor version, which is what compatibility and support go by.
 *
 * @throws RangeError when the text is not a Kubernetes version.
 * @example
 * ```ts
 * minorOf("v1.36.3-gke.1001"); // "1.36"
 * ```
 */
export function minorOf(version: string): string {
    const { major, minor } = parse(version);
    return `${major}.${minor}`;
}

/**
 * Whether a Kubernetes version is `minimum` or later. A release candidate counts as the release, since it serves the
 * same APIs, and a vendor's suffix counts for nothing.
 *
 * @throws RangeError when one of the texts is not a Kubernetes version.
 * @example
 * ```ts
 * atLeast("v1.36.3-eks-1a2b3c", "1.30"); // true
 * ```
 */
export function atLeast(version: string, minimum: string): boolean {
    return semver.gte(parse(version), parse(minimum));
}

/** How many minor versions the right one is ahead of the left one; negative when it is behind. */
export function minorsBetween(left: string, right: string): number {
    return parse(right).minor - parse(left).minor;
}

function parse(version: string): semver.SemVer {
    const parsed = isKubernetesVersion(version) ? semver.coerce(version) : null;
    if (parsed === null) {
        throw new RangeError(`"${version}" is not a Kubernetes version; give one like "1.36" or "1.36.3"`);
    }
    return parsed;
}
