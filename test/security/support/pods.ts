import type { PlainPodSpec } from "../../../components/core/pod-security-rules";
import type { Manifest } from "../../../components/testing";
import { titleOf } from "./programs";

/** A container, as far as these tests look at it. */
type Container = PlainPodSpec["containers"][number] & {
    image?: string;
    env?: { name: string; value?: string }[];
    securityContext?: { readOnlyRootFilesystem?: boolean };
};

/** A pod's specification in a manifest. */
export type PodSpec = Omit<PlainPodSpec, "containers" | "initContainers"> & {
    containers: Container[];
    initContainers?: Container[];
    serviceAccountName?: string;
    automountServiceAccountToken?: boolean;
};

/** A pod that an object makes, or that Fission makes of it. */
export interface FoundPod {
    /** `Deployment fission/router`. */
    title: string;
    object: Manifest;
    spec: PodSpec;
}

/** Where pods are specified, by kind. */
const places: Record<string, string[][]> = {
    CronJob: [["spec", "jobTemplate", "spec", "template", "spec"]],
    DaemonSet: [["spec", "template", "spec"]],
    Deployment: [["spec", "template", "spec"]],
    Job: [["spec", "template", "spec"]],
    Pod: [["spec"]],
    StatefulSet: [["spec", "template", "spec"]],
    // Fission's: what is laid over the pods that it makes, and whole pods of images.
    Environment: [
        ["spec", "runtime", "podspec"],
        ["spec", "builder", "podspec"],
    ],
    Function: [["spec", "podspec"]],
};

/** Every pod that these objects lead to. */
export function podsOf(objects: readonly Manifest[]): FoundPod[] {
    return objects.flatMap((object) =>
        (places[object.kind] ?? []).flatMap((path) => {
            const spec = path.reduce<unknown>(
                (value, key) => (value as Record<string, unknown> | undefined)?.[key],
                object,
            );
            return spec === undefined ? [] : [{ title: titleOf(object), object, spec: spec as PodSpec }];
        }),
    );
}

/** The containers of a pod, those that run first among them. */
export function containersOf({ spec }: FoundPod): Container[] {
    return [...(spec.initContainers ?? []), ...spec.containers];
}

/** How many lists of containers an object holds, wherever they are. A definition's schema names them too, and holds none. */
export function containerLists({ kind, ...content }: Manifest): number {
    return kind === "CustomResourceDefinition" ? 0 : countLists(content);
}

function countLists(value: unknown): number {
    if (typeof value !== "object" || value === null) {
        return 0;
    }
    return Object.entries(value).reduce(
        (sum, [key, item]) => sum + countLists(item) + (key === "containers" && Array.isArray(item) ? 1 : 0),
        0,
    );
}
