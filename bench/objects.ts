import { setTimeout as sleep } from "node:timers/promises";
import type { Stack } from "@pulumi/pulumi/automation";
import { type KubernetesObject, resourcesInState } from "../sandbox";

/** A Kubernetes object as a program gave it, without Pulumi's own annotations. */
export interface StackObject extends KubernetesObject {
    /** Type of the resource that made it: a Patch changes an object that the cluster has by itself. */
    readonly resourceType: string;
}

/** The Kubernetes objects of a deployed stack. */
export async function objectsOf(stack: Stack): Promise<StackObject[]> {
    return (await resourcesInState(stack))
        .filter(({ type, inputs }) => type.startsWith("kubernetes:") && inputs?.kind !== undefined)
        .map(({ type, inputs }) => ({ ...(plain(inputs) as KubernetesObject), resourceType: type }));
}

/**
 * Waits until the cluster knows all kinds well enough to delete them: the garbage collector looks for new ones every 30
 * seconds (kube-controller-manager, pkg/controller/garbagecollector), and until then an object of a new kind is not
 * deleted in the foreground. Nobody destroys a stack that is seconds old.
 */
export const settle = (): Promise<void> => sleep(35_000);

/** How the state marks a secret value. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** The value without secrets' wraps, without Pulumi's annotations, with dashes where its SDK has underscores. */
function plain(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (secretMark in value) {
        return JSON.parse((value as unknown as { plaintext: string }).plaintext);
    }
    const entries = Object.entries(value)
        .map(([key, item]): [string, unknown] => [withDashes(key), plain(item)])
        .filter(([key, item]) => !key.startsWith("pulumi.com/") && !(key === "annotations" && isEmpty(item)));
    return Object.fromEntries(entries);
}

const withDashes = (key: string): string => (key.startsWith("x_kubernetes_") ? key.replaceAll("_", "-") : key);

const isEmpty = (value: unknown): boolean =>
    typeof value === "object" && value !== null && Object.keys(value).length === 0;

/**
 * Objects in the steps in which they can be made: namespaces and definitions; what is in the namespaces; what needs a
 * ready webhook, and what makes the API server ask it.
 */
export function steps(objects: readonly StackObject[]): StackObject[][] {
    const groups = new Set(
        objects
            .filter(({ kind }) => kind === "CustomResourceDefinition")
            .map(({ spec }) => (spec as { group: string }).group),
    );
    const step = ({ apiVersion, kind }: StackObject): number => {
        if (kind === "Namespace" || kind === "CustomResourceDefinition") {
            return 0;
        }
        return kind.endsWith("WebhookConfiguration") || groups.has(apiVersion.split("/")[0]!) ? 2 : 1;
    };
    return [0, 1, 2].map((index) => objects.filter((object) => step(object) === index));
}
