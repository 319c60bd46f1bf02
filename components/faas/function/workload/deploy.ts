import type * as pulumi from "@pulumi/pulumi";
import { rolledConfig } from "../../../core/config-objects";
import { objectLabels } from "../../../core/labels";
import { HardenedDeployment } from "../../../core/workload";
import { FunctionRuntime } from "../args";
import type { DeployedFunction, ResolvedFunction } from "../driver";
import type { FunctionWorkloadShape } from "./args";
import { codeConfig, packFunction } from "./code";
import { functionDeployment, type MountedCode } from "./deployment";
import { functionLabels } from "./labels";
import { createSchedules } from "./schedules";
import { runtimeImage, workloadNamespace, workloadSettings } from "./settings";

/**
 * Makes the objects of a function where no controller makes them: a ConfigMap with the code and our server, a Deployment,
 * a Service, what scales them, what may reach them, and a CronJob for each schedule.
 *
 * Other code makes another ConfigMap, so that the pods roll; a rollout that fails leaves the old pods with what they had.
 */
export function deployFunctionWorkload(
    name: string,
    fn: ResolvedFunction,
    shape: FunctionWorkloadShape,
    parent: pulumi.Resource,
): DeployedFunction {
    const namespace = workloadNamespace(fn);
    const code = fn.image === undefined ? mountCode(name, fn, shape, namespace, parent) : undefined;
    const deployment = new HardenedDeployment(name, functionDeployment(name, fn, shape, namespace, code), { parent });
    const service = deployment.service!;
    const runtime = fn.runtime ?? FunctionRuntime.Nodejs;
    createSchedules(
        name,
        {
            fn,
            namespace,
            service,
            servicePort: shape.servicePort,
            runtime,
            image: runtimeImage(fn.platform, runtime)!,
            serviceAccount: workloadSettings(fn.platform).serviceAccount ?? "default",
            headers: shape.scheduleHeaders,
        },
        parent,
    );
    return { service, path: "/", pods: deployment.pods };
}

function mountCode(
    name: string,
    fn: ResolvedFunction,
    shape: FunctionWorkloadShape,
    namespace: pulumi.Input<string>,
    parent: pulumi.Resource,
): MountedCode {
    const { files, command } = packFunction(fn, shape);
    const { data, binaryData, paths } = codeConfig(files);
    const config = rolledConfig(
        `${name}-code`,
        {
            cluster: fn.cluster,
            namespace,
            labels: objectLabels(functionLabels(fn, shape)),
            data,
            binaryData: Object.keys(binaryData).length > 0 ? binaryData : undefined,
        },
        { parent },
    );
    return { config: config.metadata.name, paths, command };
}
