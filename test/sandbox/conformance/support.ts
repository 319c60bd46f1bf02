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
