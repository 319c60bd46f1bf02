import assert from "node:assert/strict";
import { Fission, type FissionArgs } from "../../../components/faas/fission";
import { testCluster } from "../support/cluster";
import { record, type Recording } from "../support/mocks";

export const definitions = ["functions.fission.io"];
export const deploymentType = "kubernetes:apps/v1:Deployment";
/** Fission's own parts. */
export const parts = ["buildermgr", "executor", "kubewatcher", "router", "storagesvc", "timer", "webhook"];

/** All that a Fission registers. */
export function recordFission(args: Partial<FissionArgs> = {}): Promise<Recording<Fission>> {
    return record(() => new Fission("fission", { cluster: testCluster(), definitions, ...args }));
}

/** The only container of a part. */
export function containerOf(recording: Recording<unknown>, part: string) {
    const { inputs } = recording.only(deploymentType, `fission-${part}`);
    assert.equal(inputs.spec.template.spec.containers.length, 1);
    return inputs.spec.template.spec.containers[0];
}

/** The variables of a part, those from elsewhere by their source. */
export function environmentOf(recording: Recording<unknown>, part: string): Record<string, unknown> {
    const variables = containerOf(recording, part).env as { name: string; value?: string; valueFrom?: object }[];
    return Object.fromEntries(variables.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
}
