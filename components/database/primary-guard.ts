import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../core/errors";
import type { DatabasePlan } from "./plan";

/** How a database's pods stand in its inputs. */
interface RecordedPods {
    replicas: number;
    primary: number;
    /** The pods elect the one that takes writes. An earlier state does not say so. */
    elects?: boolean;
}

/** The inputs of a component whose primary is guarded. */
export function primaryInputs({ engine, replicas, primary }: DatabasePlan): pulumi.Inputs {
    const elects = engine.electsPrimary ? { elects: true } : {};
    return { pods: { replicas, primary, ...elects } satisfies RecordedPods };
}

/**
 * Changes that would take the primary away before it has handed over, or ask for one that has no data yet: pods are added and
 * removed at once, and writes move afterwards, with the roll. Recorded inputs are of any shape.
 */
export function primaryLosses(oldInputs: Record<string, unknown>, newInputs: Record<string, unknown>): Fault[] {
    const before = oldInputs["pods"] as RecordedPods | undefined;
    const after = newInputs["pods"] as RecordedPods;
    if (before === undefined) {
        return [];
    }
    const faults: Fault[] = after.elects ? majorityLosses(before.replicas, after.replicas) : [];
    if (after.replicas <= before.primary) {
        faults.push({
            propertyPath: "replicas",
            reason:
                `is ${after.replicas}, which takes pod ${before.primary} away, the primary, before another one has its data; ` +
                `keep ${before.replicas}, move the writes by \`primary\`, and give fewer replicas after that`,
        });
    }
    if (after.primary >= before.replicas) {
        faults.push({
            propertyPath: "primary",
            reason:
                `is ${after.primary}, a pod that is not there yet; keep ${before.primary}, add the pod by \`replicas\`, ` +
                "and move the writes after that",
        });
    }
    return faults;
}

/**
 * A write is safe once a majority of the members has it. Where as many or more go as stay, all that have it may go: pods are
 * removed before the set is told, so that those left can't fetch it.
 */
function majorityLosses(before: number, after: number): Fault[] {
    if (after * 2 > before) {
        return [];
    }
    const majority = Math.floor(before / 2) + 1;
    // Sets have odd numbers of members.
    const next = majority % 2 === 1 ? majority : majority + 1;
    const remedy =
        next < before
            ? `go to ${next} first`
            : `keep ${before}, or make a new database with fewer members and restore a dump of this one there`;
    return [
        {
            propertyPath: "replicas",
            reason:
                `is ${after}, no majority of the ${before} members that there are, so those left may lack writes which a ` +
                `majority confirmed; ${remedy}`,
        },
    ];
}
