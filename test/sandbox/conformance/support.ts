import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Sandbox, StackRun } from "../../../sandbox";
import { StackRunError } from "../../../sandbox";

/** Fields of an object beside its kind. */
export type Fields = Record<string, unknown>;

/** A provider for the sandbox with the official plugin's defaults: data of ConfigMaps and Secrets replaces. */
export function sandboxProvider(sandbox: Sandbox, args: k8s.ProviderArgs = {}): k8s.Provider {
    return new k8s.Provider("sandbox", {
        kubeconfig: sandbox.kubeconfig,
        context: sandbox.context,
        clusterIdentifier: sandbox.name,
        ...args,
    });
}

/** An object of any kind; the classes of the SDK do no more than this for what they are given here. */
export class RecordedObject extends pulumi.CustomResource {
    /** @param kind as recorded: `apps/v1:Deployment`, `core/v1:Secret`, or `CR:group/version:Kind` */
    constructor(kind: string, name: string, fields: Fields, options: pulumi.CustomResourceOptions) {
        const [groupVersion, kindName] = kind.replace(/^CR:/, "").split(":") as [string, string];
        super(
            `kubernetes:${groupVersion}:${kindName}`,
            name,
            { apiVersion: groupVersion.replace(/^core\//, ""), kind: kindName, ...fields },
            options,
        );
    }
}

/** The run of an operation that must fail, with the engine's message. */
export async function failing(operation: Promise<StackRun>): Promise<{ run: StackRun; message: string }> {
    try {
        await operation;
    } catch (error) {
        assert.ok(error instanceof StackRunError, String(error));
        return { run: error.run, message: error.message };
    }
    assert.fail("the operation succeeded");
}

/** What a preview announces for the objects, as the recordings write it: `name:operation`. */
export function announced({ events }: StackRun): string[] {
    return events.flatMap(({ resourcePreEvent: begin }) =>
        begin ? [`${nameOf(begin.metadata.urn)}:${begin.metadata.op}`] : [],
    );
}

/** What became of the objects, as the recordings write it: `name:operation`, with ` FAILED` behind a failure. */
export function finished({ events }: StackRun): string[] {
    return events.flatMap(({ resOutputsEvent, resOpFailedEvent }) => {
        const end = resOpFailedEvent ?? resOutputsEvent;
        const suffix = resOpFailedEvent ? " FAILED" : "";
        return end ? [`${nameOf(end.metadata.urn)}:${end.metadata.op}${suffix}`] : [];
    });
}

/** How long the operation on one object took. */
export function secondsOf({ events }: StackRun, name: string): number {
    const concerns = (urn?: string): boolean => urn !== undefined && nameOf(urn) === name;
    const begin = events.find(({ resourcePreEvent }) => concerns(resourcePreEvent?.metadata.urn));
    const end = events.find(({ resOutputsEvent, resOpFailedEvent }) =>
        concerns((resOpFailedEvent ?? resOutputsEvent)?.metadata.urn),
    );
    assert.ok(begin && end, `${name} was not part of the run`);
    return end.timestamp - begin.timestamp;
}

const nameOf = (urn: string): string => urn.split("::").at(-1)!;
