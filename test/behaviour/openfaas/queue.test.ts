import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { quantityValue } from "../../../components/core/validation";
import { buildModule } from "../../../sandbox/tools/build";
import type { GoModule } from "../../../sandbox/tools/modules";
import { projectRoot } from "../../../sandbox/tools/paths";
import { freePort } from "../../../sandbox/tools/ports";
import { containerOf, recordOpenFaas } from "../../unit/faas/openfaas-recording";

/** The server of the release that is pinned, and a client with the library of OpenFaaS' gateway and queue-worker. */
const natsModule = (name: string, goPackage: string): GoModule => ({
    name,
    directory: path.join(projectRoot, "test/behaviour/openfaas/nats"),
    package: goPackage,
    variables: {},
    minutes: "2",
    diskGiB: 1,
});

describe("the queue of OpenFaaS (real: NATS Streaming, its client library; emulated: gateway, queue-worker)", function () {
    this.timeout(5 * 60_000);
    let serverProgram: string;
    let clientProgram: string;
    let server: ChildProcess | undefined;
    let port: number;
    /** The container's own arguments and limits. */
    let container: { command: string[]; args: string[]; resources: { limits: { memory: string } } };

    before(async function () {
        this.timeout(15 * 60_000);
        if (spawnSync("go", ["version"]).error) {
            console.log("      skipped: NATS Streaming has to be built, and there is no Go on PATH");
            this.skip();
        }
        const report = (line: string) => console.log(`      ${line}`);
        serverProgram = await buildModule(
            natsModule("nats-streaming-server", "github.com/nats-io/nats-streaming-server"),
            report,
        );
        clientProgram = await buildModule(natsModule("nats-streaming-client", "./client"), report);
        container = containerOf(await recordOpenFaas(), "nats");
    });
    beforeEach(start);
    afterEach(stop);

    /** The server with the container's arguments; only the port is another. */
    async function start(): Promise<void> {
        port = await freePort();
        assert.equal(container.command[0], `/${path.basename(serverProgram)}`);
        server = spawn(serverProgram, [...container.args, "--addr", "127.0.0.1", "--port", `${port}`], {
            stdio: "ignore",
        });
        await listening();
    }

    async function listening(): Promise<void> {
        const deadline = Date.now() + 20_000;
        for (;;) {
            const socket = net.connect(port, "127.0.0.1");
            try {
                await once(socket, "connect");
                return;
            } catch (error) {
                assert.ok(Date.now() < deadline, `NATS Streaming does not listen: ${(error as Error).message}`);
                await sleep(100);
            } finally {
                socket.destroy();
            }
        }
    }

    async function stop(): Promise<void> {
        if (server && server.exitCode === null && server.kill("SIGKILL")) {
            await once(server, "exit");
        }
        server = undefined;
    }

    async function client(...args: string[]): Promise<string> {
        const [action, ...rest] = args;
        const { stdout } = await promisify(execFile)(clientProgram, [action!, `nats://127.0.0.1:${port}`, ...rest], {
            maxBuffer: 1e7,
        });
        return stdout;
    }

    /** The numbers of the calls that come, up to the last. */
    async function consumed(last: number): Promise<number[]> {
        return (await client("consume", `${last}`)).trim().split("\n").map(Number);
    }

    it("keeps calls, in order, until somebody takes them, in the cluster that OpenFaaS asks for", async () => {
        await client("publish", "5", "100");

        assert.deepEqual(await consumed(5), [1, 2, 3, 4, 5]);
        await client("publish", "1", "100");
        assert.deepEqual(await consumed(1), [1]);
    });

    it("loses what waits when it is restarted", async () => {
        await client("publish", "5", "100");
        await stop();
        await start();
        await client("publish", "1", "100");

        assert.deepEqual(await consumed(1), [1]);
    });

    it("drops the oldest of too many calls, and stays within the memory of its container", async () => {
        // The largest body that the gateway queues, in base64.
        await client("publish", "400", "345000");

        const left = await consumed(400);
        assert.ok(left[0]! > 1, "nothing was dropped");
        assert.ok(left.length * 345_000 <= 64 * 1024 * 1024, `${left.length} calls were kept`);
        assert.ok(left.length * 345_000 > 60 * 1024 * 1024, `only ${left.length} calls were kept`);
        if (fs.existsSync("/proc/self/status")) {
            const status = fs.readFileSync(`/proc/${server!.pid}/status`, "utf8");
            const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
            const limit = quantityValue(container.resources.limits.memory)!;
            assert.ok(peak < limit, `it took ${peak} bytes, and may take ${limit}`);
        }
    });
});
