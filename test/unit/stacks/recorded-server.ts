import type { RecordedResource } from "../../../components/testing";
import type { ObjectReader } from "../../../sandbox/call/find";
import type { KubernetesObject } from "../../../sandbox/client";

/** An API server that holds what a program has registered. */
export function serverOf(resources: readonly RecordedResource[]): ObjectReader {
    const collections: Record<string, string> = {
        "kubernetes:apps/v1:Deployment": "/apis/apps/v1/deployments",
        "kubernetes:core/v1:ConfigMap": "/api/v1/configmaps",
        "kubernetes:core/v1:Secret": "/api/v1/secrets",
        "kubernetes:fission.io/v1:Environment": "/apis/fission.io/v1/environments",
        "kubernetes:fission.io/v1:Function": "/apis/fission.io/v1/functions",
        "kubernetes:fission.io/v1:Package": "/apis/fission.io/v1/packages",
    };
    const objects = resources.flatMap((resource) => {
        const collection = collections[resource.type];
        const [namespace, name] = (resource.id ?? "").split("/");
        return collection === undefined ? [] : [{ collection, object: objectOf(resource, namespace!, name!) }];
    });
    return {
        get: (wanted) => {
            const [api = ""] = wanted.split("?");
            const [, prefix, namespace, plural, one] = /^(.+)\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(api) ?? [];
            if (prefix === undefined) {
                const items = objects.filter(
                    ({ collection, object }) =>
                        collection === api &&
                        (!wanted.includes("?") || object.metadata.labels?.["app.kubernetes.io/name"] === "function"),
                );
                return Promise.resolve({ items: items.map(({ object }) => object) } as unknown as KubernetesObject);
            }
            const found = objects.find(
                ({ collection, object: { metadata } }) =>
                    collection === `${prefix}/${plural}` && metadata.namespace === namespace && metadata.name === one,
            );
            return Promise.resolve(found?.object);
        },
    };
}

/** A recorded resource as the API server would give it: texts of Secrets in base64. */
function objectOf({ type, inputs }: RecordedResource, namespace: string, name: string): KubernetesObject {
    const encoded = Object.entries((inputs.stringData ?? {}) as Record<string, string>).map(([key, text]) => [
        key,
        Buffer.from(text).toString("base64"),
    ]);
    return {
        ...inputs,
        kind: type.split(":").at(-1),
        metadata: { ...inputs.metadata, namespace, name },
        data: { ...inputs.data, ...Object.fromEntries(encoded) },
    } as unknown as KubernetesObject;
}
