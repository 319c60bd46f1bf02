import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import { eventually } from "../../support/eventually";
import { PreparedPod } from "./support/mongodb-stubs";

const administrator = '$external {"createUser":"CN=admin","roles":[{"role":"root","db":"admin"}]}';

const hostOf = (ordinal: number): string => `carts-${ordinal}.carts-headless.data.svc:27017`;

describe("the script that readies a MongoDB pod, with stubs for the server and its shell", function () {
    this.timeout(30_000);
    let pod: PreparedPod;

    afterEach(() => {
        pod?.remove();
    });

    const commands = (): string => fs.readFileSync(`${pod.data}/commands`, "utf8");
    const callsOf = (wanted: string): string[][] => pod.calls.filter(([program]) => program === wanted);
    const servers = (): string[][] => callsOf("mongod");

    /** Ends the script and all that it started once the check holds. */
    async function killedWhen(check: () => void, version?: "7.0" | "8.0"): Promise<void> {
        const child = pod.spawn({ version });
        const closed = once(child, "close");
        await eventually(check);
        process.kill(-child.pid!, "SIGKILL");
        await closed;
    }

    it("makes the administrator behind a socket that no network leads to, and ends the server cleanly", async () => {
        pod = new PreparedPod(0);
        const { status, output } = await pod.prepare();
        assert.equal(status, 0, output);
        assert.equal(commands(), administrator);
        assert.ok(fs.existsSync(`${pod.data}/clean`));
        const [[, ...args]] = servers() as [string[]];
        assert.equal(args[args.indexOf("--bind_ip") + 1], pod.path("run/private/mongod.sock"));
        assert.ok(!args.some((argument) => /bind_ip_all|^\d+\.\d+\./.test(argument)));
        assert.ok(!fs.existsSync(pod.path("run/private")));
        assert.equal(fs.statSync(pod.data).mode & 0o777, 0o700);
    });

    it("leaves data alone that is there, and renews the files that the server takes only as its own", async () => {
        pod = new PreparedPod(0);
        await pod.prepare();
        fs.chmodSync(pod.path("certificates/keyfile"), 0o600);
        fs.writeFileSync(pod.path("certificates/keyfile"), "another key\n");
        const { status } = await pod.prepare();
        assert.equal(status, 0);
        assert.equal(servers().length, 1);
        const expected = {
            "server.pem": "content of server.crt\ncontent of server.key\n",
            "monitor.pem": "content of monitor.crt\ncontent of monitor.key\n",
            keyfile: "another key\n",
        };
        for (const [file, content] of Object.entries(expected)) {
            assert.equal(fs.readFileSync(pod.path("run", file), "utf8"), content);
            assert.equal(fs.statSync(pod.path("run", file)).mode & 0o777, 0o400, file);
        }
    });

    it("begins again when it was ended while the server started", async () => {
        pod = new PreparedPod(0);
        fs.writeFileSync(pod.path("hold-start"), "");
        await killedWhen(() => assert.ok(fs.existsSync(`${pod.data}.new/WiredTiger`)));
        assert.ok(!fs.existsSync(pod.data), "a half database must not look like a whole one");
        fs.rmSync(pod.path("hold-start"));
        assert.equal((await pod.prepare()).status, 0);
        assert.equal(commands(), administrator);
    });

    it("begins again when it was ended after it had made the administrator, and makes one", async () => {
        pod = new PreparedPod(0);
        fs.writeFileSync(pod.path("hold-stop"), "");
        await killedWhen(() => assert.ok(fs.existsSync(`${pod.data}.new/commands`)));
        assert.ok(!fs.existsSync(pod.data));
        fs.rmSync(pod.path("hold-stop"));
        assert.equal((await pod.prepare()).status, 0);
        assert.equal(commands(), administrator);
    });

    it("takes nothing for a database when the server ends by itself, or does not end as it should", async () => {
        pod = new PreparedPod(0);
        const dead = await pod.prepare({ dies: true });
        assert.equal(dead.status, 1);
        assert.match(dead.output, /without AVX/);
        const unclean = await pod.prepare({ unclean: true });
        assert.equal(unclean.status, 1);
        assert.match(unclean.output, /did not end as it should/);
        assert.ok(!fs.existsSync(pod.data));
    });

    it("makes no administrator on the first pod when another has the set, which fills it", async () => {
        pod = new PreparedPod(0);
        const { status, output } = await pod.prepare({ members: [hostOf(2)], newPods: [hostOf(1)] });
        assert.equal(status, 0);
        assert.match(output, new RegExp(`${hostOf(2)} has the set: it fills this member`));
        assert.deepEqual(servers(), []);
        assert.deepEqual(fs.readdirSync(pod.data), []);
    });

    it("begins a set on a first pod whose start beside a set was ended, when that set is gone for good", async () => {
        pod = new PreparedPod(0);
        await pod.prepare({ members: [hostOf(1)] });
        assert.equal((await pod.prepare({ newPods: [hostOf(1)] })).status, 0);
        assert.equal(commands(), administrator);
    });

    it("starts no server on the other pods", async () => {
        pod = new PreparedPod(1);
        const { status } = await pod.prepare();
        assert.equal(status, 0);
        assert.deepEqual([...servers(), ...callsOf("mongosh")], []);
        assert.deepEqual(fs.readdirSync(pod.data), []);
    });

    it("takes data of the version before over, and refuses to go back, naming both versions and the way out", async () => {
        for (const ordinal of [0, 1]) {
            pod = new PreparedPod(ordinal);
            assert.equal((await pod.prepare({ version: "7.0" })).status, 0);
            assert.equal(pod.note, "7.0\n");
            fs.mkdirSync(pod.data, { recursive: true });
            fs.writeFileSync(`${pod.data}/WiredTiger`, "");
            assert.equal((await pod.prepare({ version: "8.0" })).status, 0);
            assert.equal(pod.note, "8.0\n");
            const back = await pod.prepare({ version: "7.0" });
            assert.equal(back.status, 1);
            assert.match(
                back.output,
                /written by MongoDB 8\.0, and MongoDB 7\.0 does not take it over; go back to version "8\.0", or restore a backup/,
            );
            assert.equal(pod.note, "8.0\n");
            assert.equal((await pod.prepare({ version: "8.0" })).status, 0);
            pod.remove();
        }
    });

    it("notes the version at data of before there was such a note", async () => {
        pod = new PreparedPod(1);
        fs.mkdirSync(pod.data);
        fs.writeFileSync(`${pod.data}/WiredTiger`, "");
        assert.equal((await pod.prepare()).status, 0);
        assert.equal(pod.note, "8.0\n");
        assert.equal((await pod.prepare({ version: "7.0" })).status, 1);
    });

    it("leaves data to its version when the update is ended before a server is let at it", async () => {
        pod = new PreparedPod(0);
        await pod.prepare({ version: "7.0" });
        fs.writeFileSync(pod.path("hold-sync"), "");
        await killedWhen(() => assert.ok(fs.existsSync(pod.path("volume/written-by.new"))), "8.0");
        fs.rmSync(pod.path("hold-sync"));
        assert.equal(pod.note, "7.0\n");
        assert.equal((await pod.prepare({ version: "7.0" })).status, 0);
        assert.equal((await pod.prepare({ version: "8.0" })).status, 0);
        assert.equal(pod.note, "8.0\n");
    });

    it("lets an older version begin where a newer one was ended before there was a database", async () => {
        pod = new PreparedPod(0);
        fs.writeFileSync(pod.path("hold-start"), "");
        await killedWhen(() => assert.ok(fs.existsSync(`${pod.data}.new/WiredTiger`)), "8.0");
        assert.equal(pod.note, "8.0\n", "from here on a server writes");
        fs.rmSync(pod.path("hold-start"));
        assert.equal((await pod.prepare({ version: "7.0" })).status, 0);
        assert.equal(pod.note, "7.0\n");
    });

    it("waits for nothing that others write to the node's disks, and for none of its own data that is there", async () => {
        pod = new PreparedPod(0);
        await pod.prepare();
        const first = callsOf("sync");
        assert.ok(first.length > 0);
        assert.ok(
            first.every((call) => call.at(-1)!.startsWith(pod.path("volume"))),
            JSON.stringify(first),
        );
        await pod.prepare();
        assert.deepEqual(callsOf("sync").slice(first.length), [["sync", pod.path("volume")]]);
    });

    it("puts no key on a command line", async () => {
        pod = new PreparedPod(0);
        const { output } = await pod.prepare();
        assert.doesNotMatch(JSON.stringify(pod.calls) + output, /content of/);
    });
});
