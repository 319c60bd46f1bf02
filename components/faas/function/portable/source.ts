import * as pulumi from "@pulumi/pulumi";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Fault } from "../../../core/errors";
import { suggest } from "../../../core/validation";
import type { FunctionRuntime } from "../args";
import type { SourceFile } from "../driver";
import { adapterFolder } from "./adapter-files";
import { readFolder } from "./folder";
import { parseHandler, textEnding } from "./handler-name";
import { settled } from "./settled";
import { SourceCollector } from "./source-collector";
import { readZip } from "./zip";

/** What {@link readSource} takes. */
export interface ReadSourceArgs {
    /** One source file. */
    code?: pulumi.asset.Asset;
    /** A folder, a zip, or an `AssetArchive` of them. */
    archive?: pulumi.asset.Archive;
    /** `file.function`; names the file of code that is given as text. */
    handler: string;
    /** The language; names the ending of code that is given as text. */
    runtime: FunctionRuntime;
}

/** The files of a function, and what is wrong with them. */
export interface Source {
    /** Sorted by path. */
    files: SourceFile[];
    faults: Fault[];
}

/**
 * Reads a function's sources at once, so that what is wrong with them is known before any resource is registered.
 *
 * - A `FileAsset` keeps its file's name; a `StringAsset` takes its name from the handler.
 * - A folder is read without names that begin with a dot, `node_modules`, `__pycache__` and virtual environments, none of
 *   which is source. Links are followed inside the folder only.
 * - A zip is taken as it is: whoever makes one has chosen its content, `node_modules` too.
 * - What is given by its address is refused: its content is not known before it is used.
 *
 * Relative paths are resolved against the working directory, as the engine does.
 */
export function readSource(args: ReadSourceArgs): Source {
    const collector = new SourceCollector();
    if (args.code) {
        readCode(args.code, args, collector);
    }
    if (args.archive) {
        readArchive(args.archive, "archive", "", collector);
    }
    const { files, faults } = collector.finish();
    return { files, faults: [...faults, ...faultsOfNames(files, args)] };
}

function faultsOfNames(files: readonly SourceFile[], { code }: ReadSourceArgs): Fault[] {
    const taken = files.find((file) => file.path.split("/")[0] === adapterFolder);
    if (!taken) {
        return [];
    }
    const reason = `has "${taken.path}", but "${adapterFolder}" is where the platform's adapter goes; rename it`;
    return [{ propertyPath: code ? "code" : "archive", reason }];
}

function readCode(code: pulumi.asset.Asset, args: ReadSourceArgs, collector: SourceCollector): void {
    if ("text" in code) {
        const text = plainValue((code as pulumi.asset.StringAsset).text, "code", "text", collector);
        if (text !== undefined) {
            collector.add("code", textFileName(text, args), Buffer.from(text));
        }
        return;
    }
    const file = filePath(code, "code", collector);
    if (file !== undefined) {
        readFile(file, "code", path.basename(file), collector);
    }
}

/** The name for code that is given as text; a handler of a wrong form is reported by `findHandler`. */
function textFileName(text: string, { handler, runtime }: ReadSourceArgs): string {
    return (parseHandler(handler, runtime)?.file ?? "handler") + textEnding(text, runtime);
}

/** The path of a file asset or archive; reports one that lies elsewhere. */
function filePath(
    source: pulumi.asset.Asset | pulumi.asset.Archive,
    propertyPath: string,
    collector: SourceCollector,
): string | undefined {
    if ("path" in source) {
        return plainValue((source as pulumi.asset.FileAsset).path, propertyPath, "path", collector);
    }
    if ("uri" in source) {
        const { uri } = source as pulumi.asset.RemoteAsset;
        const result = settled(uri);
        const address = result.state === "fulfilled" ? JSON.stringify(result.value) : "an address";
        const reason = `is fetched from ${address} where it is used, so its content is not known here; download it and give the file, or build an image`;
        collector.fault(propertyPath, reason);
        return undefined;
    }
    collector.fault(
        propertyPath,
        "is neither a file nor a text; give a FileAsset, StringAsset, FileArchive or AssetArchive",
    );
    return undefined;
}

/** The value of a promise that the SDK made of a plain value. */
function plainValue<T>(
    promise: Promise<T>,
    propertyPath: string,
    what: string,
    collector: SourceCollector,
): T | undefined {
    const result = settled(promise);
    if (result.state === "fulfilled") {
        return result.value;
    }
    const state = result.state === "pending" ? "is not known yet" : `failed: ${String(result.reason)}`;
    collector.fault(propertyPath, `has a ${what} that ${state}; await it and give the plain value`);
    return undefined;
}

function readFile(file: string, propertyPath: string, name: string, collector: SourceCollector): void {
    const kind = kindOf(file);
    if (kind === "file") {
        collector.add(propertyPath, name, fs.readFileSync(file));
        return;
    }
    const reason =
        kind === "folder"
            ? `is the folder ${JSON.stringify(file)}; give archive: new pulumi.asset.FileArchive(${JSON.stringify(file)})`
            : missing(file);
    collector.fault(propertyPath, reason);
}

function readArchive(
    archive: pulumi.asset.Archive,
    propertyPath: string,
    prefix: string,
    collector: SourceCollector,
): void {
    if ("assets" in archive) {
        const { assets } = archive as pulumi.asset.AssetArchive;
        readAssets(plainValue(assets, propertyPath, "map of assets", collector) ?? {}, propertyPath, prefix, collector);
        return;
    }
    const file = filePath(archive, propertyPath, collector);
    if (file === undefined) {
        return;
    }
    switch (kindOf(file)) {
        case "folder":
            readFolder(file, propertyPath, prefix, collector);
            break;
        case "file":
            readZip(file, propertyPath, prefix, collector);
            break;
        case undefined:
            collector.fault(propertyPath, missing(file));
    }
}

function readAssets(
    assets: pulumi.asset.AssetMap,
    propertyPath: string,
    prefix: string,
    collector: SourceCollector,
): void {
    for (const [name, entry] of Object.entries(assets)) {
        const entryPath = `${propertyPath}[${JSON.stringify(name)}]`;
        if (pulumi.asset.Archive.isInstance(entry)) {
            readArchive(entry, entryPath, `${prefix}${name.replace(/\/$/, "")}/`, collector);
        } else if ("text" in entry) {
            const text = plainValue((entry as pulumi.asset.StringAsset).text, entryPath, "text", collector);
            if (text !== undefined) {
                collector.add(entryPath, prefix + name, Buffer.from(text));
            }
        } else {
            const file = filePath(entry, entryPath, collector);
            if (file !== undefined) {
                readFile(file, entryPath, prefix + name, collector);
            }
        }
    }
}

function kindOf(file: string): "file" | "folder" | undefined {
    const stats = fs.statSync(file, { throwIfNoEntry: false });
    return stats && (stats.isDirectory() ? "folder" : "file");
}

function missing(file: string): string {
    const folder = path.dirname(file);
    const siblings = kindOf(folder) === "folder" ? fs.readdirSync(folder) : [];
    const meant = suggest(path.basename(file), siblings);
    const hint = meant ? `; did you mean ${JSON.stringify(path.join(folder, meant))}?` : "";
    return `is ${JSON.stringify(file)}, which does not exist in ${JSON.stringify(process.cwd())}${hint}`;
}
