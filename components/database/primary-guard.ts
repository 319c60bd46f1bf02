import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../core/errors";
import type { DatabasePlan } from "./plan";

/** How a database's pods stand in its inputs. */
interface RecordedPods {
    replicas: number;
    primary: number;
}

/** The inputs of a component whose primary is guarded. */
export function primaryInputs({ replicas, primary }: DatabasePlan): pulumi.Inputs {
    return { pods: { replicas, primary } satisfies RecordedPods };
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
    const faults: Fault[] = [];
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
