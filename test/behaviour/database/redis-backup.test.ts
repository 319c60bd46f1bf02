import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { RedisRights } from "../../../components/database/redis/access";
import { describeRedis } from "./support/describe-redis";
import { RedisPods } from "./support/redis-pods";
import type { Run } from "./support/postgresql-pods";

const owner = { name: "cache", password: "correct-horse", rights: RedisRights.Own };

const library = "#!lua name=mine\nredis.register_function('one', function() return 1 end)";

/** Every kind of value, small and large, and what belongs to no key. */
const contents: string[][] = [
    ["SET", "text", "one line\nand another"],
    ["SET", "empty", ""],
    ["SET", "expires", "soon", "EX", "1000"],
    ["RPUSH", "list", ...Array.from({ length: 500 }, (_, each) => `item ${each}`)],
    ["HSET", "hash", "a", "1", "b", "2"],
    ["SADD", "set", "3", "1", "2"],
    ["ZADD", "ranking", "1.5", "a", "-2", "b"],
    ["XADD", "stream", "1-1", "field", "value"],
    ["XGROUP", "CREATE", "stream", "group", "0"],
    ["SETBIT", "bits", "70", "1"],
    ["PFADD", "visitors", "a", "b"],
    ["FUNCTION", "LOAD", library],
];

describeRedis("backups of a real Redis", (running) => {
    /** Ends with an error that matches. */
    async function fails(running: Promise<Run>, expected: RegExp): Promise<void> {
        const { status, output } = await running;
        assert.notEqual(status, 0, output);
        assert.match(output, expected);
    }

    async function succeeds(running: Promise<Run>): Promise<string> {
        const { status, output } = await running;
        assert.equal(status, 0, output);
        return output;
    }

    /** All that a server holds, as text. */
    function contentsOf(pods: RedisPods): Record<string, string> {
        const keys = pods.own(0, "KEYS", "*").split("\n").filter(Boolean).sort();
        const values = keys.map((key): [string, string] => [key, pods.own(0, "DUMP", key)]);
        return { ...Object.fromEntries(values), functions: pods.own(0, "FUNCTION", "LIST") };
    }

    /** A server with everything, and a dump of it. */
    async function dumped(): Promise<RedisPods> {
        const pods = await running(1);
        await pods.access([owner]);
        for (const command of contents) {
            assert.doesNotMatch(pods.own(0, ...command), /ERR/, command.join(" "));
        }
        await succeeds(pods.carry("dump.sh"));
        return pods;
    }

    const file = (pods: RedisPods, name: string): string => pods.path(0, "backup", name);

    /** Rewrites one of the backup's files. */
    function change(pods: RedisPods, name: string, edit: (content: Buffer) => Buffer | string): void {
        fs.writeFileSync(file(pods, name), edit(fs.readFileSync(file(pods, name))));
    }

    it("brings back all that was dumped, and nothing else", async () => {
        const pods = await dumped();
        const before = contentsOf(pods);
        assert.deepEqual(Object.keys(before).length, 11);
        pods.own(0, "FLUSHALL");
        pods.own(0, "FUNCTION", "FLUSH");
        await succeeds(pods.carry("restore.sh", { RESTORE: "first" }));
        assert.deepEqual(contentsOf(pods), before);
        const seconds = Number(pods.own(0, "TTL", "expires"));
        assert.ok(seconds > 900 && seconds <= 1000, `${seconds}`);
        assert.equal(pods.ask(0, owner, "FCALL", "one", "0"), "1");
        assert.equal(pods.own(0, "TTL", "text"), "-1");
    });

    it("restores once, and knows that after a restart, after new users and without the backup", async () => {
        const pods = await dumped();
        pods.own(0, "FLUSHALL");
        pods.own(0, "FUNCTION", "FLUSH");
        await succeeds(pods.carry("restore.sh", { RESTORE: "20261122T031700Z" }));
        pods.ask(0, owner, "SET", "text", "changed since");
        pods.ask(0, owner, "FLUSHALL");
        pods.ask(0, owner, "SET", "mine", "1");
        await pods.access([owner]);
        await pods.stop(0);
        await pods.start(0);
        const empty = pods.makeFolder(0, "nothing");
        const output = await succeeds(pods.carry("restore.sh", { RESTORE: "20261122T031700Z", BACKUP: empty }));
        assert.match(output, /was restored before/);
        assert.equal(pods.own(0, "KEYS", "*"), "mine");
        await fails(pods.carry("restore.sh", { RESTORE: "another" }), /the server holds other data/);
        await fails(pods.carry("restore.sh", { RESTORE: "another", BACKUP: empty }), /there is no manifest/);
    });

    it("goes on with a restore that was ended half-way", async () => {
        const pods = await dumped();
        const before = contentsOf(pods);
        pods.own(0, "FLUSHALL");
        pods.own(0, "FUNCTION", "FLUSH");
        // Too little memory for all of it.
        pods.own(0, "CONFIG", "SET", "maxmemory", "1");
        await fails(pods.carry("restore.sh", { RESTORE: "first" }), /not all keys arrived|OOM/);
        pods.own(0, "CONFIG", "SET", "maxmemory", "0");
        pods.own(0, "RPUSH", "list", "what had arrived");
        await succeeds(pods.carry("restore.sh", { RESTORE: "first" }));
        assert.deepEqual(contentsOf(pods), before);
    });

    it("finds a good backup good, and of an empty server as well", async () => {
        const pods = await dumped();
        assert.match(await succeeds(pods.carry("verify.sh")), /10 keys arrived/);
        pods.own(0, "FLUSHALL");
        await succeeds(pods.carry("dump.sh"));
        assert.match(await succeeds(pods.carry("verify.sh")), /0 keys arrived/);
        pods.own(0, "FUNCTION", "FLUSH");
        await succeeds(pods.carry("restore.sh", { RESTORE: "empty" }));
        assert.equal(pods.own(0, "FUNCTION", "STATS").includes("mine"), false);
    });

    it("counts keys whose time came after the dump as there", async () => {
        const pods = await dumped();
        pods.own(0, "SET", "brief", "1", "PX", "1500");
        await succeeds(pods.carry("dump.sh"));
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        await succeeds(pods.carry("verify.sh"));
    });

    it("finds damage, whether or not somebody mended the checksum", async () => {
        const pods = await dumped();
        const good = fs.readFileSync(file(pods, "dump.rdb"));
        const manifest = fs.readFileSync(file(pods, "manifest"), "utf8");
        change(pods, "dump.rdb", (content) => {
            content[content.length - 20]! ^= 1;
            return content;
        });
        await fails(pods.carry("verify.sh"), /its checksum differs/);
        pods.own(0, "FLUSHALL");
        pods.own(0, "FUNCTION", "FLUSH");
        await fails(pods.carry("restore.sh", { RESTORE: "damaged" }), /its checksum differs/);
        const sum = pods.run(0, "sha256sum", [file(pods, "dump.rdb")]).stdout.slice(0, 64);
        change(pods, "manifest", () => manifest.replace(/[0-9a-f]{64}/, sum));
        await fails(pods.carry("verify.sh"), /a server can't read dump\.rdb/);
        await fails(pods.carry("restore.sh", { RESTORE: "damaged" }), /a server can't read dump\.rdb/);
        change(pods, "dump.rdb", () => good);
        change(pods, "manifest", () => manifest.replace(/ 10 9$/m, " 11 10"));
        await fails(pods.carry("verify.sh"), /10 keys arrived.*11 were dumped/);
        fs.rmSync(file(pods, "manifest"));
        await fails(pods.carry("verify.sh"), /there is no manifest/);
    });

    it("has no password in a command line, of any script", async () => {
        const pods = await running(0, {}, 1);
        pods.recordCommands([
            "redis-cli",
            "redis-server",
            "redis-check-rdb",
            "timeout",
            "sha256sum",
            "sed",
            "grep",
            "cut",
        ]);
        await pods.start(0);
        await pods.ready(0);
        await pods.access([owner]);
        pods.own(0, "SET", "text", "x");
        await succeeds(pods.carry("dump.sh"));
        await succeeds(pods.carry("verify.sh"));
        pods.own(0, "FLUSHALL");
        await succeeds(pods.carry("restore.sh", { RESTORE: "first" }));
        const lines = pods.commands.join("\n");
        for (const part of ["--rdb", "EVAL", "ACL SAVE", "ACL USERS", "pod.conf", "PING", "INFO"]) {
            assert.ok(lines.includes(part), part);
        }
        for (const secret of ["admin", "backup", "copies", "monitoring"].map((name) => pods.key(name))) {
            assert.ok(!lines.includes(secret));
        }
        assert.ok(!lines.includes(owner.password));
    });

    it("writes no manifest when the dump fails, and dumps with a login that can do nothing else", async () => {
        const pods = await dumped();
        const backup = { name: "backup", password: pods.key("backup") };
        for (const command of ["GET text", "SET a b", "KEYS *", "FLUSHALL", "CONFIG GET *", "ACL LIST", "INFO"]) {
            assert.match(pods.ask(0, backup, ...command.split(" ")), /NOPERM/, command);
        }
        // As the documentation carries the data of a copy off.
        const aside = path.join(pods.makeFolder(0, "aside"), "dump.rdb");
        assert.doesNotMatch(pods.ask(0, backup, "--rdb", aside), /fail/i);
        const check = pods.run(0, "redis-check-rdb", [aside]);
        assert.match(check.stdout, /10 keys read/);
        pods.own(0, "ACL", "SETUSER", "backup", "off");
        const elsewhere = pods.makeFolder(0, "elsewhere");
        assert.notEqual((await pods.carry("dump.sh", { BACKUP: elsewhere })).status, 0);
        assert.ok(!fs.existsSync(path.join(elsewhere, "manifest")));
    });
});
