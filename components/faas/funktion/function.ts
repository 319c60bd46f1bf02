import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../core/errors";
import { nameLimits, physicalName } from "../../core/names";
import {
    type DeployedFunction,
    FunctionRuntime,
    HandlerContract,
    type FunctionDriver,
    type ResolvedFunction,
    type SourceFile,
} from "../function";
import { findHandler } from "../function/portable";
import { handlerFile, parseHandler } from "../function/portable/handler-name";
import { ServerContract } from "../function/server";
import {
    deployFunctionWorkload,
    type FunctionWorkloadShape,
    validateFunctionWorkload,
    workloadNamespace,
} from "../function/workload";
import { funktionPlatform } from "./platform";
import { createRecord, flowText, RecordKind } from "./records";

const { kind, port, servicePort } = funktionPlatform;

/** What stands for the module itself in a handler's name. */
const wholeModule = "default";

/**
 * How functions run on Funktion: as the objects that its operator made (funktionio/funktion v1.0.14,
 * pkg/funktion/deployment.go), and with the ConfigMaps by which Funktion's tools find them: one of kind Function, and one of
 * kind Flow for each schedule.
 */
export const funktionFunctionDriver: FunctionDriver = {
    validate: (fn) => {
        const faults = nativeFaults(fn);
        return faults.length > 0 ? faults : validateFunctionWorkload(fn, shapeOf(fn));
    },
    deploy,
};

function deploy(name: string, fn: ResolvedFunction, parent: pulumi.ComponentResource): DeployedFunction {
    if (fn.image === undefined) {
        recordFunction(name, fn, parent);
    }
    recordSchedules(name, fn, parent);
    return deployFunctionWorkload(name, fn, shapeOf(fn), parent);
}

/**
 * Funktion's own contract calls what a Node module exports as a whole. Python, which upstream had not, names a function as
 * ever.
 */
function nativeFaults({ contract, files, handler, runtime }: ResolvedFunction): Fault[] {
    if (contract !== HandlerContract.Native || files.length === 0) {
        return [];
    }
    if (runtime === FunctionRuntime.Nodejs && parseHandler(handler, runtime)?.functionName !== wholeModule) {
        const file = handler.includes(".") ? handler.slice(0, handler.lastIndexOf(".")) : handler;
        const reason =
            `is ${JSON.stringify(handler)}, but Funktion's own contract calls what the module itself exports; ` +
            `give "${file}.${wholeModule}"`;
        return [{ propertyPath: "handler", reason }];
    }
    return findHandler(files, handler, runtime!);
}

/** The file that holds the handler. */
function sourceOf({ files, handler, runtime }: ResolvedFunction): SourceFile | undefined {
    const name = parseHandler(handler, runtime!);
    return name && handlerFile(files, name, runtime!);
}

function shapeOf(fn: ResolvedFunction): FunctionWorkloadShape {
    return {
        platform: kind,
        contract: fn.contract === HandlerContract.Native ? ServerContract.Funktion : ServerContract.Portable,
        port,
        servicePort,
        labels: { kind: "function", name: fn.functionName },
    };
}

function recordFunction(name: string, fn: ResolvedFunction, parent: pulumi.Resource): void {
    createRecord(
        `${name}-record`,
        {
            cluster: fn.cluster,
            namespace: workloadNamespace(fn),
            kind: RecordKind.Function,
            resourceName: fn.functionName,
            facts: { runtime: fn.runtime! },
            labels: fn.labels,
            data: { source: sourceOf(fn)!.content.toString("utf8") },
        },
        parent,
    );
}

/** A schedule as a Flow of two steps: a timer, and the function. */
function recordSchedules(name: string, fn: ResolvedFunction, parent: pulumi.Resource): void {
    (fn.schedules ?? []).forEach((schedule, index) => {
        const part = schedule.name ?? `${index}`;
        const url = `http://${fn.functionName}/`;
        const flow = physicalName([fn.functionName, "schedule", part], nameLimits.CronJob);
        createRecord(
            `${name}-flow-${part}`,
            {
                cluster: fn.cluster,
                namespace: workloadNamespace(fn),
                kind: RecordKind.Flow,
                resourceName: flow,
                facts: { connector: "cron" },
                labels: fn.labels,
                data: { "funktion.yml": flowText(flow, [`cron://${flow}?schedule=${schedule.cron}`, url]) },
            },
            parent,
        );
    });
}
