import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { runDestroy, runPreview, runUp, type Sandbox } from "../sandbox";
import { type Contender, type Sample } from "./harness";
import { settle, type StackObject, steps } from "./objects";

/** A stack's deployment, its second preview and its destruction. */
export function stackContender(name: string, stack: Stack): Contender {
    return { name, run: () => runStack(stack) };
}

async function runStack(stack: Stack): Promise<Sample> {
    const up = await runUp(stack);
    const second = await runPreview(stack);
    if (second.changed.length > 0) {
        const names = second.changed.map((resource) => resource.urn).join(", ");
        throw new Error(`the second preview of ${stack.name} is not empty: ${names}`);
    }
    await settle();
    const down = await runDestroy(stack);
    return { up: up.seconds, second: second.seconds, down: down.seconds };
}

/**
 * The program that one writes by hand: every object as a resource, in the order of the steps, with Pulumi's defaults for
 * waiting and deleting.
 */
export function plainProgram({ kubeconfig, context }: Sandbox, objects: readonly StackObject[]): PulumiFn {
    return () => {
        const provider = new k8s.Provider("cluster", { kubeconfig, context });
        let earlier: pulumi.Resource[] = [];
        for (const step of steps(objects)) {
            const resources = step.map((object) => new PlainObject(object, { provider, dependsOn: earlier }));
            earlier = [...earlier, ...resources];
        }
        return Promise.resolve();
    };
}

/** What the classes of @pulumi/kubernetes do, for any kind. */
class PlainObject extends pulumi.CustomResource {
    constructor({ resourceType, ...object }: StackObject, opts: pulumi.CustomResourceOptions) {
        const { kind, metadata } = object;
        const name = [metadata.namespace, kind, metadata.name].filter(Boolean).join("-");
        super(resourceType, name, object, opts);
    }
}
