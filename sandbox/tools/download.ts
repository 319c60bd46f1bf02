import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";

import { type Reporter } from "./cache";
import { SandboxError } from "./error";
import { cacheDirectory } from "./paths";

/** One file of an official release. */
export interface Release {
    /** Name that the file gets. */
    readonly name: string;
    readonly url: string;
    /** A file of SHA-256 sums, or of one sum; left out where the project publishes none. */
    readonly checksums?: string;
    /** The file wanted out of the `.tar.gz`, when the release is one. */
    readonly member?: string;
}

/** A host that does not answer within this many milliseconds counts as out of reach. */
const answerTimeout = 4_000;

/** A transfer that stands still for this many milliseconds is given up. */
const stallTimeout = 30_000;

/** How long a host that was out of reach is not asked again, in milliseconds. */
const retryAfter = 10 * 60_000;

/** True when the host of a URL answers. A failure is remembered, so that offline machines don't wait at every start. */
export async function isReachable(url: string): Promise<boolean> {
    const stamp = path.join(cacheDirectory(), "tools", `unreachable-${new URL(url).host.replace(":", "-")}`);
    const failed = fs.statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - failed < retryAfter) {
        return false;
    }
    try {
        const { ok } = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(answerTimeout) });
        return ok;
    } catch {
        fs.mkdirSync(path.dirname(stamp), { recursive: true });
        fs.writeFileSync(stamp, "");
        return false;
    }
}

/**
 * Downloads the files of a release into a directory and makes them executable.
 *
 * @throws SandboxError when a file is not what its published sum says
 */
export async function downloadAll(releases: readonly Release[], directory: string, report: Reporter): Promise<void> {
    for (const release of releases) {
        report(`downloading ${release.url}`);
        await download(release, path.join(directory, release.name));
    }
}

async function download(release: Release, target: string): Promise<void> {
    const sum = await fetchToFile(release.url, target);
    if (release.checksums) {
        await verify(release, release.checksums, sum);
    }
    if (release.member) {
        await extract(target, release.member);
    }
    fs.chmodSync(target, 0o755);
}

async function fetchToFile(url: string, target: string): Promise<string> {
    const abort = new AbortController();
    let timer = setTimeout(() => abort.abort(), stallTimeout);
    const hash = createHash("sha256");
    const file = fs.openSync(target, "w");
    try {
        const response = await fetch(url, { signal: abort.signal });
        if (!response.ok || !response.body) {
            throw new Error(`${url} answered ${response.status}`);
        }
        for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
            clearTimeout(timer);
            timer = setTimeout(() => abort.abort(), stallTimeout);
            hash.update(chunk);
            fs.writeSync(file, chunk);
        }
    } finally {
        clearTimeout(timer);
        fs.closeSync(file);
    }
    return hash.digest("hex");
}

async function verify(release: Release, checksums: string, sum: string): Promise<void> {
    const response = await fetch(checksums, { signal: AbortSignal.timeout(stallTimeout) });
    if (!response.ok) {
        throw new Error(`${checksums} answered ${response.status}`);
    }
    const expected = expectedSum(await response.text(), release.url.split("/").at(-1)!);
    if (expected !== sum) {
        throw new SandboxError(
            `${release.url} has SHA-256 ${sum}, but ${checksums} says ${expected ?? "nothing about it"}. The file was ` +
                `not kept. Something between this machine and the server may change downloads; with ` +
                `KUBERNETES_FAAS_TOOLS=build everything is built from Go modules instead.`,
        );
    }
}

/** Sums come as a list of sum and file name, or as one bare sum. */
function expectedSum(text: string, file: string): string | undefined {
    const lines = text.split("\n").map((line) => line.trim().split(/\s+\*?/));
    return (lines.find(([, name]) => name === file) ?? lines.find(([sum, name]) => sum && !name))?.[0];
}

async function extract(archive: string, member: string): Promise<void> {
    const directory = `${archive}.files`;
    fs.mkdirSync(directory);
    try {
        await promisify(execFile)("tar", ["-xzf", archive, "-C", directory, member]);
        fs.renameSync(path.join(directory, member), archive);
    } finally {
        fs.rmSync(directory, { recursive: true, force: true });
    }
}
