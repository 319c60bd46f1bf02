import type { Fault } from "../../core/errors";
import { HandlerContract, type FunctionDriver, type ResolvedFunction } from "../function";
import { findHandler } from "../function/portable";
import { metricsPath, ServerContract } from "../function/server";
import { deployFunctionWorkload, type FunctionWorkloadShape, validateFunctionWorkload } from "../function/workload";
import { kubelessPlatform } from "./platform";

const { kind, port, servicePort } = kubelessPlatform;

/** The memory limit of a function that names none. */
const defaultMemoryLimit = "256Mi";

/**
 * How functions run on Kubeless: as the objects that its controller made (kubeless v1.0.8, pkg/utils/kubelessutil.go),
 * with readiness, a rollout when the code changes, and a port of Services that schedules keep to.
 */
export const kubelessFunctionDriver: FunctionDriver = {
    validate: (fn) => {
        const faults = nativeHandlerFaults(fn);
        return faults.length > 0 ? faults : validateFunctionWorkload(fn, shapeOf(fn));
    },
    deploy: (name, fn, parent) => deployFunctionWorkload(name, fn, shapeOf(fn), parent),
};

/** The server loads native code as well, so its handler must be found. */
function nativeHandlerFaults({ contract, files, handler, runtime }: ResolvedFunction): Fault[] {
    return contract === HandlerContract.Native && files.length > 0 ? findHandler(files, handler, runtime!) : [];
}

function shapeOf(fn: ResolvedFunction): FunctionWorkloadShape {
    const contract = fn.contract === HandlerContract.Native ? ServerContract.Kubeless : ServerContract.Portable;
    return {
        platform: kind,
        contract,
        port,
        servicePort,
        containerName: fn.functionName,
        labels: { "created-by": "kubeless", function: fn.functionName },
        podAnnotations: fn.image === undefined ? scraping(contract) : undefined,
        environment: fn.image === undefined ? runtimeVariables(fn) : { FUNC_PORT: `${fn.port}` },
        scheduleHeaders: {
            "event-id": "{pod}",
            "event-time": "{now}",
            "event-namespace": "cronjobtrigger.kubeless.io",
            "event-type": "application/json",
        },
    };
}

/** The annotations that upstream's monitoring looks for. */
function scraping(contract: ServerContract): Record<string, string> {
    return {
        "prometheus.io/scrape": "true",
        "prometheus.io/path": metricsPath(contract),
        "prometheus.io/port": `${port}`,
    };
}

/** The variables of upstream's runtimes, which functions may read. */
function runtimeVariables(fn: ResolvedFunction): Record<string, string> {
    const dot = fn.handler.lastIndexOf(".");
    return {
        FUNC_HANDLER: fn.handler.slice(dot + 1),
        MOD_NAME: fn.handler.slice(0, dot),
        FUNC_TIMEOUT: `${fn.timeoutSeconds}`,
        FUNC_RUNTIME: fn.runtime!,
        FUNC_MEMORY_LIMIT: fn.resources?.memoryLimit ?? defaultMemoryLimit,
        FUNC_PORT: `${port}`,
    };
}
