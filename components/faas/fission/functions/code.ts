import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { assertValid } from "../../../core/errors";
import { nameLimits, physicalName } from "../../../core/names";
import { mirrored } from "../../../core/registry";
import { HandlerContract, type FunctionRuntime, type ResolvedFunction } from "../../function";
import { functionSecrets } from "../../function/variables";
import { type EnvironmentSpec, fissionObject, type FunctionSpec } from "../objects";
import { environmentPod, functionResources, serverVariables } from "../pods";
import { platformSettings, runtimeSettings } from "../settings";
import { packCode, packageName, type PackedCode, sizeFaults } from "./archive";
import { functionPlacement, type FunctionContext } from "./context";
import { idleSeconds, scaledExecution, specializationSeconds } from "./execution";
import { environmentVariables, hasVariables, readableEnvironment, secretReferences } from "./variables";

/**
 * Calls that one pod from the pool takes at a time. Node answers many at once; python-env runs one after the other, so
 * that more would only wait.
 */
const requestsPerPod: Readonly<Record<FunctionRuntime, number>> = { nodejs: 10, python: 1 };

/**
 * Whether the function has pods of its own, instead of warm ones from the pool that all functions of its language
 * share: when it says how many there are, where they run or what they may use, and when its variables must be the
 * container's, since no adapter sets them.
 */
export function hasOwnPods(fn: ResolvedFunction): boolean {
    const native = fn.contract === HandlerContract.Native && hasVariables(fn);
    return native || fn.scaling !== undefined || fn.resources !== undefined || fn.placement !== undefined;
}

/** The objects of a function whose code is given: a Package, a Function, and an Environment when it has its own pods. */
export function deployCode(context: FunctionContext): k8s.apiextensions.CustomResource {
    const { name, fn, parent, namespace, labels } = context;
    const own = hasOwnPods(fn) ? ownEnvironment(context) : undefined;
    const environment = {
        name: own ? own.object.metadata.name : runtimeSettings(fn.platform, fn.runtime!)!.environment,
        namespace,
    };
    const code = packedCode(name, fn);
    const packed = fissionObject(
        "Package",
        `${name}-package`,
        {
            name: pulumi.all([code, own?.spec]).apply(([known, spec]) => packageName(fn, known, spec)),
            namespace,
            labels,
        },
        { environment, deployment: { type: "literal", literal: code.apply(({ literal }) => literal) } },
        parent,
    );
    const spec: FunctionSpec = {
        InvokeStrategy: { StrategyType: "execution", ExecutionStrategy: execution(fn) },
        environment,
        package: {
            packageref: { name: packed.metadata.name, namespace },
            functionName: code.apply(({ entry }) => entry),
        },
        secrets: secretReferences(fn, namespace),
        functionTimeout: fn.timeoutSeconds,
        idletimeout: idleSeconds,
        ...(own ? {} : { requestsPerPod: requestsPerPod[fn.runtime!] }),
    };
    const replaceOnChanges = own ? scaledExecution(fn, "newdeploy").replaceOnChanges : [];
    return fissionObject(
        "Function",
        name,
        { name: fn.functionName, namespace, labels },
        spec,
        parent,
        replaceOnChanges,
    );
}

function execution(fn: ResolvedFunction): FunctionSpec["InvokeStrategy"]["ExecutionStrategy"] {
    return hasOwnPods(fn)
        ? scaledExecution(fn, "newdeploy").strategy
        : { ExecutorType: "poolmgr", SpecializationTimeout: specializationSeconds };
}

/** The code with its variables; an error when it turns out too large. */
function packedCode(name: string, fn: ResolvedFunction): pulumi.Output<PackedCode> {
    return pulumi.all([readableEnvironment(name, fn), functionSecrets(fn)]).apply(([environment, secrets]) => {
        const code = packCode(fn, { environment, secrets });
        assertValid(`FaasFunction ${name}`, sizeFaults(fn, code));
        return code;
    });
}

/**
 * An Environment for this function alone. It keeps its name when it changes, since Fission can't give the function's
 * Deployment another one; the Package's name changes with it instead.
 */
function ownEnvironment(context: FunctionContext): {
    object: k8s.apiextensions.CustomResource;
    spec: EnvironmentSpec;
} {
    const { name, fn, parent, namespace, labels } = context;
    const environment = physicalName([fn.functionName, "environment"], nameLimits.Deployment);
    const own = fn.contract === HandlerContract.Native ? environmentVariables(name, fn) : [];
    const variables = [...serverVariables(fn.runtime!), ...own];
    const spec: EnvironmentSpec = {
        version: 3,
        runtime: {
            image: mirrored(runtimeSettings(fn.platform, fn.runtime!)!.image, fn.registry),
            podspec: environmentPod(environment, variables, {
                placement: functionPlacement(fn),
                registry: fn.registry,
            }),
        },
        poolsize: 0,
        resources: functionResources(fn.resources),
        terminationGracePeriod: pulumi.output(platformSettings(fn.platform).drainSeconds ?? "30").apply(Number),
    };
    const metadata = { name: environment, namespace, labels };
    return { object: fissionObject("Environment", `${name}-environment`, metadata, spec, parent), spec };
}
