import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";

/** What a definition says, as upstream's manifests hold it. */
export interface UpstreamDefinition {
    metadata: { name: string };
    spec: {
        names: Record<string, unknown>;
        scope: string;
        versions: { name: string; schema: { openAPIV3Schema: object }; additionalPrinterColumns: object[] }[];
    };
}

/** The definitions in a directory of a Go module, by their names. */
export async function upstreamDefinitions(
    module: string,
    directory: string,
): Promise<Record<string, UpstreamDefinition>> {
    const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", module]);
    const folder = path.join((JSON.parse(stdout) as { Dir: string }).Dir, directory);
    const definitions = fs
        .readdirSync(folder)
        .filter((file) => file.endsWith(".yaml"))
        .map((file) => parse(fs.readFileSync(path.join(folder, file), "utf8")) as UpstreamDefinition);
    return Object.fromEntries(definitions.map((each) => [each.metadata.name, each]));
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * A schema without what decides nothing: descriptions, and marks that name the default.
 */
export function comparable(schema: unknown): Json {
    return simplified(JSON.parse(JSON.stringify(schema)) as Json);
}

function simplified(value: Json): Json {
    if (Array.isArray(value)) {
        return value.map(simplified);
    }
    if (value === null || typeof value !== "object") {
        return value;
    }
    if (value.properties && typeof value.properties === "object" && !Array.isArray(value.properties)) {
        const properties = Object.entries(value.properties).map(([key, each]) => [key, simplified(each)] as const);
        const { properties: _, ...rest } = value;
        return { ...own(rest), properties: Object.fromEntries(properties) };
    }
    return own(value);
}

const saysNothing = new Set(["description", "x-kubernetes-map-type"]);

function own(value: { [key: string]: Json }): { [key: string]: Json } {
    return Object.fromEntries(
        Object.entries(value)
            .map(([key, each]) => [key.replaceAll("_", "-"), each] as const)
            .filter(([key, each]) => !saysNothing.has(key) && !(key === "x-kubernetes-list-type" && each === "atomic"))
            .map(([key, each]) => [key, key === "required" ? [...(each as string[])].sort() : simplified(each)]),
    );
}

/** A schema without the specifications of pods, which ours leave open. */
export function withoutPods(schema: Json): Json {
    if (Array.isArray(schema)) {
        return schema.map(withoutPods);
    }
    if (schema === null || typeof schema !== "object") {
        return schema;
    }
    return Object.fromEntries(
        Object.entries(schema).map(([key, each]) => [key, key === "podTemplate" ? openPod(each) : withoutPods(each)]),
    );
}

function openPod(template: Json): Json {
    const { properties } = template as { properties: { [key: string]: Json } };
    return { ...(template as object), properties: { ...properties, spec: "open" } };
}
