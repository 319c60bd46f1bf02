import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentsError, type Fault } from "./errors";
import { quantityValue } from "./validation";

/** What a component says about its data, by the property path of the argument that decides it. */
export interface DataFacts {
    /** What can't change without the data being replaced: names, namespaces, storage classes, engines. */
    fixed: Record<string, pulumi.Input<string | number | undefined>>;
    /** Sizes, as Kubernetes quantities or as numbers in one and the same unit. They only grow. */
    sizes: Record<string, pulumi.Input<string | number | undefined>>;
}

/** How a component's facts stand in its inputs. */
interface RecordedFacts {
    dataFixed?: Record<string, unknown>;
    dataSizes?: Record<string, unknown>;
}

/** Stands for an argument that was left out, so that giving it later counts as a change. */
const leftOut = "";

/** What a check may want beside the inputs. */
export interface CheckedUpdate {
    /**
     * The last `up` that changed the component came to its end: everything in it was made and ready. Else the old inputs are
     * what that `up` was to bring, and those of before are not known any more.
     */
    ended: boolean;
    /** Tells people what they should know of an update that goes through. */
    warn: (text: string) => void;
}

/** What is wrong with an update, from a component's old and new inputs. */
type UpdateCheck = (
    oldInputs: Record<string, unknown>,
    newInputs: Record<string, unknown>,
    update: CheckedUpdate,
) => Fault[];

/** Hooks by program run (its root resource), and then by name: one process may run several programs. */
const hooksByRun = new WeakMap<object, Map<string, pulumi.ResourceHook>>();

/**
 * Guards a component's data: the facts become the component's inputs, and a hook compares them with those of the last
 * `up`, at preview already. A size that shrinks, and a change that would replace the data, are refused before the first
 * child is touched; so they are when the program is used from another language.
 *
 * @example
 * ```ts
 * super("kubernetes-faas:index:Postgres", name, dataInputs(facts), guardData(inCluster(args.cluster, opts)));
 * ```
 */
export function guardData(opts: pulumi.ComponentResourceOptions = {}): pulumi.ComponentResourceOptions {
    return guardUpdate(opts, "kubernetes-faas:keep-data", dataLosses);
}

/**
 * Refuses updates of a component that a check finds fault with, at preview already and before the first child is touched.
 *
 * @param name of the check, the same for all that have it
 */
export function guardUpdate(
    opts: pulumi.ComponentResourceOptions,
    name: string,
    check: UpdateCheck,
): pulumi.ComponentResourceOptions {
    const hook = updateHook(name, check);
    return { ...opts, hooks: { ...opts.hooks, beforeUpdate: [...(opts.hooks?.beforeUpdate ?? []), hook] } };
}

/** The inputs of a component whose data is guarded. */
export function dataInputs(facts: DataFacts): pulumi.Inputs {
    return { dataFixed: recorded(facts.fixed), dataSizes: recorded(facts.sizes) };
}

function recorded(
    facts: Record<string, pulumi.Input<string | number | undefined>>,
): Record<string, pulumi.Input<string | number>> {
    return Object.fromEntries(
        Object.entries(facts).map(([path, value]) => [
            path,
            value === undefined ? leftOut : pulumi.output(value).apply((known) => known ?? leftOut),
        ]),
    );
}

/** A program's one hook of a name: what it compares is in the inputs, so it serves every component. */
function updateHook(name: string, check: UpdateCheck): pulumi.ResourceHook {
    const run = pulumi.runtime.getStackResource();
    const known = run && hooksByRun.get(run)?.get(name);
    if (known) {
        return known;
    }
    // The engine calls it from outside of the run, which is where its warnings belong.
    const judge = AsyncResource.bind((update: pulumi.ResourceHookArgs) => refuse(update, check));
    const hook = new pulumi.ResourceHook(name, judge, { onDryRun: true });
    if (run) {
        hooksByRun.set(run, (hooksByRun.get(run) ?? new Map<string, pulumi.ResourceHook>()).set(name, hook));
    }
    return hook;
}

/** Throws what a check finds, every reason at once. */
function refuse(update: pulumi.ResourceHookArgs, check: UpdateCheck): void {
    const subject = `${update.type.split(":").at(-1)} ${update.name}`;
    const faults = check(update.oldInputs ?? {}, update.newInputs ?? {}, {
        // The engine drops a component's outputs when it begins, and has new ones when they are registered, which is last.
        ended: Object.keys(update.oldOutputs ?? {}).length > 0,
        warn: (text) => void pulumi.log.warn(`${subject}: ${text}`),
    });
    if (faults.length > 0) {
        throw new ArgumentsError(subject, faults);
    }
}

/**
 * What of a component's data an update would lose, from its old and new inputs. What is unknown yet, or was not there
 * before, is passed: the former is judged at `up`.
 */
export function dataLosses(oldInputs: Record<string, unknown>, newInputs: Record<string, unknown>): Fault[] {
    const [before, after]: [RecordedFacts, RecordedFacts] = [oldInputs, newInputs];
    return [
        ...compared(before.dataSizes, after.dataSizes, shrinking),
        ...compared(before.dataFixed, after.dataFixed, replacing),
    ];
}

function compared(
    before: Record<string, unknown> = {},
    after: Record<string, unknown> = {},
    reasonOf: (before: string | number, after: string | number) => string | undefined,
): Fault[] {
    return Object.entries(after).flatMap(([propertyPath, now]) => {
        const then = before[propertyPath];
        const reason = isKnown(then) && isKnown(now) ? reasonOf(then, now) : undefined;
        return reason === undefined ? [] : [{ propertyPath, reason }];
    });
}

function isKnown(value: unknown): value is string | number {
    return typeof value === "string" || typeof value === "number";
}

function shrinking(before: string | number, after: string | number): string | undefined {
    const [least, wanted] = [sizeOf(before), sizeOf(after)];
    if (least === undefined || wanted === undefined || wanted >= least) {
        return undefined;
    }
    return (
        `is ${shown(after)}, less than the ${shown(before)} that there is; sizes only grow: give ${shown(before)} or more, ` +
        "or copy the data to a smaller one of another name"
    );
}

function sizeOf(size: string | number): number | undefined {
    return typeof size === "number" ? size : quantityValue(size);
}

function replacing(before: string | number, after: string | number): string | undefined {
    if (before === after) {
        return undefined;
    }
    return (
        `is ${shown(after)}, but the data was made with ${shown(before)}; the change would replace the data with nothing: ` +
        `${before === leftOut ? "leave it out" : `keep ${shown(before)}`}, ` +
        "or make a second component of another name, copy the data and remove this one"
    );
}

function shown(value: string | number): string {
    return value === leftOut ? "nothing" : JSON.stringify(value);
}
