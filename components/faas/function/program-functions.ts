import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../core/errors";
import type { ResolvedFunction } from "./driver";
import { functionDriver } from "./drivers";

/** A function that this program has made. */
interface KnownFunction {
    /** Its logical name. */
    name: string;
    /** The cluster's and the platform's names, which tell platforms apart. */
    platform: string;
    /** Namespace and name on the platform. */
    place: string;
}

/** Functions by program run (its root resource): one process may run several programs. */
const functionsByRun = new WeakMap<object, KnownFunction[]>();

/**
 * Takes note of a function, unless it cannot go together with those that the program made before: two of one name in a
 * namespace would overwrite each other, and a platform may run a limited number.
 */
export function addToProgram(name: string, fn: ResolvedFunction): Fault[] {
    const run = pulumi.runtime.getStackResource();
    const known = (run && functionsByRun.get(run)) ?? [];
    const platform = JSON.stringify([fn.cluster.name, fn.platform.kind, fn.platform.functionNamespaces]);
    const place = JSON.stringify([fn.cluster.name, fn.namespace, fn.functionName]);
    const faults = [...twice(fn, known, place), ...oneMore(fn, known, platform)];
    if (run && faults.length === 0) {
        functionsByRun.set(run, [...known, { name, platform, place }]);
    }
    return faults;
}

function twice(fn: ResolvedFunction, known: readonly KnownFunction[], place: string): Fault[] {
    const other = known.find((each) => each.place === place);
    return other === undefined
        ? []
        : [
              {
                  propertyPath: "functionName",
                  reason:
                      `is "${fn.functionName}" like that of FaasFunction ${other.name} in namespace "${fn.namespace}"; ` +
                      "give each function its own name, or another namespace",
              },
          ];
}

function oneMore(fn: ResolvedFunction, known: readonly KnownFunction[], platform: string): Fault[] {
    const others = known.filter((each) => each.platform === platform).length;
    return functionDriver(fn.platform.kind).checkCount?.(fn, others) ?? [];
}
