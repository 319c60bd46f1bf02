import { createHash } from "node:crypto";
import { asLabel, Checks } from "./validation";

/** How long the name of a kind of object can be, and why. */
export interface NameLimit {
    /** The longest name in characters. */
    readonly maximum: number;
    /** Whether it must begin with a letter. @default false */
    readonly letterFirst?: boolean;
}

/**
 * Kinds of objects whose names are DNS labels, each with the longest name that works: one character more is refused by
 * the API server, or, worse, by the controller that builds further names and labels from it.
 */
export const nameLimits = {
    /** The controller appends a minus and the time in minutes, 11 characters, to name the Jobs. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
    CronJob: { maximum: 52 },
    /** Its name becomes the value of a label of our own objects. */
    DaemonSet: { maximum: 63 },
    /** Its name becomes the value of a label of our own objects. */
    Deployment: { maximum: 63 },
    /** Its name becomes the value of its pods' label `job-name`. https://kubernetes.io/docs/concepts/workloads/controllers/job/#writing-a-job-spec */
    Job: { maximum: 63 },
    /** A DNS label. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
    Namespace: { maximum: 63 },
    /** Its name becomes the value of a label of our own objects. */
    NetworkPolicy: { maximum: 63 },
    /** Its name becomes the host name. https://kubernetes.io/docs/concepts/workloads/pods/#pod-name */
    Pod: { maximum: 63 },
    /** An RFC 1035 label, since it is a DNS name. https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service */
    Service: { maximum: 63, letterFirst: true },
    /**
     * Its pods carry its name, a minus and a hash of up to 10 characters as the value of the label
     * `controller-revision-hash`; longer, and no pod can be made. https://github.com/kubernetes/kubernetes/issues/64023
     */
    StatefulSet: { maximum: 52 },
} as const satisfies Record<string, NameLimit>;

/** A kind of object whose name is limited. */
export type NamedKind = keyof typeof nameLimits;

/** Length of the hash at the end of a name that could not stay as it was: 40 bits. */
const hashLength = 8;

/**
 * A physical name made of parts: `["shop", "db", "backup"]` becomes `shop-db-backup`. The same parts always give the
 * same name. When the joined name is too long or not a DNS label, it is cut and cleaned and ends in a hash of the
 * parts, so that two different sets of parts still get two names. (Parts that join to the same valid name share it:
 * `["a-b"]` and `["a", "b"]`.)
 *
 * @param limit the longest name: that of the kind, less what the caller appends
 * @example physicalName([name, "backup"], nameLimits.CronJob)
 */
export function physicalName(parts: readonly string[], limit: NameLimit): string {
    const joined = parts.join("-");
    const checks = new Checks();
    checks.dnsLabel("", joined, limit);
    if (checks.faults.length === 0) {
        return joined;
    }
    const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, hashLength);
    const room = limit.maximum - hashLength - 1;
    const cleaned = asLabel(limit.letterFirst ? joined.replace(/^[^A-Za-z]+/, "") : joined, Math.max(room, 0));
    // A hash may begin with a digit, which a name that must begin with a letter can't.
    const start = cleaned === "" && limit.letterFirst ? "n" : cleaned;
    return [start, hash].filter((part) => part !== "").join("-");
}

/**
 * Checks a name that the user gives to an object of this kind: it is taken as it is, or refused, never shortened.
 *
 * @param suffix what the component appends to it, such as `-headless`, for which room must be left
 * @example checkName(checks, "functionName", args.functionName, "CronJob");
 */
export function checkName(
    checks: Checks,
    path: string,
    value: Parameters<Checks["dnsLabel"]>[1],
    kind: NamedKind,
    suffix: string = "",
): void {
    const limit: NameLimit = nameLimits[kind];
    checks.dnsLabel(path, value, { ...limit, maximum: limit.maximum - suffix.length });
}
