import type * as pulumi from "@pulumi/pulumi";
import type { DeployedFunction, FunctionDriver, ResolvedFunction } from "../function";
import { deployCode } from "./functions/code";
import { functionContext } from "./functions/context";
import { deployImage } from "./functions/image";
import { createHttpTriggers, createTimeTriggers, invocationPath } from "./functions/triggers";
import { validateFissionFunction } from "./functions/validate";

/**
 * How Fission runs functions.
 *
 * | asked for | what runs it |
 * |---|---|
 * | code alone | a warm pod from the pool of its language, given up after two minutes without calls |
 * | code with `scaling`, `resources` or `placement` | a Deployment of its own, by default none without calls |
 * | native code with variables | likewise, since only the container itself can have them |
 * | `image` | a Deployment of its own; the image listens on port 8080, which `PORT` tells it too |
 *
 * Variables and secrets of portable code are set by the adapter that is packed with it.
 */
export const fissionFunctionDriver: FunctionDriver = { validate: validateFissionFunction, deploy };

function deploy(name: string, fn: ResolvedFunction, parent: pulumi.ComponentResource): DeployedFunction {
    const context = functionContext(name, fn, parent);
    const target = fn.image === undefined ? deployCode(context) : deployImage(context);
    createHttpTriggers(context, target);
    createTimeTriggers(context, target);
    return {
        service: fn.platform.gateway,
        path: invocationPath(fn),
        // Fission labels the pods of every executor so (fission/fission v1.27.0, pkg/executor).
        pods: { namespace: fn.namespace, podSelector: { functionName: fn.functionName } },
    };
}
