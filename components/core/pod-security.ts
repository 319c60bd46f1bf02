/** The Pod Security Standards, from anything goes to hardened. */
export const PodSecurityLevel = {
    Privileged: "privileged",
    Baseline: "baseline",
    Restricted: "restricted",
} as const;
export type PodSecurityLevel = (typeof PodSecurityLevel)[keyof typeof PodSecurityLevel];

/** Those whose pods can't be "restricted". A namespace names the exception that it is for. */
export const PodSecurityException = {
    NodeExporter: "node-exporter",
    OpenFaasFunctions: "openfaas-functions",
    OpenWhiskActions: "openwhisk-actions",
} as const;
export type PodSecurityException = (typeof PodSecurityException)[keyof typeof PodSecurityException];

/** What a namespace enforces instead of "restricted", and why. */
export interface PodSecurityExemption {
    level: PodSecurityLevel;
    reason: string;
}

/** All exceptions from "restricted": there are no others. */
export const podSecurityExceptions: Readonly<Record<PodSecurityException, PodSecurityExemption>> = {
    "node-exporter": {
        level: PodSecurityLevel.Privileged,
        reason: "reads the node's /proc, /sys and root file system and its network figures; it runs as a user, without capabilities",
    },
    "openfaas-functions": {
        level: PodSecurityLevel.Baseline,
        reason: "faas-netes gives functions that are deployed by its API no seccomp profile, no dropped capabilities and no runAsNonRoot",
    },
    "openwhisk-actions": {
        level: PodSecurityLevel.Baseline,
        reason: "the action runtimes' images name no user, and unpack zipped actions into a folder that only root may write",
    },
};

/**
 * The labels that make the API server enforce a level in a namespace. Warnings and audit entries are always
 * "restricted", so that what an exception lets through stays visible.
 * https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
export function podSecurityLabels(exception?: PodSecurityException): Record<string, string> {
    const enforced = exception === undefined ? PodSecurityLevel.Restricted : podSecurityExceptions[exception].level;
    const modes: Record<string, PodSecurityLevel> = {
        enforce: enforced,
        audit: PodSecurityLevel.Restricted,
        warn: PodSecurityLevel.Restricted,
    };
    return Object.fromEntries(
        Object.entries(modes).flatMap(([mode, level]) => [
            [`pod-security.kubernetes.io/${mode}`, level],
            [`pod-security.kubernetes.io/${mode}-version`, "latest"],
        ]),
    );
}
