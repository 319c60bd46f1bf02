// Runs a script of this project in a fresh clone: `node bootstrap.mjs stacks/start [arguments]` runs
// dist/stacks/start.js after it has installed the dependencies, compiled the sources and found a Node that is new
// enough. It needs nothing but Node itself, and avoids the newer syntax and the `node:` prefix, so that an old Node
// gets as far as the message that says so.
import { spawn, spawnSync } from "child_process";
import fs from "fs";
import path from "path";
import { fileURLToPath } from "url";

const root = path.dirname(fileURLToPath(import.meta.url));
const oldestToStart = 20;
const oldestToRun = 22;
const sourceDirectories = ["components", "stacks", "sandbox", "examples", "test", "bench"];
const buildInfo = path.join(root, "dist", ".tsbuildinfo");

const major = (version) => Number(version.replace(/^v/, "").split(".")[0]);

function fail(message) {
    console.error(message);
    process.exit(1);
}

/** Modification time in milliseconds; 0 when there is no such file. */
function modified(file) {
    return fs.existsSync(file) ? fs.statSync(file).mtimeMs : 0;
}

function install() {
    const installed = modified(path.join(root, "node_modules", ".package-lock.json"));
    if (installed >= modified(path.join(root, "package-lock.json"))) {
        return;
    }
    console.error("installing dependencies (npm ci)");
    const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    // The npm that runs this script, else the one on PATH, which is a batch file on Windows.
    const npm = process.env.npm_execpath;
    const { status, error } = npm
        ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ["ignore", 2, 2] })
        : spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
    if (status !== 0) {
        fail(`npm ci failed${error ? ` (${error.message})` : ""}; see above`);
    }
}

/** The newest of all sources; directories count too, since a removed file changes only its directory. */
function newestSource(entry) {
    const name = path.basename(entry);
    if (name === "node_modules" || name.startsWith(".") || !fs.existsSync(entry)) {
        return 0;
    }
    const stat = fs.statSync(entry);
    if (!stat.isDirectory()) {
        return /\.(m|c)?tsx?$|\.json$/.test(name) ? stat.mtimeMs : 0;
    }
    const children = fs.readdirSync(entry).map((child) => newestSource(path.join(entry, child)));
    return Math.max(stat.mtimeMs, ...children);
}

function build() {
    const inputs = [...sourceDirectories, "tsconfig.json", "package-lock.json"].map((each) => path.join(root, each));
    if (modified(buildInfo) >= Math.max(...inputs.map(newestSource))) {
        return;
    }
    console.error("compiling (tsc)");
    const began = new Date();
    const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
    const { status } = spawnSync(process.execPath, [tsc, "-p", root], { cwd: root, stdio: ["ignore", 2, 2] });
    if (status !== 0) {
        fail("the sources do not compile; see above");
    }
    sourceDirectories.forEach((directory) => removeOrphans(directory));
    // tsc leaves the file alone when nothing that matters has changed. The time is that of the start: a source that was
    // saved meanwhile is newer.
    fs.utimesSync(buildInfo, began, began);
}

/** Removes what was compiled from a source that is gone, so that a test that was deleted does not run again. */
function removeOrphans(directory) {
    const compiled = path.join(root, "dist", directory);
    for (const entry of fs.existsSync(compiled) ? fs.readdirSync(compiled, { withFileTypes: true }) : []) {
        const inside = path.join(directory, entry.name);
        if (entry.isDirectory()) {
            removeOrphans(inside);
            continue;
        }
        const source = path.join(root, inside.replace(/(\.d)?\.([mc]?)[jt]s(\.map)?$/, ".$2ts"));
        if (/\.[mc]?[jt]s(\.map)?$/.test(entry.name) && !fs.existsSync(source)) {
            fs.rmSync(path.join(compiled, entry.name));
        }
    }
}

/** The Node that runs the script: this one, or the one that is among the dependencies. */
function findNode() {
    if (major(process.version) >= oldestToRun) {
        return process.execPath;
    }
    const bundled = path.join(root, "node_modules", "node", "bin", "node");
    if (!fs.existsSync(bundled)) {
        fail(
            `kubernetes-faas runs on Node ${oldestToRun} or newer, this is ${process.version}, and the one among the ` +
                `dependencies was not installed (was npm told to ignore scripts?). Install Node ${oldestToRun} or newer.`,
        );
    }
    return bundled;
}

function run(script, args) {
    const file = path.join(root, "dist", `${script}.js`);
    if (!fs.existsSync(file)) {
        fail(`there is no script ${script}: dist/${script}.js was not compiled`);
    }
    const node = findNode();
    const env = {
        // Makes fetch use the proxy that HTTPS_PROXY names.
        NODE_USE_ENV_PROXY: "1",
        ...process.env,
        PATH: path.dirname(node) + path.delimiter + (process.env.PATH || ""),
    };
    const child = spawn(node, ["--enable-source-maps", file, ...args], { stdio: "inherit", env });
    child.on("error", (error) => fail(`${node} did not start: ${error.message}`));
    child.on("exit", (code, signal) => {
        if (signal) {
            process.removeAllListeners(signal);
            process.kill(process.pid, signal);
        } else {
            process.exitCode = code === null ? 1 : code;
        }
    });
    // A terminal sends Ctrl-C to both; the script decides when to end, and this process ends after it.
    process.on("SIGINT", () => undefined);
    ["SIGTERM", "SIGHUP"].forEach((signal) => process.on(signal, () => child.kill(signal)));
}

const [script, ...args] = process.argv.slice(2);
if (major(process.version) < oldestToStart) {
    fail(`kubernetes-faas needs Node ${oldestToStart} or newer to start; this is ${process.version}.`);
}
if (!script) {
    fail("usage: node bootstrap.mjs <script below dist> [arguments]");
}
install();
build();
run(script, args);
