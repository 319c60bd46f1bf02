import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

import { withLock } from "./lock";
import { cacheDirectory } from "./paths";

/** Takes one line of progress, without a line end. */
export type Reporter = (line: string) => void;

/** Directory name of the operating system and processor that a binary is for. */
export const platform = `${process.platform}-${process.arch}`;

/** How many versions of one tool are kept: those of other checkouts, and the one before an update. */
const kept = 4;

const unfinishedPrefix = "unfinished-";

const shelf = (tool: string): string => path.join(cacheDirectory(), "tools", tool);

/** The keys under which versions of a tool are kept, the one that was made last first. */
export function cachedKeys(tool: string): string[] {
    const directory = shelf(tool);
    if (!fs.existsSync(directory)) {
        return [];
    }
    return fs
        .readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith(unfinishedPrefix))
        .map(({ name }) => ({ name, made: fs.statSync(path.join(directory, name)).mtimeMs }))
        .sort((one, other) => other.made - one.made)
        .map(({ name }) => name);
}

/** The directory that is kept under a key. */
export function cachedDirectory(tool: string, key: string): string {
    return path.join(shelf(tool), key);
}

/**
 * The directory under a key, filled now if it is not there. It is filled under another name and renamed, so that what an
 * interrupted run leaves is never taken for the real thing; and under a lock, so that two processes don't do it twice.
 */
export async function cached(
    tool: string,
    key: string,
    report: Reporter,
    fill: (directory: string) => Promise<void>,
): Promise<string> {
    const final = cachedDirectory(tool, key);
    if (fs.existsSync(final)) {
        return final;
    }
    return withLock(
        path.join(shelf(tool), "lock"),
        async () => {
            if (!fs.existsSync(final)) {
                await fillAndRename(tool, final, fill);
                prune(tool);
            }
            return final;
        },
        (owner) => report(`process ${owner.pid} is getting ${tool} ready; waiting for it`),
    );
}

async function fillAndRename(tool: string, final: string, fill: (directory: string) => Promise<void>): Promise<void> {
    for (const entry of fs.readdirSync(shelf(tool)).filter((each) => each.startsWith(unfinishedPrefix))) {
        fs.rmSync(path.join(shelf(tool), entry), { recursive: true, force: true });
    }
    const unfinished = path.join(shelf(tool), unfinishedPrefix + randomUUID());
    try {
        fs.mkdirSync(unfinished);
        await fill(unfinished);
        fs.renameSync(unfinished, final);
    } finally {
        fs.rmSync(unfinished, { recursive: true, force: true });
    }
}

/** Running processes keep a removed binary until they end. */
function prune(tool: string): void {
    for (const key of cachedKeys(tool).slice(kept)) {
        fs.rmSync(cachedDirectory(tool, key), { recursive: true, force: true });
    }
}

/**
 * Puts a binary in a second place: as a hard link, which outlives its removal from the cache, where that is possible.
 * Whoever starts the program meanwhile gets the old one or the new one.
 */
export function placeBinary(binary: string, file: string): void {
    const wanted = fs.statSync(binary);
    const present = fs.statSync(file, { throwIfNoEntry: false });
    if (present?.ino === wanted.ino && present.dev === wanted.dev) {
        return;
    }
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${file}.${randomUUID()}`;
    try {
        fs.linkSync(fs.realpathSync(binary), temporary);
    } catch {
        fs.symlinkSync(binary, temporary);
    }
    fs.renameSync(temporary, file);
}
