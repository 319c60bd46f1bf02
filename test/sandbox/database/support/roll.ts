import type { KubernetesObject, SandboxClient } from "../../../../sandbox";

/** How the pods of a server were exchanged, by the API server's own history. */
export interface Roll<Result> {
    result: Result;
    /** Names of the new pods, as they came. */
    order: string[];
    /** How many pods were ready at the worst time. */
    leastReady: number;
}

/** Runs something that exchanges the pods of the servers in a namespace, all of which are ready. */
export async function watchRoll<Result>(
    client: SandboxClient,
    namespace: string,
    run: () => Promise<Result>,
): Promise<Roll<Result>> {
    const pods = `/api/v1/namespaces/${namespace}/pods?labelSelector=app.kubernetes.io/component=server`;
    const version = await client.versionOf(pods);
    const ready = new Set((await client.list(pods)).filter(isReady).map(({ metadata }) => metadata.name));
    const result = await run();
    const events = await client.eventsSince(pods, version);
    const numbers = events.map(({ type, object }) => {
        ready[type !== "DELETED" && isReady(object) ? "add" : "delete"](object.metadata.name);
        return ready.size;
    });
    const order = events.filter(({ type }) => type === "ADDED").map(({ object }) => object.metadata.name);
    return { result, order, leastReady: Math.min(...numbers) };
}

const isReady = ({ status }: KubernetesObject): boolean =>
    (status as { conditions?: { type: string; status: string }[] }).conditions?.some(
        (condition) => condition.type === "Ready" && condition.status === "True",
    ) ?? false;
