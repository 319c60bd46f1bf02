import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheDirectory } from "../tools/paths";

/** A Python that has packages, or why there is none. */
export type PythonWith = { python: string } | { missing: string };

/** The minor version of Python that the adapter needs: dict unions and `X | Y` in annotations. */
const oldestMinor = 10;

/**
 * A virtual environment with exactly these packages, made once per list in the cache. What is missing is named, so that
 * a test can say why it is skipped.
 */
export function pythonWith(requirements: readonly string[]): PythonWith {
    const version = run("python3", ["-c", "import sys; print(sys.version_info.major, sys.version_info.minor)"]);
    if (version.problem !== undefined) {
        return { missing: `there is no python3 (${version.problem})` };
    }
    const [major, minor] = version.output.trim().split(" ").map(Number);
    if (major !== 3 || minor! < oldestMinor) {
        return { missing: `python3 is ${major}.${minor}, older than 3.${oldestMinor}` };
    }
    const key = createHash("sha256")
        .update([version.output, ...requirements].join("\n"))
        .digest("hex")
        .slice(0, 12);
    const folder = path.join(cacheDirectory(), "python", key);
    const python = path.join(folder, "bin", "python");
    return fs.existsSync(path.join(folder, "complete")) ? { python } : create(folder, python, requirements);
}

function create(folder: string, python: string, requirements: readonly string[]): PythonWith {
    fs.rmSync(folder, { recursive: true, force: true });
    const venv = run("python3", ["-m", "venv", folder]);
    if (venv.problem !== undefined) {
        return { missing: `python3 makes no virtual environment (${venv.problem})` };
    }
    const pip = run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...requirements]);
    if (pip.problem !== undefined) {
        return { missing: `pip does not install ${requirements.join(", ")} (${pip.problem})` };
    }
    fs.writeFileSync(path.join(folder, "complete"), `${requirements.join("\n")}\n`);
    return { python };
}

function run(command: string, args: string[]): { output: string; problem?: string } {
    const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (error) {
        return { output: "", problem: error.message };
    }
    const lastLine = (stderr || stdout).trim().split("\n").at(-1) ?? "";
    return status === 0 ? { output: stdout } : { output: stdout, problem: lastLine };
}
