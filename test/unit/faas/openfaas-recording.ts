import { OpenFaas, type OpenFaasArgs } from "../../../components/faas/openfaas";
import { testCluster } from "../support/cluster";
import { record, type Recording } from "../support/mocks";

export const deploymentType = "kubernetes:apps/v1:Deployment";
/** OpenFaaS' own parts when nothing is said. */
export const parts = ["alertmanager", "gateway", "nats", "prometheus", "queue-worker"];

/** All that an OpenFaaS registers. */
export function recordOpenFaas(args: Partial<OpenFaasArgs> = {}): Promise<Recording<OpenFaas>> {
    return record(() => new OpenFaas("openfaas", { cluster: testCluster(), acceptCommunityEula: true, ...args }));
}

/** The pods of a part. */
export function podOf(recording: Recording<unknown>, part: string) {
    return recording.only(deploymentType, `openfaas-${part}`).inputs.spec.template.spec;
}

/** A container of a part, by default the one that is called like it. */
export function containerOf(recording: Recording<unknown>, part: string, container = part) {
    return podOf(recording, part).containers.find(({ name }: { name: string }) => name === container);
}

/** The variables of a container. */
export function environmentOf(
    recording: Recording<unknown>,
    part: string,
    container?: string,
): Record<string, string | undefined> {
    const variables = containerOf(recording, part, container).env as { name: string; value?: string }[];
    return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** A file that a part reads, out of its ConfigMap. */
export function fileOf(recording: Recording<unknown>, part: string, file: string): string {
    return recording.only("kubernetes:core/v1:ConfigMap", `openfaas-${part}-config`).inputs.data[file] as string;
}
