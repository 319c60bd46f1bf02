import * as fs from "node:fs";
import * as path from "node:path";
import type { SourceCollector } from "./source-collector";

/** What never is a function's source. */
const ignoredNames = new Set(["node_modules", "__pycache__"]);

interface Walk {
    /** The real path of the folder that was given; nothing outside it is read. */
    root: string;
    propertyPath: string;
    collector: SourceCollector;
}

/** Adds the files of a folder, each under `prefix` and its path within the folder. */
export function readFolder(folder: string, propertyPath: string, prefix: string, collector: SourceCollector): void {
    const root = fs.realpathSync(folder);
    walk({ root, propertyPath, collector }, root, prefix, [root]);
}

function walk(context: Walk, folder: string, prefix: string, ancestors: readonly string[]): void {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        if (context.collector.isFull) {
            return;
        }
        if (!isIgnored(entry.name, folder)) {
            visit(context, entry, path.join(folder, entry.name), prefix + entry.name, ancestors);
        }
    }
}

function isIgnored(name: string, folder: string): boolean {
    // "pyvenv.cfg" marks a virtual environment (https://docs.python.org/3/library/venv.html).
    return name.startsWith(".") || ignoredNames.has(name) || fs.existsSync(path.join(folder, name, "pyvenv.cfg"));
}

function visit(context: Walk, entry: fs.Dirent, file: string, name: string, ancestors: readonly string[]): void {
    const { collector, propertyPath } = context;
    if (entry.isSymbolicLink()) {
        visitLink(context, file, name, ancestors);
    } else if (entry.isDirectory()) {
        walk(context, file, `${name}/`, [...ancestors, file]);
    } else if (entry.isFile()) {
        addFile(collector, propertyPath, file, name);
    } else {
        collector.fault(propertyPath, `holds ${JSON.stringify(name)}, which is neither a file nor a folder; remove it`);
    }
}

function visitLink(context: Walk, link: string, name: string, ancestors: readonly string[]): void {
    const target = realPath(link);
    const problem = problemOfLink(context.root, target, ancestors);
    if (problem !== undefined || target === undefined) {
        const reason = `holds the link ${JSON.stringify(name)}, which ${problem}; replace it by what it stands for`;
        context.collector.fault(context.propertyPath, reason);
    } else if (fs.statSync(target).isDirectory()) {
        walk(context, target, `${name}/`, [...ancestors, target]);
    } else {
        addFile(context.collector, context.propertyPath, target, name);
    }
}

function problemOfLink(root: string, target: string | undefined, ancestors: readonly string[]): string | undefined {
    if (target === undefined) {
        return "leads nowhere";
    }
    if (!target.startsWith(root + path.sep) && target !== root) {
        return `leads out of the folder, to ${JSON.stringify(target)}`;
    }
    return ancestors.includes(target) ? "leads back to a folder that contains it" : undefined;
}

function realPath(link: string): string | undefined {
    try {
        return fs.realpathSync(link);
    } catch {
        return undefined;
    }
}

function addFile(collector: SourceCollector, propertyPath: string, file: string, name: string): void {
    if (collector.accepts(propertyPath, name, fs.statSync(file).size)) {
        collector.add(propertyPath, name, fs.readFileSync(file));
    }
}
