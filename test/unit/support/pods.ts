import assert from "node:assert/strict";
import { PodSecurityLevel } from "../../../components/core/pod-security";
import { podSecurityViolations, type PlainPodSpec } from "../../../components/core/pod-security-rules";
import type { RecordedResource } from "./mocks";

/** A pod that a program would run, and the workload that would make it. */
export interface RenderedPod {
    workload: RecordedResource;
    pod: PlainPodSpec;
}

const templatePaths: Record<string, string[]> = {
    "kubernetes:apps/v1:Deployment": ["spec", "template", "spec"],
    "kubernetes:apps/v1:StatefulSet": ["spec", "template", "spec"],
    "kubernetes:apps/v1:DaemonSet": ["spec", "template", "spec"],
    "kubernetes:batch/v1:Job": ["spec", "template", "spec"],
    "kubernetes:batch/v1:CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
    "kubernetes:core/v1:Pod": ["spec"],
};

/** Every pod specification among the registered resources. */
export function renderedPods(resources: readonly RecordedResource[]): RenderedPod[] {
    return resources.flatMap((workload) => {
        const path = templatePaths[workload.type];
        if (!path) {
            return [];
        }
        const pod = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], workload.inputs);
        return [{ workload, pod: pod as PlainPodSpec }];
    });
}

/** Asserts that every pod among the registered resources meets a Pod Security level, and that there is one. */
export function assertPodSecurity(
    resources: readonly RecordedResource[],
    level: PodSecurityLevel = PodSecurityLevel.Restricted,
): void {
    const pods = renderedPods(resources);
    assert.ok(pods.length > 0, "no pod is rendered");
    for (const { workload, pod } of pods) {
        assert.deepEqual(podSecurityViolations(pod, level), [], `${workload.type} ${workload.name}`);
    }
}
