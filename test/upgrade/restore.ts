import type { Stack } from "@pulumi/pulumi/automation";
import {
    ApiError,
    type KubernetesObject,
    resourcesInState,
    type ResourceState,
    type SandboxClient,
} from "../../sandbox";
import { eventually } from "../support/eventually";

/** Makes the objects of a stack's state in a cluster that does not have them, as the release that is recorded left them. */
export async function restoreObjects(client: SandboxClient, stack: Stack): Promise<void> {
    const resources = (await resourcesInState(stack)).filter(
        ({ type, custom }) => custom && type.startsWith("kubernetes:"),
    );
    // Webhooks would judge what was admitted once.
    const isWebhook = ({ type }: ResourceState): boolean => type.endsWith("WebhookConfiguration");
    for (const resource of [...resources.filter((each) => !isWebhook(each)), ...resources.filter(isWebhook)]) {
        await restore(client, resource);
    }
}

async function restore(client: SandboxClient, { type, inputs, outputs }: ResourceState): Promise<void> {
    const object = inClear(inputs) as KubernetesObject;
    // The API of a custom resource is there a moment after its definition.
    const collection = await eventually(() => collectionOf(client, object));
    if (type.endsWith(`:${object.kind}Patch`)) {
        await client.apply(`${collection}/${object.metadata.name}`, object, outputs!.__fieldManager as string);
        return;
    }
    try {
        await eventually(() => client.create(`${collection}?fieldManager=pulumi-kubernetes`, object), 5_000);
    } catch (error) {
        // A StatefulSet's controller may have made the claim that the state holds.
        if (!(error instanceof ApiError && error.reason === "AlreadyExists")) {
            throw error;
        }
    }
}

async function collectionOf(client: SandboxClient, { apiVersion, kind, metadata }: KubernetesObject): Promise<string> {
    const api = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { resources } = await client.request<{ resources: { name: string; kind: string; namespaced: boolean }[] }>(
        "GET",
        api,
    );
    const found = resources.find((each) => each.kind === kind && !each.name.includes("/"));
    if (!found) {
        throw new Error(`${apiVersion} has no ${kind}`);
    }
    return found.namespaced ? `${api}/namespaces/${metadata.namespace}/${found.name}` : `${api}/${found.name}`;
}

/** A value of an exported state with its secrets as plain values. */
function inClear(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(inClear);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const { plaintext } = value as { plaintext?: unknown };
    return typeof plaintext === "string"
        ? JSON.parse(plaintext)
        : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inClear(item)]));
}
