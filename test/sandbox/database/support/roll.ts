import type { KubernetesObject, SandboxClient } from "../../../../sandbox";

/** How the pods of a server were exchanged, by the API server's own history. */
export interface Roll<Result> {
    result: Result;
    /** Names of the new pods, as they came; once where one came several times in turn. */
    order: string[];
    /** How many pods were ready, and not about to end, at the worst time. */
    leastReady: number;
    /** For each new pod but the last one, how long it was ready when the next one came, in milliseconds. */
    readyBeforeNext: number[];
}

/** Runs something that exchanges the pods of the servers in a namespace, all of which are ready. */
export async function watchRoll<Result>(
    client: SandboxClient,
    namespace: string,
    run: () => Promise<Result>,
): Promise<Roll<Result>> {
    const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=app.kubernetes.io/component=server`;
    const version = await client.versionOf(pods);
    const serving = new Set((await client.list(pods)).filter(serves).map(({ metadata }) => metadata.name));
    const result = await run();
    const events = await client.eventsSince(pods, version);
    const numbers = events.map(({ type, object }) => {
        serving[type !== "DELETED" && serves(object) ? "add" : "delete"](object.metadata.name);
        return serving.size;
    });
    const added = events.filter(({ type }) => type === "ADDED").map(({ object }) => object);
    // A busy controller that goes by a status of before makes a pod of the version before once more, and exchanges it again.
    const made = added.filter(({ metadata }, index) => added[index + 1]?.metadata.name !== metadata.name);
    const latest = new Map(events.map(({ object }) => [object.metadata.uid, object]));
    const readyBeforeNext = made
        .slice(1)
        .map((next, index) => createdAt(next) - readySince(latest.get(made[index]!.metadata.uid)!));
    return {
        result,
        order: made.map(({ metadata }) => metadata.name),
        leastReady: Math.min(...numbers),
        readyBeforeNext,
    };
}

const createdAt = ({ metadata }: KubernetesObject): number => Date.parse(metadata.creationTimestamp as string);

/** Since when a pod is as ready as it is; no number where it never was looked at. */
export const readySince = (pod: KubernetesObject): number => Date.parse(readiness(pod)?.lastTransitionTime ?? "");

const serves = (pod: KubernetesObject): boolean =>
    readiness(pod)?.status === "True" && pod.metadata.deletionTimestamp === undefined;

function readiness({ status }: KubernetesObject): { status: string; lastTransitionTime: string } | undefined {
    const conditions = (status.conditions ?? []) as { type: string; status: string; lastTransitionTime: string }[];
    return conditions.find(({ type }) => type === "Ready");
}
