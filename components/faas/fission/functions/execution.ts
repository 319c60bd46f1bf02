import type { ResolvedFunction } from "../../function";
import type { ExecutionStrategy } from "../objects";

/** Seconds that a pod may take to load a function; Fission's own default. */
export const specializationSeconds = 120;

/** Seconds without calls after which Fission gives up a function's pods; the default of its command line. */
export const idleSeconds = 120;

const defaultMaximum = 3;
const defaultCpuPercent = 80;

/** How a function with pods of its own is run. */
export interface ScaledExecution {
    strategy: ExecutionStrategy;
    /** Fields whose change makes a new Function. */
    replaceOnChanges: string[];
}

/**
 * Pods of the function's own, by default none without calls and up to three by their load.
 *
 * The target is written as a metric: a change of the older `TargetCPUPercent` reaches no autoscaler that is there. A
 * minimum that becomes 0 needs a new Function: Fission v1.27.0 would write the 0 into the autoscaler, which the API
 * server refuses, and never get any further.
 */
export function scaledExecution(fn: ResolvedFunction, executor: "newdeploy" | "container"): ScaledExecution {
    const { minimum = 0, maximum = Math.max(defaultMaximum, minimum), targetCpuPercent } = fn.scaling ?? {};
    return {
        strategy: {
            ExecutorType: executor,
            MinScale: minimum,
            MaxScale: maximum,
            SpecializationTimeout: specializationSeconds,
            hpaMetrics: [
                {
                    type: "Resource",
                    resource: {
                        name: "cpu",
                        target: { type: "Utilization", averageUtilization: targetCpuPercent ?? defaultCpuPercent },
                    },
                },
            ],
        },
        replaceOnChanges: minimum === 0 ? ["spec.InvokeStrategy.ExecutionStrategy.MinScale"] : [],
    };
}
