import * as pulumi from "@pulumi/pulumi";
import table from "./images.json";
import { type Registry, mirrored, rehosted } from "./registry";

/** The keys of the images table. Inferred, so that the type declarations list them and need no JSON file. */
export const imageKeys = keysOf(table);

/** A key of the images table. */
export type ImageKey = (typeof imageKeys)[number];

/** One image that the library may run. */
export interface ImageFacts {
    /** The repository with its registry. */
    readonly repository: string;
    /** The pinned version; never a moving tag such as `latest`. */
    readonly tag: string;
    /** `sha256:...` of the image or its index, where a source names it. @default pinned by tag only */
    readonly digest?: string;
    /** The SPDX identifier of the licence of the software in it. */
    readonly licence: string;
    /** Where repository and tag were read. */
    readonly source: string;
}

/** Every image that the library may run, by key. The only place where versions of images are written. */
export const images: Readonly<Record<ImageKey, ImageFacts>> = table;

/**
 * The full reference of an image, pinned, from the registry that the user wants.
 *
 * @example image("fission-bundle") // "ghcr.io/fission/fission-bundle:v1.27.0"
 * @example image("fission-bundle", { mirror: "harbor.example.com/mirror" })
 * // "harbor.example.com/mirror/fission/fission-bundle:v1.27.0"
 */
export function image(key: ImageKey, registry?: Registry): pulumi.Input<string> {
    return mirrored(imageReference(key), registry);
}

function imageReference(key: ImageKey): string {
    const { repository, tag, digest } = images[key];
    return `${repository}:${tag}${digest === undefined ? "" : `@${digest}`}`;
}

/** An image to copy, for clusters without a way to the public registries. */
export interface MirroredImage {
    /** Where it is published. */
    source: string;
    /** Where the cluster pulls it from. */
    target: string;
}

/**
 * Every image of the table, or those of the given keys, with the name under which a cluster with these mirrors pulls
 * it: the list to copy before an air-gapped `pulumi up`.
 *
 * @example
 * ```ts
 * for (const { source, target } of mirrorList({ mirror: "harbor.example.com/mirror" })) {
 *     console.log(`skopeo copy --all docker://${source} docker://${target}`);
 * }
 * ```
 */
export function mirrorList(
    registry: { mirror?: string; mirrors?: Record<string, string> },
    keys: readonly ImageKey[] = imageKeys,
): MirroredImage[] {
    return keys.map((key) => {
        const source = imageReference(key);
        return { source, target: rehosted(source, registry.mirror, registry.mirrors) };
    });
}

function keysOf<Table extends object>(rows: Table): (keyof Table)[] {
    return Object.keys(rows) as (keyof Table)[];
}
