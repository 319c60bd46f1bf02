import type { Fault } from "../../../core/errors";
import { checkName } from "../../../core/names";
import { Checks, isPlain } from "../../../core/validation";
import { validateHardenedDeployment } from "../../../core/workload";
import type { ResolvedFunction } from "../driver";
import type { FunctionWorkloadShape } from "./args";
import { codeConfig, codeSizeFaults, packFunction } from "./code";
import { functionDeployment, type MountedCode } from "./deployment";
import { runtimeImage } from "./settings";

/** Arguments of a Deployment under the names that the function's arguments have. */
const argumentNames: readonly [string, string][] = [
    ["containers[0].image", "image"],
    ["containers[0].name", "functionName"],
    ["containers[0].resources.requests.cpu", "resources.cpuRequest"],
    ["containers[0].resources.limits.cpu", "resources.cpuLimit"],
    ["containers[0].resources.requests.memory", "resources.memoryRequest"],
    ["containers[0].resources.limits.memory", "resources.memoryLimit"],
    ["containers[0].environment", "environment"],
    ["network.egress", "dependencies.egress"],
];

/**
 * What is wrong with a function that is right by itself, where its objects are made by `deployFunctionWorkload`; empty
 * when nothing is.
 */
export function validateFunctionWorkload(fn: ResolvedFunction, shape: FunctionWorkloadShape): Fault[] {
    const checks = new Checks();
    checkName(checks, "functionName", fn.functionName, "Service");
    checkImage(checks, fn);
    checkRuntime(checks, fn);
    return checks.faults.length > 0 ? checks.faults : objectFaults(fn, shape);
}

function checkImage(checks: Checks, fn: ResolvedFunction): void {
    if (fn.image !== undefined && fn.environment?.PORT !== undefined) {
        checks.fault("environment.PORT", "is what tells the image its port; give `port` instead");
    }
}

function checkRuntime(checks: Checks, { platform, runtime }: ResolvedFunction): void {
    if (runtime !== undefined && runtimeImage(platform, runtime) === undefined) {
        checks.fault(
            "runtime",
            `is "${runtime}", for which this ${platform.kind} has no image; give the platform one, or make the function an \`image\``,
        );
    }
}

/** What is wrong with the objects that would be made, as far as it is known before the Outputs in the variables are. */
function objectFaults(given: ResolvedFunction, shape: FunctionWorkloadShape): Fault[] {
    const variables = Object.entries(given.environment ?? {}).map(([name, value]) => [
        name,
        isPlain(value) ? value : "",
    ]);
    const fn: ResolvedFunction = { ...given, environment: Object.fromEntries(variables) as Record<string, string> };
    const packed = fn.image === undefined ? packFunction(fn, shape) : undefined;
    const code: MountedCode | undefined = packed && {
        config: "code",
        paths: codeConfig(packed.files).paths,
        command: packed.command,
    };
    const deployment = functionDeployment(fn.functionName, fn, shape, fn.namespace, code);
    return [
        ...(packed ? codeSizeFaults(fn, packed) : []),
        ...validateHardenedDeployment(fn.functionName, deployment).map(inArguments),
    ];
}

function inArguments({ propertyPath, reason }: Fault): Fault {
    const known = argumentNames.find(([path]) => propertyPath.startsWith(path));
    return { propertyPath: known ? known[1] + propertyPath.slice(known[0].length) : propertyPath, reason };
}
