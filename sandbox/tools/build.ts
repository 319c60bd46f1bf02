import { execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as readline from "node:readline";
import { promisify } from "node:util";

import { cached, cachedDirectory, cachedKeys, platform, type Reporter } from "./cache";
import { writeReleaseGoMod } from "./derive";
import { SandboxError } from "./error";
import { buildFlags, type GoModule, sourceHash } from "./modules";
import { cacheDirectory } from "./paths";

/** How often a build that goes on says so, in milliseconds. */
const heartbeat = 30_000;

const goEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, GOWORK: "off" });

/**
 * Version of the Go that would build the module, as `go1.26.8`.
 *
 * @throws SandboxError when Go is missing or too old; the message says what to install
 */
export async function goVersion(module: GoModule): Promise<string> {
    try {
        const { stdout } = await promisify(execFile)("go", ["env", "GOVERSION"], {
            cwd: module.directory,
            env: goEnvironment(),
        });
        return stdout.trim();
    } catch (error) {
        throw goFault(module, error as NodeJS.ErrnoException & { stderr?: string });
    }
}

function goFault(module: GoModule, error: NodeJS.ErrnoException & { stderr?: string }): SandboxError {
    const goMod = fs.readFileSync(path.join(module.directory, "go.mod"), "utf8");
    const wanted = /^go (\S+)$/m.exec(goMod)?.[1] ?? "";
    const install =
        `Install Go ${wanted} or newer (https://go.dev/dl, or a package manager), ` +
        `or let this machine download the official binaries (see docs/sandbox.md)`;
    if (error.code === "ENOENT") {
        return new SandboxError(`${module.name} has to be built here, and there is no Go on PATH. ${install}.`);
    }
    const complaint = error.stderr?.trim() || String(error);
    return new SandboxError(
        `${module.name} needs Go ${wanted} or newer, and the Go on PATH refuses to build it: ${complaint}. ${install}.`,
    );
}

const cacheKey = (module: GoModule, version: string): string => `${sourceHash(module)}-${version}-${platform}`;

/** An earlier build of the module as it is now, with whatever version of Go. */
export function earlierBuild(module: GoModule): string | undefined {
    const hash = sourceHash(module);
    const key = cachedKeys(module.name).find((each) => each.startsWith(`${hash}-`) && each.endsWith(`-${platform}`));
    return key && path.join(cachedDirectory(module.name, key), module.name);
}

/**
 * The module's binary: an earlier build of the same sources by the same Go, or one that is made now.
 *
 * @throws SandboxError when Go is missing or too old, the disk is full or the build fails
 */
export async function buildModule(module: GoModule, report: Reporter): Promise<string> {
    const version = await goVersion(module);
    const directory = await cached(module.name, cacheKey(module, version), report, async (target) => {
        checkDisk(module);
        const prepared = await prepareSources(module, target);
        await goBuild(prepared, version, path.join(target, module.name), report);
    });
    return path.join(directory, module.name);
}

/** The module where it is; for a release of Kubernetes, one beside the binaries, which tells what they are made of. */
async function prepareSources(module: GoModule, target: string): Promise<GoModule> {
    if (module.release === undefined) {
        return module;
    }
    const directory = path.join(target, "module");
    fs.mkdirSync(directory);
    fs.mkdirSync(path.join(target, module.name));
    await writeReleaseGoMod(directory, module.release, goEnvironment());
    return { ...module, directory };
}

async function goBuild(module: GoModule, version: string, output: string, report: Reporter): Promise<void> {
    report(
        `building ${module.name} with ${version}: about ${module.minutes} minutes on two cores, ` +
            `less when Go's own cache has parts of it`,
    );
    const began = Date.now();
    const elapsed = (): string => `${Math.round((Date.now() - began) / 1000)} s`;
    const child = spawn("go", ["build", "-v", ...buildFlags(module), "-o", output, ...module.package.split(" ")], {
        cwd: module.directory,
        env: goEnvironment(),
        stdio: ["ignore", "ignore", "pipe"],
    });
    let packages = 0;
    const complaints: string[] = [];
    readline.createInterface({ input: child.stderr }).on("line", (line) => {
        // With -v, a line that is one bare import path names a package that is being compiled.
        if (/^[^\s:#]+$/.test(line)) {
            packages++;
        } else if (line.trim() && !line.startsWith("go: downloading ")) {
            complaints.push(line);
        }
    });
    const timer = setInterval(
        () => report(`still building ${module.name}: ${elapsed()}, ${packages} packages compiled`),
        heartbeat,
    );
    try {
        const code = await new Promise<number | null>((resolve, reject) => {
            child.on("error", reject).on("close", resolve);
        });
        if (code !== 0) {
            throw buildFault(module, complaints);
        }
    } finally {
        clearInterval(timer);
    }
    report(`built ${module.name} in ${elapsed()}`);
}

/** Refuses to begin what can't end: even with all packages compiled, linking needs room for the binary twice. */
function checkDisk(module: GoModule): void {
    const { bavail, bsize } = fs.statfsSync(cacheDirectory());
    const free = (bavail * bsize) / 2 ** 30;
    if (free < 0.5) {
        throw diskFault(module, `only ${free.toFixed(1)} GiB are free at ${cacheDirectory()}`);
    }
}

function diskFault(module: GoModule, what: string): SandboxError {
    return new SandboxError(
        `${what}: building ${module.name} takes 0.5 GiB there, and up to ${module.diskGiB} GiB more in Go's own ` +
            `caches (\`go env GOCACHE GOMODCACHE\`) when they are empty. Free that much, or point KUBERNETES_FAAS_CACHE, ` +
            `GOCACHE, GOMODCACHE and GOTMPDIR at another disk.`,
    );
}

function buildFault(module: GoModule, complaints: readonly string[]): SandboxError {
    if (complaints.some((line) => /no space left on device|disk quota exceeded/i.test(line))) {
        return diskFault(module, `the disk is full (${complaints.at(-1)})`);
    }
    return new SandboxError(`building ${module.name} failed:\n${complaints.slice(-30).join("\n")}`);
}
