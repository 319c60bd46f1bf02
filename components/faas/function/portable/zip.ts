import * as fs from "node:fs";
import type { Zippable } from "fflate";
import { fflate } from "../../../core/lazy-modules";
import type { SourceFile } from "../driver";
import type { SourceCollector } from "./source-collector";
import { zipEntries } from "./zip-directory";

/** The first moment that a zip can name, so that equal files make equal bytes at any time in any time zone. */
const zipEpoch = new Date(1980, 0, 1);

/** A zip of the files; equal files make equal bytes. Folders have no entries of their own. */
export function zipFiles(files: readonly SourceFile[]): Buffer {
    const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
    const entries: Zippable = Object.fromEntries(sorted.map(({ path, content }) => [path, content]));
    return Buffer.from(fflate.zipSync(entries, { level: 9, mtime: zipEpoch }));
}

/** Adds the files of a zip, each under `prefix` and its name in the zip. */
export function readZip(file: string, propertyPath: string, prefix: string, collector: SourceCollector): void {
    const bytes = fs.readFileSync(file);
    const problem = problemOf(bytes);
    if (problem !== undefined) {
        collector.fault(propertyPath, `is ${JSON.stringify(file)}, which ${problem}`);
        return;
    }
    try {
        addEntries(bytes, propertyPath, prefix, collector);
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        collector.fault(propertyPath, `is ${JSON.stringify(file)}, which cannot be unpacked (${reason}); make it anew`);
    }
}

function problemOf(bytes: Buffer): string | undefined {
    if (bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b) {
        return "is compressed with gzip; give a folder or a zip";
    }
    const entries = zipEntries(bytes);
    if (!entries) {
        return "is no zip; give a folder or a zip";
    }
    const link = entries.find((entry) => entry.isLink);
    if (link) {
        return `holds the link ${JSON.stringify(link.name)}, which platforms refuse; make the zip without links`;
    }
    const encrypted = entries.find((entry) => entry.isEncrypted);
    return encrypted && `holds ${JSON.stringify(encrypted.name)} encrypted; make the zip without a password`;
}

function addEntries(bytes: Buffer, propertyPath: string, prefix: string, collector: SourceCollector): void {
    let announced = 0;
    const unpacked = fflate.unzipSync(bytes, {
        // Asked before an entry is unpacked, so a small zip cannot fill the memory.
        filter: ({ name, originalSize }) => {
            announced += originalSize;
            return !name.endsWith("/") && collector.accepts(propertyPath, prefix + name, announced);
        },
    });
    for (const [name, content] of Object.entries(unpacked)) {
        collector.add(propertyPath, prefix + name, Buffer.from(content));
    }
}
