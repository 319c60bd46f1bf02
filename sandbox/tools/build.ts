import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";

import { SandboxError } from "./error";
import { withLock } from "./lock";
import { buildFlags, type GoModule, sourceHash } from "./modules";
import { cacheDirectory } from "./paths";

/** Takes one line of progress, without a line end. */
export type Reporter = (line: string) => void;

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
        const { code, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
        const wanted = requiredGo(module);
        const install = `Install Go ${wanted} or newer from https://go.dev/dl, or with a package manager`;
        if (code === "ENOENT") {
            throw new SandboxError(
                `${module.name} has to be built here and there is no Go on PATH. ${install}; ` +
                    `with a network, unset KUBERNETES_FAAS_TOOLS and the official binaries are downloaded instead.`,
            );
        }
        throw new SandboxError(
            `${module.name} needs Go ${wanted} or newer, and the one on PATH refuses to build it: ` +
                `${stderr.trim() || String(error)}. ${install}.`,
        );
    }
}

function requiredGo(module: GoModule): string {
    const text = fs.readFileSync(path.join(module.directory, "go.mod"), "utf8");
    return /^go (\S+)$/m.exec(text)?.[1] ?? "1.26";
}

const platform = `${process.platform}-${process.arch}`;

function moduleCache(module: GoModule): string {
    return path.join(cacheDirectory(), "tools", module.name);
}

/** An earlier build of the module as it is now: with this version of Go, or with any when none is given. */
export function cachedBuild(module: GoModule, version?: string): string | undefined {
    const directory = moduleCache(module);
    const hash = sourceHash(module);
    const entries = fs.existsSync(directory) ? fs.readdirSync(directory).sort().reverse() : [];
    const entry = entries.find((each) =>
        version ? each === cacheKey(hash, version) : each.startsWith(`${hash}-`) && each.endsWith(`-${platform}`),
    );
    return entry && path.join(directory, entry, module.name);
}

function cacheKey(hash: string, version: string): string {
    return `${hash}-${version}-${platform}`;
}

/**
 * The module's binary, from the cache or built now.
 *
 * @throws SandboxError when Go is missing or too old, the disk is short or the build fails
 */
export async function buildModule(module: GoModule, report: Reporter): Promise<string> {
    const version = await goVersion(module);
    const found = cachedBuild(module, version);
    if (found) {
        return found;
    }
    const directory = moduleCache(module);
    return withLock(
        path.join(directory, "build.lock"),
        async () => cachedBuild(module, version) ?? (await build(module, version, report)),
        (owner) => report(`process ${owner.pid} is building ${module.name}; waiting for it`),
    );
}

/** Builds beside the final place and renames, so that an interrupted build is never mistaken for a binary. */
async function build(module: GoModule, version: string, report: Reporter): Promise<string> {
    const directory = moduleCache(module);
    for (const entry of fs.readdirSync(directory).filter((each) => each.startsWith("unfinished-"))) {
        fs.rmSync(path.join(directory, entry), { recursive: true, force: true });
    }
    const unfinished = path.join(directory, `unfinished-${randomUUID()}`);
    const final = path.join(directory, cacheKey(sourceHash(module), version));
    try {
        fs.mkdirSync(unfinished);
        await goBuild(module, version, path.join(unfinished, module.name), report);
        fs.renameSync(unfinished, final);
    } finally {
        fs.rmSync(unfinished, { recursive: true, force: true });
    }
    return path.join(final, module.name);
}

async function goBuild(module: GoModule, version: string, output: string, report: Reporter): Promise<void> {
    report(
        `building ${module.name} with ${version}: about ${module.minutes} minutes on two cores ` +
            `(less when Go's own cache has parts of it)`,
    );
    const started = Date.now();
    const elapsed = (): string => `${Math.round((Date.now() - started) / 1000)} s`;
    const child = spawn("go", ["build", "-v", ...buildFlags(module), "-o", output, module.package], {
        cwd: module.directory,
        env: goEnvironment(),
        stdio: ["ignore", "ignore", "pipe"],
    });
    let packages = 0;
    const complaints: string[] = [];
    let rest = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        for (const line of lines) {
            // With -v, a line that is one bare import path names a package that is being compiled.
            if (/^[^\s:#]+$/.test(line)) {
                packages++;
            } else if (line.trim() && !line.startsWith("go: downloading ")) {
                complaints.push(line);
            }
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
            throw buildFailure(module, [...complaints, rest].join("\n").trim());
        }
    } finally {
        clearInterval(timer);
    }
    report(`built ${module.name} in ${elapsed()}`);
}

function buildFailure(module: GoModule, complaints: string): SandboxError {
    if (/no space left on device|disk quota exceeded/i.test(complaints)) {
        return new SandboxError(
            `the disk is full: building ${module.name} takes about ${module.diskGiB} GiB in Go's cache ` +
                `(\`go env GOCACHE GOMODCACHE GOTMPDIR\`) and 0.3 GiB in ${cacheDirectory()}`,
        );
    }
    const last = complaints.split("\n").slice(-30).join("\n");
    return new SandboxError(`building ${module.name} failed:\n${last}`);
}
