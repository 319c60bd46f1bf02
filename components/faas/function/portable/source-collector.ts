import type { Fault } from "../../../core/errors";
import type { SourceFile } from "../driver";

/** No platform takes more; what is larger is a folder given by mistake. */
const mostFiles = 5_000;
const mostBytes = 64 * 1024 * 1024;

/** Gathers the files of a function and what is wrong with them. */
export class SourceCollector {
    private readonly byPath = new Map<string, SourceFile>();
    private readonly faults: Fault[] = [];
    private bytes = 0;
    private full = false;

    /** Notes a fault. */
    fault(propertyPath: string, reason: string): void {
        this.faults.push({ propertyPath, reason });
    }

    /** Whether the limits are reached, so that reading on is of no use. */
    get isFull(): boolean {
        return this.full;
    }

    /** Adds a file unless its name is wrong or a limit is reached. */
    add(propertyPath: string, path: string, content: Buffer): void {
        if (!this.accepts(propertyPath, path, content.length)) {
            return;
        }
        this.bytes += content.length;
        this.byPath.set(path, { path, content });
    }

    /** Whether a file of that size may be added; reports it otherwise, the limits once only. */
    accepts(propertyPath: string, path: string, size: number): boolean {
        const problem = this.problemOf(path);
        if (problem !== undefined) {
            this.fault(propertyPath, `holds ${JSON.stringify(path)}, which ${problem}`);
            return false;
        }
        if (this.full) {
            return false;
        }
        if (this.byPath.size >= mostFiles || this.bytes + size > mostBytes) {
            this.full = true;
            const limit = `more than ${mostFiles} files or ${mostBytes / 1024 / 1024} MiB`;
            this.fault(propertyPath, `holds ${limit}; give the function's own folder, or build an image`);
            return false;
        }
        return true;
    }

    /** The files, sorted by path, and the faults. */
    finish(): { files: SourceFile[]; faults: Fault[] } {
        const files = [...this.byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
        return { files, faults: this.faults };
    }

    private problemOf(path: string): string | undefined {
        if (this.byPath.has(path)) {
            return "is there twice; leave one out";
        }
        if (path.startsWith("/") || path.includes("\\") || path.includes("\0") || hasBadSegment(path)) {
            return 'leads out of the function\'s folder; use a relative path with "/" and without ".."';
        }
        return undefined;
    }
}

function hasBadSegment(path: string): boolean {
    return path.split("/").some((segment) => segment === "" || segment === "." || segment === "..");
}
