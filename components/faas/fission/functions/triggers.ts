import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { nameLimits, physicalName } from "../../../core/names";
import { HttpMethod, type FunctionRoute, type ResolvedFunction } from "../../function";
import { fissionPath } from "../../function/url";
import { fissionObject, type FunctionReference } from "../objects";
import type { FunctionContext } from "./context";

/** The path under which a function answers inside the cluster, whatever its routes are. */
export function invocationPath({ namespace, functionName }: ResolvedFunction): string {
    return fissionPath(namespace, functionName);
}

const defaultMethods = [HttpMethod.Get, HttpMethod.Post];

/**
 * The paths of the router that lead to the function: its own one for callers inside the cluster, and one for each route.
 * What comes below a path belongs to it, and the function sees only what comes below.
 */
export function createHttpTriggers(context: FunctionContext, target: k8s.apiextensions.CustomResource): void {
    const { fn } = context;
    createTrigger(context, target, "call", { path: invocationPath(fn), methods: Object.values(HttpMethod) });
    (fn.routes ?? []).forEach((route, index) => createTrigger(context, target, `route-${index}`, route));
}

function createTrigger(
    context: FunctionContext,
    target: k8s.apiextensions.CustomResource,
    part: string,
    route: FunctionRoute,
): void {
    const { name, fn, parent, namespace, labels } = context;
    fissionObject(
        "HTTPTrigger",
        `${name}-${part}`,
        { name: physicalName([fn.functionName, part], nameLimits.Deployment), namespace, labels },
        {
            functionref: reference(target),
            relativeurl: "",
            prefix: route.path,
            methods: route.methods ?? defaultMethods,
            host: hostOf(route),
        },
        parent,
    );
}

/**
 * The host that the route belongs to. None behind a port of its own: the port then is part of what clients ask for, and
 * a trigger's host can't have one.
 */
function hostOf({ ingress, host }: FunctionRoute): pulumi.Input<string> | undefined {
    if (host === undefined) {
        return undefined;
    }
    return pulumi
        .all([host, ingress?.httpsPort])
        .apply(([known, port]) => (port === undefined || port === 443 ? known : ""));
}

/** The times at which the function is called, each with an empty POST. */
export function createTimeTriggers(context: FunctionContext, target: k8s.apiextensions.CustomResource): void {
    const { name, fn, parent, namespace, labels } = context;
    (fn.schedules ?? []).forEach(({ cron, name: scheduleName }, index) => {
        const part = scheduleName ?? `${index}`;
        fissionObject(
            "TimeTrigger",
            `${name}-schedule-${part}`,
            { name: physicalName([fn.functionName, "schedule", part], nameLimits.Deployment), namespace, labels },
            { cron, functionref: reference(target), method: "POST", subpath: "/" },
            parent,
        );
    });
}

function reference(target: k8s.apiextensions.CustomResource): FunctionReference {
    return { type: "name", name: target.metadata.name };
}
