import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { useWorkspace } from "./support";

/** Stands in for tsc: "compiles" every source by copying it. */
const tsc = `
const fs = require("fs");
const path = require("path");
const root = process.argv[3];
console.log("tsc ran");
if (fs.existsSync(path.join(root, "stacks", "broken.ts"))) process.exit(2);
fs.mkdirSync(path.join(root, "dist", "stacks"), { recursive: true });
for (const name of fs.readdirSync(path.join(root, "stacks"))) {
    const target = path.join(root, "dist", "stacks", name.replace(/ts$/, "js"));
    fs.copyFileSync(path.join(root, "stacks", name), target);
}
fs.writeFileSync(path.join(root, "dist", ".tsbuildinfo"), "");
`;

const script = `
console.log(JSON.stringify({ args: process.argv.slice(2), path: process.env.PATH, version: process.version }));
process.exitCode = Number(process.argv[2] ?? 0);
`;

describe("bootstrap", () => {
    const workspace = useWorkspace();

    /** A checkout with the real bootstrap, and stand-ins for npm and tsc. */
    function checkout(): { root: string; run: (args: string[], options?: { version?: string }) => Result } {
        const root = path.join(workspace().directory, "checkout");
        const write = (file: string, text: string): void => {
            fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
            fs.writeFileSync(path.join(root, file), text);
        };
        write("package-lock.json", "{}");
        write("tsconfig.json", "{}");
        write("stacks/start.ts", script);
        write(
            "npm.js",
            `const fs = require("fs");
            console.log("npm " + process.argv.slice(2, 4).join(" "));
            fs.mkdirSync("node_modules/typescript/bin", { recursive: true });
            fs.writeFileSync("node_modules/typescript/bin/tsc", ${JSON.stringify(tsc)});
            fs.writeFileSync("node_modules/.package-lock.json", "{}");`,
        );
        fs.copyFileSync(path.resolve(__dirname, "../../../../bootstrap.mjs"), path.join(root, "bootstrap.mjs"));
        const run = (args: string[], { version = process.version } = {}): Result => {
            const pretend = `Object.defineProperty(process,"version",{value:"${version}"})`;
            return spawnSync(
                process.execPath,
                ["--import", `data:text/javascript,${pretend}`, path.join(root, "bootstrap.mjs"), ...args],
                { encoding: "utf8", env: { ...process.env, npm_execpath: path.join(root, "npm.js") } },
            );
        };
        return { root, run };
    }

    interface Result {
        status: number | null;
        stdout: string;
        stderr: string;
    }

    const future = (): Date => new Date(Date.now() + 5_000);

    it("installs, compiles and runs in a fresh clone, and only runs the second time", () => {
        const { root, run } = checkout();
        const first = run(["stacks/start", "3", "--flag"]);
        assert.equal(first.status, 3);
        assert.deepEqual((JSON.parse(first.stdout) as { args: string[] }).args, ["3", "--flag"]);
        assert.match(first.stderr, /installing dependencies[^]*npm ci --include=dev[^]*compiling[^]*tsc ran/);
        assert.equal(run(["stacks/start"]).stderr, "");

        fs.utimesSync(path.join(root, "package-lock.json"), future(), future());
        assert.match(run(["stacks/start"]).stderr, /npm ci/);
    });

    it("compiles again when a source was changed or removed, and removes what came of a removed one", () => {
        const { root, run } = checkout();
        fs.writeFileSync(path.join(root, "stacks", "old.ts"), "");
        run(["stacks/start"]);
        assert.ok(fs.existsSync(path.join(root, "dist", "stacks", "old.js")));

        fs.utimesSync(path.join(root, "stacks", "start.ts"), future(), future());
        assert.match(run(["stacks/start"]).stderr, /compiling/);
        fs.utimesSync(path.join(root, "stacks", "start.ts"), new Date(0), new Date(0));
        assert.equal(run(["stacks/start"]).stderr, "");

        fs.rmSync(path.join(root, "stacks", "old.ts"));
        assert.match(run(["stacks/start"]).stderr, /compiling/);
        assert.equal(fs.existsSync(path.join(root, "dist", "stacks", "old.js")), false);
        assert.equal(run(["stacks/old"]).status, 1);
    });

    it("does not run what does not compile", () => {
        const { root, run } = checkout();
        fs.mkdirSync(path.join(root, "stacks"), { recursive: true });
        fs.writeFileSync(path.join(root, "stacks", "broken.ts"), "");
        const { status, stdout, stderr } = run(["stacks/start"]);
        assert.deepEqual([status, stdout], [1, ""]);
        assert.match(stderr, /the sources do not compile/);
    });

    it("runs the script with the Node among the dependencies when its own is too old for it, first on PATH", () => {
        const { root, run } = checkout();
        run(["stacks/start"]);
        const missing = run(["stacks/start"], { version: "v20.1.0" });
        assert.equal(missing.status, 1);
        assert.match(missing.stderr, /runs on Node 22 or newer, this is v20\.1\.0, and the one among the dependencies/);

        const bundled = path.join(root, "node_modules", "node", "bin", "node");
        fs.mkdirSync(path.dirname(bundled), { recursive: true });
        fs.symlinkSync(process.execPath, bundled);
        const { stdout } = run(["stacks/start"], { version: "v20.1.0" });
        const output = JSON.parse(stdout) as { path: string; version: string };
        assert.equal(output.path.split(path.delimiter)[0], path.dirname(bundled));
        assert.equal(output.version, process.version);
    });

    it("says plainly that Node is too old to begin with", () => {
        const { stdout, stderr, status } = checkout().run(["stacks/start"], { version: "v18.20.0" });
        assert.deepEqual([status, stdout], [1, ""]);
        assert.equal(stderr, "kubernetes-faas needs Node 20 or newer to start; this is v18.20.0.\n");
    });

    it("ends by the signal that ended the script", () => {
        const { root, run } = checkout();
        fs.writeFileSync(path.join(root, "stacks", "killed.ts"), `process.kill(process.pid, "SIGKILL");`);
        assert.equal(run(["stacks/killed"]).status, null);
    });
});
