import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { withLock } from "../../../sandbox/tools/lock";
import { endProcesses, identify, isAlive, signal, startDetached } from "../../../sandbox/tools/process";
import { useWorkspace } from "./support";

/** A process that runs until it is killed; it says so when it is ready. */
async function startChild(code = ""): Promise<ChildProcess & { pid: number }> {
    const child = spawn(process.execPath, ["-e", `${code}; console.log("ready"); setInterval(() => {}, 1000)`], {
        stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    return child as ChildProcess & { pid: number };
}

async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
    }
}

describe("sandbox processes", () => {
    const workspace = useWorkspace();

    it("knows a process again as long as it runs", async () => {
        const child = await startChild();
        const identity = identify(child.pid)!;
        assert.equal(isAlive(identity), true);
        assert.deepEqual(identify(child.pid), identity);
        await kill(child);
        assert.equal(isAlive(identity), false);
        assert.equal(identify(child.pid), undefined);
    });

    it("reads the identity of a program whose name holds spaces and brackets", async () => {
        const file = path.join(workspace().directory, "a) S (b");
        fs.symlinkSync("/bin/sleep", file);
        const child = spawn(file, ["60"]);
        try {
            await once(child, "spawn");
            const stat = fs.existsSync("/proc") ? fs.readFileSync(`/proc/${child.pid}/stat`, "utf8") : "";
            const expected = stat && stat.slice(stat.lastIndexOf(") ") + 2).split(" ")[19];
            assert.ok(identify(child.pid!)!.started.endsWith(expected ?? ""));
        } finally {
            await kill(child);
        }
    });

    it("never signals a process that got the pid of an earlier one", async () => {
        const child = await startChild();
        try {
            const earlier = { ...identify(child.pid)!, started: "an-earlier-boot/1" };
            signal([earlier], "SIGKILL");
            await endProcesses([earlier], 0);
            await sleep(100);
            assert.equal(child.signalCode, null);
            assert.equal(isAlive(identify(child.pid)!), true);
        } finally {
            await kill(child);
        }
    });

    it("ends a process that ignores SIGTERM after the grace period", async () => {
        const child = await startChild(`process.on("SIGTERM", () => {})`);
        const began = Date.now();
        await endProcesses([identify(child.pid)!], 300);
        assert.ok(Date.now() - began >= 300);
        assert.equal(identify(child.pid), undefined);
    });

    it("tells when a program can't be started, and logs what a started one prints", async () => {
        const { directory } = workspace();
        const log = path.join(directory, "log");
        assert.throws(
            () => startDetached([path.join(directory, "missing")], { log, cwd: directory }),
            /missing did not start; see .*log/,
        );
        const identity = startDetached(["/bin/sh", "-c", "echo out; echo err >&2; exec /bin/sleep 60"], {
            log,
            cwd: directory,
        });
        while (fs.readFileSync(log, "utf8") !== "out\nerr\n") {
            await sleep(10);
        }
        assert.equal(fs.statSync(log).mode & 0o777, 0o600);
        await endProcesses([identity], 0);
    });
});

describe("sandbox locks", () => {
    const workspace = useWorkspace();
    const lock = (): string => path.join(workspace().directory, "lock");

    it("is gone when the work is done, also when the work fails", async () => {
        assert.equal(await withLock(lock(), () => Promise.resolve("result")), "result");
        await assert.rejects(
            withLock(lock(), () => Promise.reject(new Error("broken"))),
            /broken/,
        );
        assert.deepEqual(fs.readdirSync(workspace().directory), ["bin", "cache"]);
    });

    it("waits for a live owner, and says for whom", async () => {
        const order: string[] = [];
        const owners: number[] = [];
        const first = withLock(lock(), async () => {
            await sleep(300);
            order.push("first");
        });
        await sleep(50);
        await withLock(
            lock(),
            () => Promise.resolve(void order.push("second")),
            ({ pid }) => void owners.push(pid),
        );
        await first;
        assert.deepEqual(order, ["first", "second"]);
        assert.deepEqual(owners, [process.pid]);
    });

    it("takes over from an owner that was killed, from one whose pid has gone to another, and from a torn file", async () => {
        const child = await startChild();
        const dead = identify(child.pid);
        await kill(child);
        for (const content of [
            JSON.stringify(dead),
            JSON.stringify({ pid: process.pid, started: "an-earlier-boot/1" }),
            "",
        ]) {
            fs.writeFileSync(lock(), content);
            assert.equal(await withLock(lock(), () => Promise.resolve("mine")), "mine", content);
        }
    });

    it("takes over although somebody died while taking over", async () => {
        fs.writeFileSync(lock(), "");
        fs.writeFileSync(`${lock()}.guard`, "");
        const longAgo = new Date(Date.now() - 60_000);
        fs.utimesSync(`${lock()}.guard`, longAgo, longAgo);
        assert.equal(await withLock(lock(), () => Promise.resolve("mine")), "mine");
    });

    it("lets one process at a time in, with stale locks to begin with and owners that die", async function () {
        this.timeout(60_000);
        const counter = path.join(workspace().directory, "counter");
        fs.writeFileSync(counter, "0");
        fs.writeFileSync(lock(), "");
        // Each child adds one, not atomically; every third is killed while it holds the lock, before it adds.
        const code = (dies: boolean): string => `
            const fs = require("node:fs");
            const { withLock } = require(${JSON.stringify(path.resolve(__dirname, "../../../sandbox/tools/lock"))});
            withLock(${JSON.stringify(lock())}, async () => {
                const value = Number(fs.readFileSync(${JSON.stringify(counter)}, "utf8"));
                await new Promise((resolve) => setTimeout(resolve, 20));
                if (${dies}) process.kill(process.pid, "SIGKILL");
                fs.writeFileSync(${JSON.stringify(counter)}, String(value + 1));
            });`;
        const children = Array.from({ length: 9 }, (_, index) =>
            spawn(process.execPath, ["-e", code(index % 3 === 0)], { stdio: "inherit" }),
        );
        await Promise.all(children.map((child) => once(child, "exit")));
        assert.equal(fs.readFileSync(counter, "utf8"), "6");
    });
});
