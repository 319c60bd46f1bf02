import type * as pulumi from "@pulumi/pulumi";
import * as semver from "semver";
import type { Checks } from "../core/validation";

/** `1.36`, `1.36.3`, `v1.36.3-gke.1001`, `v1.37.0-rc.1+k3s1`. */
const kubernetesVersion = /^v?\d+\.\d+(\.\d+)?([-+][0-9A-Za-z][-+.0-9A-Za-z]*)?$/;

/** Notes what is wrong with an argument that gives the cluster's version. */
export function checkKubernetesVersion(checks: Checks, version: pulumi.Input<string>): void {
    checks.required("kubernetesVersion", version, 'the version that `kubectl version` calls "Server Version"');
    checks.matches("kubernetesVersion", version, kubernetesVersion, 'use a version like "1.36" or "1.36.3"');
}

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

function parse(version: string): semver.SemVer {
    const parsed = isKubernetesVersion(version) ? semver.coerce(version) : null;
    if (parsed === null) {
        throw new RangeError(`"${version}" is not a Kubernetes version; give one like "1.36" or "1.36.3"`);
    }
    return parsed;
}
