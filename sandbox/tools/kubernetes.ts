import * as semver from "semver";

import { SandboxError } from "./error";

/** The Kubernetes that a sandbox runs unless it is told another. */
export const defaultMinor = "1.36";

/** Patch release that stands for a minor version; each was built and started. */
const releases: Readonly<Record<string, string>> = { "1.35": "1.35.4", "1.36": "1.36.3" };

/** Environment variable that chooses the Kubernetes of the sandboxes that are started. */
export const kubernetesVariable = "KUBERNETES_FAAS_SANDBOX_KUBERNETES";

/**
 * The release that a number stands for: `1.35` is the patch release that is known to work, and `1.35.2` is itself.
 *
 * @param wanted a version without a leading `v`; by default what the environment says, else the default minor's
 * @throws SandboxError when it is no version, or a minor of which no patch release is known here
 */
export function kubernetesRelease(wanted: string = process.env[kubernetesVariable] || defaultMinor): string {
    const release = releases[wanted] ?? wanted;
    if (semver.valid(release) !== release) {
        const known = Object.entries(releases).map(([minor, patch]) => `${minor} (${patch})`);
        throw new SandboxError(
            `Kubernetes "${wanted}" (--kubernetes, or ${kubernetesVariable}) is neither one of ${known.join(", ")} nor a ` +
                `full version like "${releases[defaultMinor]!}"`,
        );
    }
    return release;
}

/** Whether data of one release is of use to another: a control plane goes forward, never back by a minor version. */
export function canTakeOver(release: string, data: string): boolean {
    const [to, from] = [release, data].map((each) => semver.parse(each)!) as [semver.SemVer, semver.SemVer];
    return to.major === from.major && to.minor >= from.minor;
}
