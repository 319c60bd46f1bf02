import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { RecordedResource } from "./recorded-resource";

/** A Kubernetes object as a YAML file holds it. */
export interface Manifest {
    apiVersion: string;
    kind: string;
    metadata: ManifestMetadata;
    [field: string]: unknown;
}

/** The part of a manifest's metadata that tells it from others. */
export interface ManifestMetadata {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
}

/** What stands in a manifest for a secret value. */
export const secretText = "<secret>";

/** Annotations that tell Pulumi's Kubernetes plugin what to do; they mean nothing to a cluster. */
const pulumiAnnotation = /^pulumi\.com\//;

/**
 * The Kubernetes objects among recorded resources as plain manifests, for scanners, GitOps and reviews: secret values
 * are {@link secretText}, those that only a deployment knows `<unknown>`, and Pulumi's own annotations are left out. In
 * the order in which `kubectl apply` wants them, then by namespace, kind and name, so that two renderings can be compared.
 *
 * @example
 * ```ts
 * const { resources } = await record(program, { preview: true, autoName: nameByContent });
 * fs.writeFileSync("manifests.yaml", formatManifests(manifests(resources)));
 * ```
 */
export function manifests(resources: readonly RecordedResource[]): Manifest[] {
    return resources.filter(isKubernetesObject).map(toManifest).sort(compare);
}

/**
 * Manifests as one YAML file. Read by the rules of YAML 1.1, as Kubernetes does, so that the text `on` stays a text.
 */
export function formatManifests(objects: readonly Manifest[]): string {
    return objects.map((object) => `---\n${formatManifest(object)}`).join("");
}

function formatManifest(object: Manifest): string {
    return stringify(object, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * A name for an object that has none, which changes with what the object holds: then also without Pulumi another content
 * makes another immutable object, and rolls the pods that refer to it. What is secret does not count.
 */
export function nameByContent(resource: RecordedResource): string {
    const content = JSON.stringify(masked(resource, resource.inputs, ""));
    return `${resource.name}-${createHash("sha256").update(content).digest("hex").slice(0, 8)}`;
}

/** Whether a recorded resource is one object in a cluster: neither a component nor a Helm release. */
function isKubernetesObject({ type, inputs }: RecordedResource): boolean {
    return type.startsWith("kubernetes:") && typeof inputs.apiVersion === "string" && typeof inputs.kind === "string";
}

function toManifest(resource: RecordedResource): Manifest {
    const object = masked(resource, resource.inputs, "");
    const { apiVersion, kind, metadata, ...rest } = withDashes(object) as Manifest;
    const { name, namespace, annotations = {}, ...others } = metadata ?? {};
    const kept = Object.entries(annotations).filter(([key]) => !pulumiAnnotation.test(key));
    return {
        apiVersion,
        kind,
        metadata: {
            name: name ?? resource.id!.split("/").at(-1)!,
            ...(namespace === undefined ? {} : { namespace }),
            ...others,
            ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}),
        },
        ...rest,
    };
}

/** Pulumi's SDK writes the extensions of a definition's schema with underscores; its plugin puts the dashes back. */
function withDashes(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(withDashes);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const entries = Object.entries(value).map(([key, item]) => [
        key.startsWith("x_kubernetes_") ? key.replaceAll("_", "-") : key,
        withDashes(item),
    ]);
    return Object.fromEntries(entries) as object;
}

/** The value with every secret below it masked. */
function masked(resource: RecordedResource, value: unknown, path: string): unknown {
    if (isSecret(resource, path)) {
        const inBase64 = resource.inputs.kind === "Secret" && path === "data";
        return mask(value, inBase64 ? Buffer.from(secretText).toString("base64") : secretText);
    }
    if (Array.isArray(value)) {
        return value.map((item, index) => masked(resource, item, `${path}[${index}]`));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const entries = Object.entries(value).map(([key, item]) => [
        key,
        masked(resource, item, path === "" ? key : `${path}.${key}`),
    ]);
    return Object.fromEntries(entries) as object;
}

/** What a Secret holds is masked even where the program forgot to mark it. */
function isSecret({ inputs, secretPaths }: RecordedResource, path: string): boolean {
    return secretPaths.includes(path) || (inputs.kind === "Secret" && ["data", "stringData"].includes(path));
}

/** Keeps the keys of a map, so that one can see what a Secret is made of. */
function mask(value: unknown, text: string): unknown {
    return typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.keys(value).map((key) => [key, text]))
        : text;
}

/** What must be there before anything else. */
const first = ["Namespace", "CustomResourceDefinition"];

function rank({ kind }: Manifest): number {
    const index = first.indexOf(kind);
    return index < 0 ? first.length : index;
}

function compare(left: Manifest, right: Manifest): number {
    const keyOf = ({ kind, metadata }: Manifest): string => `${metadata.namespace ?? ""}/${kind}/${metadata.name}`;
    return rank(left) - rank(right) || (keyOf(left) < keyOf(right) ? -1 : 1);
}
