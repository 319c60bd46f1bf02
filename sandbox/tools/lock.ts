import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { identify, isAlive, type ProcessIdentity } from "./process";

/** A take-over of a stale lock takes milliseconds: a guard older than this was left by a process that died in it. */
const guardExpiry = 10_000;

/**
 * Runs work while holding the lock file, which names its owner. A lock whose owner has ended is taken over.
 *
 * @param onWait called once when another process holds the lock
 */
export async function withLock<T>(
    file: string,
    work: () => Promise<T>,
    onWait: (owner: ProcessIdentity) => void = () => undefined,
): Promise<T> {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const mine = `${file}.${randomUUID()}`;
    fs.writeFileSync(mine, JSON.stringify(identify(process.pid)), { mode: 0o600 });
    try {
        let waiting = false;
        while (!tryLink(mine, file)) {
            const owner = readOwner(file);
            if (owner && isAlive(owner)) {
                if (!waiting) {
                    waiting = true;
                    onWait(owner);
                }
                await sleep(200);
            } else {
                removeStale(file);
                await sleep(5);
            }
        }
        try {
            return await work();
        } finally {
            fs.rmSync(file, { force: true });
        }
    } finally {
        fs.rmSync(mine, { force: true });
    }
}

/** A link appears with its content in one step, and fails when the name is taken. */
function tryLink(from: string, to: string): boolean {
    try {
        fs.linkSync(from, to);
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") {
            return false;
        }
        throw error;
    }
}

function readOwner(file: string): ProcessIdentity | undefined {
    try {
        return JSON.parse(fs.readFileSync(file, "utf8")) as ProcessIdentity;
    } catch {
        return undefined;
    }
}

/** Only the holder of the guard removes a stale lock, so that nobody removes the lock of the one who was faster. */
function removeStale(file: string): void {
    const guard = `${file}.guard`;
    try {
        fs.writeFileSync(guard, "", { flag: "wx" });
    } catch {
        const age = Date.now() - (fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
        if (age > guardExpiry) {
            fs.rmSync(guard, { force: true });
        }
        return;
    }
    try {
        const owner = readOwner(file);
        if (!owner || !isAlive(owner)) {
            fs.rmSync(file, { force: true });
        }
    } finally {
        fs.rmSync(guard, { force: true });
    }
}
