import * as pulumi from "@pulumi/pulumi";

/** Names an object that is in the cluster. */
export interface ObjectName {
    /** Left out for objects outside namespaces. */
    namespace?: pulumi.Input<string>;
    name: pulumi.Input<string>;
}

/**
 * Annotation of an object that is taken over: fields that a former stack set are this one's from now on. Each stack has
 * a field manager of its own, and another value beside a former one's is a conflict.
 */
export const takeOverAnnotations = { "pulumi.com/patchForce": "true" } as const;

/**
 * Makes a resource take over the object of that name instead of making one, with whatever data it holds: where there is
 * none, the preview fails already. What differs from the arguments is updated in the same run. Once the object is in the
 * state this does nothing, so it may stay in the program.
 *
 * It is Pulumi's option `import`, which takes a plain text only; the engine asks a transform for it once the name's outputs
 * are known.
 */
export function takeOver({ namespace, name }: ObjectName): pulumi.ResourceTransform {
    return async ({ props, opts }) => {
        const parts = namespace === undefined ? [name] : [namespace, name];
        const known: unknown[] = await Promise.all(parts.map((part) => pulumi.runtime.serializeProperty("name", part)));
        // At the preview of a namespace whose name is not known yet it is shown as made; the `up` takes it over.
        return known.every(isName) ? { props, opts: { ...opts, import: known.join("/") } } : undefined;
    };
}

function isName(part: unknown): part is string {
    return typeof part === "string" && part !== pulumi.runtime.unknownValue;
}
