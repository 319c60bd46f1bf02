import assert from "node:assert/strict";
import { BackupStubs, type World } from "./support/mongodb-backup-stubs";

const there: World = {
    admin: { "system.users": 3 },
    carts: { items: 5, "with blanks": 1, "system.views": 2, "system.buckets.load": 4, nothing: 0 },
    other: { left: 7 },
};

/** Written during the dump. */
const late: World = { carts: { items: 2 }, admin: { "system.users": 1 } };

const manifest = "carts: 4 collections, 10 documents\narchive: 0 collections, 0 documents\n";

describe("backups of MongoDB, with stubs for the server, the shell and the tools", function () {
    this.timeout(60_000);
    let stubs: BackupStubs;

    afterEach(() => {
        stubs?.remove();
    });

    /** A dump, and a server with users and no data. */
    function dumpedServer(): void {
        stubs = new BackupStubs(there);
        const { status, output } = stubs.run("dump.sh", { late });
        assert.equal(status, 0, output);
        stubs.live = { admin: { "system.users": 9 } };
    }

    it("dump all at one moment, and say how much each database is", () => {
        dumpedServer();
        assert.equal(stubs.dumped("manifest"), manifest);
        assert.match(stubs.calls, /--oplog/);
    });

    it("leave no manifest when the dump breaks off", () => {
        stubs = new BackupStubs(there);
        assert.equal(stubs.run("dump.sh", { breaksOff: "dump" }).status, 1);
        assert.equal(stubs.dumped("manifest"), undefined);
    });

    it("are whole when they hold what their manifest says, and load with what was written meanwhile", () => {
        dumpedServer();
        const { status, output } = stubs.run("verify.sh");
        assert.equal(status, 0, output);
        assert.deepEqual(stubs.live, { admin: { "system.users": 9 } });
    });

    it("are not whole when they hold less, or can't be read", () => {
        dumpedServer();
        stubs.change("manifest", manifest.replace("10", "11"));
        assert.match(stubs.run("verify.sh").output, /another than its manifest says/);
        stubs.change("manifest", manifest);
        stubs.change("all.archive.gz", "{");
        assert.equal(stubs.run("verify.sh").status, 1);
    });

    it("are restored with what was written during the dump, and leave the server's users alone", () => {
        dumpedServer();
        const { status, output } = stubs.run("restore.sh");
        assert.equal(status, 0, output);
        const { admin, carts, other } = stubs.live;
        assert.deepEqual(admin, { "system.users": 9 });
        assert.deepEqual(carts, { ...there.carts, items: 7 });
        assert.equal(other, undefined);
    });

    it("are restored once, and then the backup is not asked for any more", () => {
        dumpedServer();
        stubs.run("restore.sh");
        const before = stubs.live;
        before.carts!.items = 100;
        stubs.live = before;
        stubs.empty();
        const { status, output } = stubs.run("restore.sh");
        assert.equal(status, 0);
        assert.match(output, /was done before/);
        assert.deepEqual(stubs.live, before);
    });

    it("are restored again from the start when a restore broke off", () => {
        dumpedServer();
        const { status, output } = stubs.run("restore.sh", { breaksOff: "hand-over" });
        assert.equal(status, 1);
        assert.match(output, /carts was not read to its end/);
        assert.equal(stubs.run("restore.sh").status, 0);
        assert.equal(stubs.live.carts!.items, 7);
    });

    it("are not restored over other data, nor from nothing", () => {
        dumpedServer();
        stubs.live = { carts: { mine: 1 } };
        assert.match(stubs.run("restore.sh").output, /holds other data.*carts: 1 collections, 1 documents/s);
        assert.deepEqual(stubs.live, { carts: { mine: 1 } });
        stubs.live = {};
        stubs.empty();
        const { status, output } = stubs.run("restore.sh");
        assert.equal(status, 1);
        assert.match(output, /there is no backup to restore/);
    });

    it("put no key on a command line, and their own servers have no network", () => {
        dumpedServer();
        stubs.run("verify.sh");
        stubs.run("restore.sh");
        assert.doesNotMatch(stubs.calls, /content of/);
        const servers = stubs.calls.split("\n").filter((line) => line.includes('"mongod"'));
        assert.equal(servers.length, 2);
        for (const server of servers) {
            assert.match(server, /"--bind_ip","\/[^"]*\.sock"/);
        }
    });
});
