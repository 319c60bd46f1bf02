import * as pulumi from "@pulumi/pulumi";
import { objectLabels, type Labels } from "../../../core/labels";
import { placementSpec, type PlacementSpec } from "../../../core/placement";
import type { ResolvedFunction } from "../../function";
import { platformSettings } from "../settings";

/** A function on its way to the cluster. */
export interface FunctionContext {
    /** Logical name. */
    name: string;
    fn: ResolvedFunction;
    parent: pulumi.Resource;
    /**
     * The function's namespace. Where the platform belongs to the same program, it is known only when Fission answers,
     * so that the objects in it are made after Fission and go before it.
     */
    namespace: pulumi.Output<string>;
    labels: Labels;
}

export function functionContext(name: string, fn: ResolvedFunction, parent: pulumi.Resource): FunctionContext {
    return {
        name,
        fn,
        parent,
        namespace: pulumi.output(platformSettings(fn.platform).ready).apply(() => fn.namespace),
        labels: objectLabels({ app: "function", instance: fn.functionName, component: "fission", labels: fn.labels }),
    };
}

/** Where the function's pods run: as it says itself, else as the platform says of all functions. */
export function functionPlacement(fn: ResolvedFunction): PlacementSpec {
    if (fn.placement) {
        return placementSpec(fn.placement);
    }
    const placement = pulumi
        .output(platformSettings(fn.platform).functionPlacement ?? "{}")
        .apply((text) => JSON.parse(text) as PlacementSpec);
    return {
        nodeSelector: placement.nodeSelector,
        tolerations: placement.tolerations,
        priorityClassName: placement.priorityClassName,
    } as PlacementSpec;
}
