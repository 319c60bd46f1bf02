import type { LabelFacts, Labels } from "../../../core/labels";
import type { ResolvedFunction } from "../driver";
import type { ServerContract } from "../server";
import type { FunctionWorkloadShape } from "./args";

/** The application that functions are, by the standard label: what they have in common on every platform. */
export const functionApp = "function";

/** On pods that serve metrics: by which contract, which says the path. */
const metricsLabel = "kubernetes-faas/function-metrics";

/** By what the objects of a function, and its pods, are known. */
export function functionLabels(fn: ResolvedFunction, shape: FunctionWorkloadShape): LabelFacts {
    return {
        app: functionApp,
        instance: fn.functionName,
        component: shape.platform,
        labels: { ...shape.labels, ...fn.labels },
    };
}

/** Further labels of pods that our server runs in, which serves metrics. An image may serve none. */
export function metricsLabels({ contract }: { contract: ServerContract }): Labels {
    return { [metricsLabel]: contract };
}

/** The labels of every pod of a platform that serves metrics by a contract, for monitoring. */
export function measuredPods(platform: string, contract: ServerContract): Record<string, string> {
    return {
        "app.kubernetes.io/name": functionApp,
        "app.kubernetes.io/component": platform,
        [metricsLabel]: contract,
    };
}

/** The labels of every function pod of a platform, for what all may do. */
export function functionPods(platform: string): Record<string, string> {
    return { "app.kubernetes.io/name": functionApp, "app.kubernetes.io/component": platform };
}
