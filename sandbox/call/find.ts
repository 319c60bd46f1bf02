import type { KubernetesObject } from "../client";
import { SandboxError } from "../tools/error";

/** Reads an API server: that of a sandbox, or of any cluster through kubectl. */
export interface ObjectReader {
    /** The object at a path, or undefined when there is none. */
    get(path: string): Promise<KubernetesObject | undefined>;
}

/** A function that is deployed to a cluster. */
export interface FoundFunction {
    name: string;
    namespace: string;
    /** The platform: `fission`, `openfaas`. */
    platform: string;
    /** What stands for the function: Fission's Function, elsewhere a Deployment. */
    object: KubernetesObject;
}

/** How to choose among functions of one name. */
export interface FindOptions {
    /** @default the only one that has a function of this name */
    namespace?: string;
}

/** The labels that `FaasFunction` gives the objects of a function. */
const deployments =
    "/apis/apps/v1/deployments?labelSelector=" +
    encodeURIComponent("app.kubernetes.io/name=function,app.kubernetes.io/managed-by=kubernetes-faas");

const platformLabel = "app.kubernetes.io/component";

/** All functions of a cluster, by name. A function of Fission is one however it was made. */
export async function listFunctions(reader: ObjectReader): Promise<FoundFunction[]> {
    const [fission, others] = await Promise.all([
        objects(reader, "/apis/fission.io/v1/functions"),
        objects(reader, deployments),
    ]);
    return [
        ...fission.map((object) => found(object, "fission")),
        // Fission's own Deployments carry the labels of the Function that they run.
        ...others
            .map((object) => found(object, object.metadata.labels?.[platformLabel] ?? "unknown"))
            .filter(({ platform }) => platform !== "fission"),
    ].sort((left, right) => (left.name < right.name ? -1 : Number(left.name > right.name)));
}

/**
 * The function of a name.
 *
 * @throws SandboxError when there is none, naming those that there are, or several.
 */
export async function findFunction(
    reader: ObjectReader,
    name: string,
    { namespace }: FindOptions = {},
): Promise<FoundFunction> {
    const all = await listFunctions(reader);
    const matching = all.filter((each) => each.name === name && [undefined, each.namespace].includes(namespace));
    if (matching.length === 0) {
        const others = all.map((each) => (namespace === undefined ? each.name : `${each.namespace}/${each.name}`));
        const wanted = namespace === undefined ? `"${name}"` : `"${name}" in namespace ${namespace}`;
        throw new SandboxError(
            `there is no function ${wanted}; ` +
                (others.length > 0 ? `there are ${others.join(", ")}` : "there is none; `npm start` deploys one"),
        );
    }
    if (matching.length > 1) {
        const namespaces = matching.map((each) => each.namespace).join(", ");
        throw new SandboxError(`there is a function "${name}" in each of ${namespaces}; say which by --namespace`);
    }
    return matching[0]!;
}

function found(object: KubernetesObject, platform: string): FoundFunction {
    return { name: object.metadata.name, namespace: object.metadata.namespace!, platform, object };
}

/** The objects of a collection that are not on their way out; none where nobody defines their kind. */
async function objects(reader: ObjectReader, path: string): Promise<KubernetesObject[]> {
    const list = (await reader.get(path)) as { items?: KubernetesObject[] } | undefined;
    return (list?.items ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}
