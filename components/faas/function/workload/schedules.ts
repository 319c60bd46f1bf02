import type * as pulumi from "@pulumi/pulumi";
import type { PodPeer, ServiceRef } from "../../../core/contracts";
import { selectorLabels } from "../../../core/labels";
import { nameLimits, physicalName } from "../../../core/names";
import { HardenedCronJob, type WorkloadContainer } from "../../../core/workload";
import type { FunctionRuntime } from "../args";
import type { ResolvedFunction } from "../driver";
import { callCommands } from "./calls";
import { functionPlacement } from "./settings";

/** The application that the pods of schedules belong to, by the standard label. */
const app = "function-schedule";

/** Seconds for the calling pod to be placed, to pull its image and to start. */
const startSeconds = 120;

/** What schedules call, and by what means. */
export interface ScheduleArgs {
    fn: ResolvedFunction;
    namespace: pulumi.Input<string>;
    service: ServiceRef;
    servicePort: number;
    /** The language in which the call is made, and its image. */
    runtime: FunctionRuntime;
    image: pulumi.Input<string>;
    serviceAccount: pulumi.Input<string>;
    /** Header fields of the calls; `{now}` and `{pod}` are replaced. */
    headers?: Record<string, string>;
}

/** The pods that call the function at its times; none without schedules. */
export function schedulePods(fn: ResolvedFunction, namespace: pulumi.Input<string>): PodPeer[] {
    const peer = { namespace, podSelector: selectorLabels({ app, instance: fn.functionName }) };
    return (fn.schedules ?? []).length > 0 ? [peer] : [];
}

/**
 * A CronJob for each schedule, which calls the function and fails when the answer is no success. A call that fails is not
 * repeated: what the function has done by then nobody knows.
 */
export function createSchedules(name: string, args: ScheduleArgs, parent: pulumi.Resource): void {
    (args.fn.schedules ?? []).forEach((schedule, index) =>
        createSchedule(name, args, schedule.name ?? `${index}`, schedule.cron, parent),
    );
}

function createSchedule(name: string, args: ScheduleArgs, part: string, cron: string, parent: pulumi.Resource): void {
    const { fn, namespace, service } = args;
    new HardenedCronJob(
        `${name}-schedule-${part}`,
        {
            cluster: fn.cluster,
            namespace,
            app,
            instance: fn.functionName,
            component: part,
            resourceName: physicalName([fn.functionName, "schedule", part], nameLimits.CronJob),
            labels: fn.labels,
            placement: functionPlacement(fn),
            registry: fn.registry,
            identity: { existingServiceAccount: args.serviceAccount },
            schedule: cron,
            retries: 0,
            timeoutSeconds: fn.timeoutSeconds + startSeconds,
            containers: [callContainer(args)],
            network: { services: [service] },
        },
        { parent },
    );
}

function callContainer({ fn, servicePort, image, runtime, headers = {} }: ScheduleArgs): WorkloadContainer {
    return {
        name: "call",
        image,
        command: callCommands[runtime],
        environmentFromFields: { POD_UID: "metadata.uid" },
        environment: {
            FUNCTION_URL: `http://${fn.functionName}.${fn.namespace}.svc:${servicePort}/`,
            FUNCTION_HEADERS: JSON.stringify(headers).replaceAll("{pod}", "$(POD_UID)"),
            // The function's own server gives up first, and says so.
            FUNCTION_TIMEOUT_SECONDS: `${fn.timeoutSeconds + 5}`,
        },
        resources: {
            requests: { cpu: "10m", memory: "32Mi" },
            limits: { cpu: "200m", memory: "128Mi" },
        },
    };
}
