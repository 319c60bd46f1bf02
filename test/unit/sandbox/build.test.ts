import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { buildModule, earlierBuild, goVersion } from "../../../sandbox/tools/build";
import { cachedKeys } from "../../../sandbox/tools/cache";
import { SandboxError } from "../../../sandbox/tools/error";
import { type GoModule, sourceHash } from "../../../sandbox/tools/modules";
import { collect, useWorkspace } from "./support";

/** A `go` that notes each build and writes the output that was asked for. */
const fakeGo = (log: string, before = ""): string => `
if [ "$1" = env ]; then echo go1.99.0; exit; fi
echo build >> ${log}
${before}
while [ $# -gt 0 ]; do if [ "$1" = -o ]; then echo binary > "$2"; fi; shift; done`;

describe("sandbox builds", () => {
    const workspace = useWorkspace();

    function testModule(): GoModule {
        const directory = path.join(workspace().directory, "module");
        fs.mkdirSync(directory, { recursive: true });
        fs.writeFileSync(path.join(directory, "go.mod"), "module example\n\ngo 1.26.0\n");
        fs.writeFileSync(path.join(directory, "main.go"), "package main\n");
        return { name: "plugins", directory, package: ".", variables: {}, minutes: "3", diskGiB: 2 };
    }

    const buildLog = (): string => path.join(workspace().directory, "builds");
    const builds = (): number => fs.readFileSync(buildLog(), "utf8").trim().split("\n").length;

    it("keys a build by its sources, pinned versions and flags, and by nothing else", () => {
        const module = testModule();
        const write = (file: string, text: string): void => fs.writeFileSync(path.join(module.directory, file), text);
        const first = sourceHash(module);
        write("main_test.go", "package main\n");
        write("README.md", "text");
        assert.equal(sourceHash(module), first);
        write("main.go", "package main // changed\n");
        const second = sourceHash(module);
        assert.notEqual(second, first);
        write("go.sum", "pinned");
        const third = sourceHash(module);
        assert.notEqual(third, second);
        assert.notEqual(sourceHash({ ...module, variables: { "main.version": "2" } }), third);
    });

    it("builds once and then takes the binary from the cache", async () => {
        workspace().script("go", fakeGo(buildLog()));
        const { lines, report } = collect();
        const file = await buildModule(testModule(), report);
        assert.equal(fs.readFileSync(file, "utf8"), "binary\n");
        assert.equal(await buildModule(testModule(), report), file);
        assert.equal(builds(), 1);
        assert.match(lines[0]!, /^building plugins with go1\.99\.0: about 3 minutes on two cores/);
    });

    it("builds again for another version of Go, and finds either build when there is no Go", async () => {
        workspace().script("go", fakeGo(buildLog()));
        const first = await buildModule(testModule(), () => undefined);
        workspace().script("go", fakeGo(buildLog()).replace("go1.99.0", "go1.99.1"));
        const second = await buildModule(testModule(), () => undefined);
        assert.notEqual(first, second);
        fs.rmSync(path.join(workspace().directory, "bin", "go"));
        assert.ok([first, second].includes(earlierBuild(testModule())!));
    });

    it("keeps the last four versions of a tool", async () => {
        const module = testModule();
        workspace().script("go", fakeGo(buildLog()));
        for (let version = 0; version < 6; version++) {
            fs.writeFileSync(path.join(module.directory, "main.go"), `package main // ${version}\n`);
            await buildModule(module, () => undefined);
            await sleep(5);
        }
        assert.equal(cachedKeys("plugins").length, 4);
        assert.ok(earlierBuild(module));
    });

    it("says what to install when Go is missing", async () => {
        await assert.rejects(goVersion(testModule()), {
            name: "SandboxError",
            message:
                "plugins has to be built here, and there is no Go on PATH. Install Go 1.26.0 or newer " +
                "(https://go.dev/dl, or a package manager), or let this machine download the official binaries " +
                "(see docs/sandbox.md).",
        });
    });

    it("says what to install when Go is too old, with Go's own words", async () => {
        const complaint = "go: go.mod requires go >= 1.26.0 (running go 1.22.1; GOTOOLCHAIN=local)";
        workspace().script("go", `echo "${complaint}" >&2; exit 1`);
        await assert.rejects(goVersion(testModule()), (error: Error) => {
            assert.ok(error instanceof SandboxError);
            assert.match(
                error.message,
                /^plugins needs Go 1\.26\.0 or newer, and the Go on PATH refuses to build it: /,
            );
            assert.ok(error.message.includes(complaint));
            return true;
        });
    });

    it("keeps nothing of a build that failed, and shows the compiler's words", async () => {
        workspace().script("go", fakeGo(buildLog(), `echo "main.go:1:1: syntax error" >&2; exit 1`));
        await assert.rejects(
            buildModule(testModule(), () => undefined),
            { name: "SandboxError", message: "building plugins failed:\nmain.go:1:1: syntax error" },
        );
        assert.deepEqual(cachedKeys("plugins"), []);
        assert.deepEqual(fs.readdirSync(path.join(process.env.KUBERNETES_FAAS_CACHE!, "tools", "plugins")), []);
    });

    it("tells how much room a build needs when the disk is full", async () => {
        const complaint = "write /tmp/go-build1/x.a: no space left on device";
        workspace().script("go", fakeGo(buildLog(), `echo "${complaint}" >&2; exit 1`));
        await assert.rejects(
            buildModule(testModule(), () => undefined),
            /the disk is full \(write .*\): building plugins takes 0\.5 GiB there, and up to 2 GiB more .*KUBERNETES_FAAS_CACHE/,
        );
    });

    /** Builds in another process, which can be killed. */
    function buildInChild(module: GoModule): ReturnType<typeof spawn> {
        const tools = path.resolve(__dirname, "../../../sandbox/tools/build");
        const code = `require(${JSON.stringify(tools)}).buildModule(${JSON.stringify(module)}, () => {})`;
        return spawn(process.execPath, ["-e", code], { stdio: "inherit" });
    }

    it("builds once when two processes want the same binary", async () => {
        workspace().script("go", fakeGo(buildLog(), "sleep 0.5"));
        const children = [buildInChild(testModule()), buildInChild(testModule())];
        const codes = await Promise.all(children.map((child) => once(child, "exit")));
        assert.deepEqual(codes, [
            [0, null],
            [0, null],
        ]);
        assert.equal(builds(), 1);
        assert.equal(cachedKeys("plugins").length, 1);
    });

    it("leaves nothing half-done when it is killed, and the next build goes through", async () => {
        const module = testModule();
        const shelf = path.join(process.env.KUBERNETES_FAAS_CACHE!, "tools", "plugins");
        workspace().script("go", fakeGo(buildLog(), "sleep 2"));
        const child = buildInChild(module);
        while (!fs.existsSync(buildLog())) {
            await sleep(20);
        }
        child.kill("SIGKILL");
        await once(child, "exit");
        assert.equal(earlierBuild(module), undefined);
        assert.ok(fs.readdirSync(shelf).some((name) => name.startsWith("unfinished-")));

        workspace().script("go", fakeGo(buildLog()));
        assert.equal(await buildModule(module, () => undefined), earlierBuild(module));
        assert.equal(fs.readdirSync(shelf).filter((name) => name.startsWith("unfinished-")).length, 0);
    });
});
