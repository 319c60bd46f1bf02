import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";

import {
    listSandboxes,
    removeSandbox,
    type Sandbox,
    SandboxClient,
    sandboxStatus,
    startSandbox,
    stopSandbox,
} from "../../sandbox";
import { eventually } from "../support/eventually";
import { testSandboxName } from "./support";

const quiet = (): void => undefined;

const configMaps = "/api/v1/namespaces/default/configmaps";

async function withClient<T>(sandbox: Sandbox, work: (client: SandboxClient) => Promise<T>): Promise<T> {
    const client = new SandboxClient(sandbox.kubeconfig);
    try {
        return await work(client);
    } finally {
        client.close();
    }
}

const portOf = (sandbox: Sandbox): number => Number(new URL(sandbox.server).port);

/** Command lines of all processes that name the directory. */
function processesOf(directory: string): string[] {
    const output = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
    return output.split("\n").filter((line) => line.includes(directory));
}

describe("sandbox lifecycle", function () {
    this.timeout(10 * 60_000);
    const one = testSandboxName("one");
    const two = testSandboxName("two");
    const start = (name: string): Promise<Sandbox> => startSandbox({ name, report: quiet });

    afterEach(async () => {
        await removeSandbox(one, quiet);
        await removeSandbox(two, quiet);
    });

    it("starts on another port when its own is taken, with its data and credentials", async () => {
        const first = await start(one);
        const object = { metadata: { name: "kept" }, data: { key: "value" } };
        await withClient(first, (client) => client.create(configMaps, object));
        const authority = fs.readFileSync(path.join(first.directory, "pki", "ca.crt"), "utf8");
        await stopSandbox(one, quiet);
        assert.equal((await sandboxStatus(one))!.ready, false);

        const intruder = net.createServer();
        await new Promise<void>((resolve) => intruder.listen(portOf(first), "127.0.0.1", resolve));
        try {
            const second = await start(one);
            assert.notEqual(second.server, first.server);
            const kept = await withClient(second, (client) => client.get(`${configMaps}/kept`));
            assert.deepEqual(kept!.data, { key: "value" });
            assert.equal(fs.readFileSync(path.join(first.directory, "pki", "ca.crt"), "utf8"), authority);
        } finally {
            intruder.close();
        }
    });

    it("returns a running sandbox, repairs a broken one and keeps its port and data", async () => {
        const first = await start(one);
        await withClient(first, (client) => client.create(configMaps, { metadata: { name: "kept" } }));
        const before = (await sandboxStatus(one))!.components;
        assert.deepEqual(await start(one), first);
        assert.deepEqual((await sandboxStatus(one))!.components, before);

        process.kill(before.find(({ name }) => name === "etcd")!.pid, "SIGKILL");
        await eventually(async () => assert.equal((await sandboxStatus(one))!.ready, false));
        assert.deepEqual(await start(one), first);
        assert.ok(await withClient(first, (client) => client.get(`${configMaps}/kept`)));
        const after = (await sandboxStatus(one))!.components;
        assert.equal(after.filter(({ pid }) => before.some((each) => each.pid === pid)).length, 0);
        assert.equal(processesOf(first.directory).length, after.length);
    });

    it("runs two side by side that know nothing of each other, and ends exactly one", async () => {
        const [first, second] = await Promise.all([start(one), start(two)]);
        await withClient(first, (client) => client.create(configMaps, { metadata: { name: "first" } }));
        assert.equal(await withClient(second, (client) => client.get(`${configMaps}/first`)), undefined);
        // A client of one sandbox must not even trust the other's server.
        const mixed = path.join(first.directory, "mixed");
        fs.writeFileSync(mixed, fs.readFileSync(first.kubeconfig, "utf8").replace(first.server, second.server));
        const stranger = new SandboxClient(mixed);
        await assert.rejects(stranger.get(`${configMaps}/first`), /certificate/);
        stranger.close();

        await removeSandbox(one, quiet);
        assert.equal((await sandboxStatus(two))!.ready, true);
        assert.deepEqual(processesOf(first.directory), []);
    });

    it("leaves no process and no file when it is removed", async () => {
        const sandbox = await start(one);
        assert.equal(processesOf(sandbox.directory).length, 6);
        await removeSandbox(one, quiet);
        assert.deepEqual(processesOf(sandbox.directory), []);
        const left = fs.readdirSync(path.dirname(sandbox.directory)).filter((name) => name.startsWith(one));
        assert.deepEqual(left, []);
        assert.ok(!listSandboxes().includes(one));
        assert.equal(await sandboxStatus(one), undefined);
    });

    it("lets nobody else on the machine in: loopback only, and private files", async () => {
        const sandbox = await start(one);
        assert.equal(fs.statSync(sandbox.directory).mode & 0o777, 0o700);
        assert.equal(fs.statSync(sandbox.kubeconfig).mode & 0o777, 0o600);
        assert.match(sandbox.server, /^https:\/\/127\.0\.0\.1:\d+$/);
        await assert.rejects(
            fetch(`http://127.0.0.1:${portOf(sandbox)}/api/v1/nodes`).then((answer) => {
                if (!answer.ok) throw new Error(String(answer.status));
            }),
        );
    });

    it("says which component did not start and why, and leaves none of them running", async () => {
        const sandbox = await start(one);
        await stopSandbox(one, quiet);
        fs.writeFileSync(path.join(sandbox.directory, "etcd", "member", "snap", "db"), "no database");
        await assert.rejects(start(one), (error: Error) => {
            assert.equal(error.name, "SandboxError");
            assert.match(error.message, /^etcd ended while starting\. Its last lines:\n/);
            assert.match(error.message, /panic: failed to open database|invalid database/);
            return true;
        });
        assert.deepEqual(processesOf(sandbox.directory), []);
    });

    it("is started once when two processes ask at the same time", async () => {
        const [first, second] = await Promise.all([start(one), start(one)]);
        assert.deepEqual(first, second);
        assert.equal(processesOf(first.directory).length, 6);
    });
});
