import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { mirrored } from "../../../core/registry";
import { fissionObject } from "../objects";
import { imagePod, imagePort } from "../pods";
import { platformSettings } from "../settings";
import { functionPlacement, type FunctionContext } from "./context";
import { idleSeconds, scaledExecution } from "./execution";
import { withSecretFiles } from "./secret-files";
import { environmentVariables } from "./variables";

/** The Function of an image that listens by itself. Fission wants the Environment's namespace even where there is none. */
export function deployImage(context: FunctionContext): k8s.apiextensions.CustomResource {
    const { name, fn, parent, namespace, labels } = context;
    const { strategy, replaceOnChanges } = scaledExecution(fn, "container");
    return fissionObject(
        "Function",
        name,
        { name: fn.functionName, namespace, labels },
        {
            InvokeStrategy: { StrategyType: "execution", ExecutionStrategy: strategy },
            environment: { namespace: "" },
            package: {},
            functionTimeout: fn.timeoutSeconds,
            idletimeout: idleSeconds,
            podspec: withSecretFiles(
                imagePod({
                    functionName: fn.functionName,
                    image: mirrored(fn.image!, fn.registry),
                    variables: [{ name: "PORT", value: `${imagePort}` }, ...environmentVariables(name, fn)],
                    resources: fn.resources,
                    placement: functionPlacement(fn),
                    registry: fn.registry,
                    terminationGracePeriodSeconds: pulumi
                        .output(platformSettings(fn.platform).drainSeconds ?? "30")
                        .apply(Number),
                }),
                fn,
            ),
        },
        parent,
        replaceOnChanges,
    );
}
