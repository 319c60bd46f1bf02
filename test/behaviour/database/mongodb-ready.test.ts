import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { TestAuthority } from "../ingress/support/certificates";
import { SpeakingMember } from "./support/mongodb-member";
import type { Run } from "./support/postgresql-pods";

const script = path.resolve(__dirname, "../../../../components/database/mongodb/ready.sh");
const port = 17_000;

const noConfiguration = {
    isWritablePrimary: false,
    secondary: false,
    info: "Does not have a valid replica set config",
    isreplicaset: true,
};

const member = {
    setName: "rs0",
    setVersion: 3,
    isWritablePrimary: false,
    secondary: false,
    primary: "carts-0.carts-headless.data.svc:27017",
    me: "carts-1.carts-headless.data.svc:27017",
    lastWrite: { lastWriteDate: new Date("2026-11-01T00:00:00Z") },
};

describe("the script that tells whether a MongoDB member can serve, against a stand-in that speaks its protocol", function () {
    this.timeout(30_000);
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-mongodb-ready-"));
    let authority: TestAuthority;
    let server: SpeakingMember;

    before(() => {
        authority = new TestAuthority("carts");
        fs.writeFileSync(path.join(home, "ca.crt"), authority.certificate);
        // Notes who asks, so that nobody is left behind unseen.
        const real = process.env.PATH!.split(":").find((folder) => fs.existsSync(path.join(folder, "openssl")))!;
        const noting = `#!/bin/sh\necho $$ >>${home}/processes\nexec ${real}/openssl "$@"\n`;
        fs.writeFileSync(path.join(home, "openssl"), noting, { mode: 0o755 });
    });

    beforeEach(async () => {
        server = new SpeakingMember(authority.issue("carts", ["127.0.0.1"]));
        await server.listen(port);
    });

    afterEach(async () => {
        fs.rmSync(path.join(home, "processes"), { force: true });
        await server.end();
    });

    after(() => {
        authority.remove();
        fs.rmSync(home, { recursive: true, force: true });
    });

    /** Runs the script as the kubelet does. No process may outlive it: in the pod that would be a zombie of the server's. */
    async function probe(asked = port): Promise<Run> {
        const child = spawn("bash", [script], {
            env: { PATH: `${home}:${process.env.PATH}`, PORT: `${asked}`, CERTIFICATES: home },
            stdio: ["ignore", "pipe", "pipe"],
        });
        let output = "";
        child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
        child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
        const [status] = (await once(child, "close")) as [number | null];
        for (const started of fs.readFileSync(path.join(home, "processes"), "utf8").trim().split("\n")) {
            assert.throws(() => process.kill(Number(started), 0), { code: "ESRCH" });
        }
        return { status, output };
    }

    const states: [string, SpeakingMember["hello"], boolean][] = [
        ["is the primary", { ...member, isWritablePrimary: true }, true],
        ["is a secondary", { ...member, secondary: true }, true],
        ["was never in a set, whose Job waits for it", noConfiguration, true],
        ["was taken out of the set, whose Job may add it again", { setName: "rs0", ...noConfiguration }, true],
        ["is filled, recovers or rolls back", member, false],
        ["ends", { setName: "rs0", code: 91, errmsg: "replication shutdown in progress" }, false],
        [
            "has names in its answer that look like its state",
            { ...member, hidden: true, tags: { secondary: "\u0001", isWritablePrimary: 1 }, me: "\bsecondary:1" },
            false,
        ],
    ];

    for (const [what, hello, ready] of states) {
        it(`says ${ready ? "yes" : "no"} of one that ${what}`, async () => {
            server.hello = hello;
            const no = "the member is neither primary nor secondary\n";
            assert.deepEqual(await probe(), { status: ready ? 0 : 1, output: ready ? "" : no });
            assert.deepEqual(server.asked, [{ hello: 1, $db: "admin" }], "it asks what needs no login");
        });
    }

    it("says yes where the answer is longer than what a pipe takes at once", async () => {
        server.hello = { tags: { long: "x".repeat(200_000) }, ...member, secondary: true };
        assert.deepEqual(await probe(), { status: 0, output: "" });
    });

    const silent = { status: 1, output: "the server does not answer\n" };

    it("says no of a server that takes the question and is silent", async () => {
        assert.deepEqual(await probe(), silent);
        assert.equal(server.asked.length, 1);
    });

    it("says no of a server that is not there, and of one whose certificate is another's", async () => {
        assert.deepEqual(await probe(port + 1), silent);
        const other = new TestAuthority("carts");
        const stranger = new SpeakingMember(other.issue("carts", ["127.0.0.1"]));
        stranger.hello = { ...member, secondary: true };
        await stranger.listen(port + 1);
        try {
            assert.deepEqual(await probe(port + 1), silent);
            assert.deepEqual(stranger.asked, []);
        } finally {
            await stranger.end();
            other.remove();
        }
    });

    it("says no of a port that is open before the server speaks TLS", async () => {
        const early = net.createServer();
        early.listen(port + 1, "127.0.0.1");
        await once(early, "listening");
        try {
            assert.deepEqual(await probe(port + 1), silent);
        } finally {
            early.close();
        }
    });
});
