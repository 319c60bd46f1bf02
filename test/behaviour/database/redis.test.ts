import assert from "node:assert/strict";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { RedisRights } from "../../../components/database/redis/access";
import { eventually } from "../../support/eventually";
import { describeRedis } from "./support/describe-redis";
import { RedisPods } from "./support/redis-pods";

const owner = { name: "cache", password: "correct-horse", rights: RedisRights.Own };
const writer = { name: "import", password: "battery", rights: RedisRights.Write };
const reader = { name: "report", password: "staple", rights: RedisRights.Read };

describeRedis("Redis as a process, with the generated scripts and configuration", (running) => {
    /** Waits until a pod's server answers what is expected. */
    async function answers(pods: RedisPods, ordinal: number, command: string[], expected: string): Promise<void> {
        await eventually(() => {
            assert.equal(pods.own(ordinal, ...command), expected);
        });
    }

    it("starts from nothing, and keeps its data over a restart and over a kill", async () => {
        const pods = await running(1);
        pods.own(0, "SET", "a", "1");
        await pods.stop(0);
        await pods.start(0);
        assert.equal(pods.own(0, "GET", "a"), "1");
        pods.own(0, "SET", "a", "2");
        await pods.stop(0, "SIGKILL");
        await pods.serve(0);
        assert.equal(pods.own(0, "GET", "a"), "2");
        await pods.stop(0, "SIGKILL");
        await pods.start(0);
        assert.equal(pods.own(0, "GET", "a"), "2");
    });

    it("asks everybody for a password, and for TLS", async () => {
        const pods = await running(1);
        await pods.access([owner]);
        assert.equal(pods.ask(0, owner, "PING"), "PONG");
        assert.match(pods.ask(0, { password: "" }, "PING"), /NOAUTH/);
        assert.match(pods.ask(0, { password: owner.password }, "GET", "a"), /WRONGPASS[^]*NOAUTH/);
        assert.match(pods.ask(0, { ...owner, password: "wrong" }, "GET", "a"), /WRONGPASS[^]*NOAUTH/);
        assert.match(pods.ask(0, { name: "default", password: "" }, "GET", "a"), /NOAUTH/);
        const plain = pods.run(0, "redis-cli", ["-h", RedisPods.host(0), "-p", "16300", "PING"]);
        assert.match(plain.stderr, /Connection reset by peer|Server closed the connection/);
    });

    it("lets each user do what it may, and nobody touch the server", async () => {
        const pods = await running(1);
        await pods.access([owner, writer, reader, { name: "guest", password: "none", rights: RedisRights.None }]);
        const answer = (user: { name: string; password: string }, command: string) =>
            pods.ask(0, user, ...command.split(" "));
        assert.equal(answer(owner, "SET a 1"), "OK");
        assert.equal(answer(owner, "KEYS *"), "a");
        assert.equal(answer(writer, "INCR a"), "2");
        assert.match(answer(writer, "FLUSHALL"), /NOPERM/);
        assert.match(answer(writer, "FUNCTION FLUSH"), /NOPERM/);
        assert.equal(answer(reader, "GET a"), "2");
        assert.match(answer(reader, "INFO server"), /redis_version/);
        const changes = ["SET a 3", "DEL a", "PUBLISH a b", "KEYS *", "EXPIRE a 1", "FUNCTION LIST", "SCRIPT LOAD 1"];
        for (const command of changes) {
            assert.match(answer(reader, command), /NOPERM/, command);
        }
        // What a script may do is what the user may do who runs it.
        assert.match(pods.ask(0, reader, "EVAL", "return redis.call('SET', KEYS[1], 1)", "1", "a"), /NOPERM/);
        assert.match(answer({ name: "guest", password: "none" }, "GET a"), /NOPERM/);
        const ofTheServer = [
            "CONFIG GET *",
            "CONFIG SET dir /tmp",
            "ACL LIST",
            "ACL SETUSER x on",
            "MODULE LIST",
            "REPLICAOF NO ONE",
            "SHUTDOWN",
            "MONITOR",
            "CLIENT LIST",
            "SAVE",
            "SYNC",
            "MIGRATE h 1 a 0 1",
            "SLOWLOG GET",
        ];
        for (const command of ofTheServer) {
            for (const user of [owner, writer, reader]) {
                assert.match(answer(user, command), /NOPERM/, `${user.name}: ${command}`);
            }
        }
        assert.match(answer(owner, "DEBUG SLEEP 0"), /not allowed|NOPERM/);
        assert.match(pods.own(0, "MODULE", "LOAD", "/x.so"), /not allowed/);
        assert.equal(answer(owner, "FLUSHALL"), "OK");
    });

    it("makes users what they should be on every pod, however often, and locks out who is gone", async () => {
        const pods = await running(2);
        const login = (ordinal: number, user: { name: string; password: string }) => pods.ask(ordinal, user, "PING");
        for (const _ of [1, 2]) {
            const { status, output } = await pods.access([owner, reader]);
            assert.equal(status, 0, output);
        }
        for (const ordinal of [0, 1]) {
            assert.equal(login(ordinal, owner), "PONG");
            assert.equal(login(ordinal, reader), "PONG");
        }
        const rotated = { ...owner, password: "another" };
        await pods.access([rotated]);
        for (const restart of [false, true]) {
            for (const ordinal of [0, 1]) {
                if (restart) {
                    await pods.stop(ordinal, "SIGKILL");
                    await pods.serve(ordinal);
                }
                assert.match(login(ordinal, owner), /WRONGPASS/);
                assert.match(login(ordinal, reader), /WRONGPASS/);
                assert.equal(login(ordinal, rotated), "PONG");
            }
        }
    });

    it("waits for a pod that does not answer instead of leaving it out, and fails when a command does", async () => {
        const pods = await running(2);
        await pods.stop(1);
        const waiting = pods.access([owner]);
        assert.equal(await Promise.race([waiting.then(() => "done"), sleep(4_000, "waits")]), "waits");
        await pods.start(1);
        const { status, output } = await waiting;
        assert.equal(status, 0, output);
        assert.equal(pods.ask(1, owner, "PING"), "PONG");
        const wrong = await pods.access([{ ...owner, name: "two words" }]);
        assert.equal(wrong.status, 1);
        assert.match(wrong.output, /ERR/);
    });

    it("copies the primary's data, follows it, and takes no writes", async () => {
        const pods = await running(2);
        await pods.access([owner]);
        pods.own(0, "SET", "a", "5");
        await answers(pods, 1, ["GET", "a"], "5");
        assert.match(pods.ask(1, owner, "SET", "a", "6"), /READONLY/);
        assert.match(pods.own(0, "INFO", "replication"), /slave0:ip=127\.0\.4\.11,port=16300,state=online/);
    });

    it("makes a copy anew, with its users, when its volume is gone", async () => {
        const pods = await running(2);
        await pods.access([owner]);
        pods.own(0, "SET", "a", "5");
        await pods.stop(1);
        pods.empty(1);
        await pods.start(1);
        await pods.ready(1);
        assert.equal(pods.ask(1, owner, "GET", "a"), "5");
    });

    it("gives a copy that was away the users of now", async () => {
        const pods = await running(2);
        await pods.access([owner, reader]);
        await pods.stop(1);
        await pods.access([owner], [0]);
        await pods.start(1);
        assert.match(pods.ask(1, reader, "PING"), /WRONGPASS/);
        assert.equal(pods.ask(1, owner, "PING"), "PONG");
    });

    it("goes on with its copies after a restart of the primary, and after its loss", async () => {
        const pods = await running(2);
        await answers(pods, 1, ["DBSIZE"], "0");
        for (const signal of ["SIGTERM", "SIGKILL"] as const) {
            await pods.stop(0, signal);
            await pods.start(0);
            pods.own(0, "SET", "a", signal);
            await answers(pods, 1, ["GET", "a"], signal);
        }
    });

    it("serves from a copy whose primary is away, also after the copy's own restart", async () => {
        const pods = await running(2);
        pods.own(0, "SET", "a", "1");
        await answers(pods, 1, ["GET", "a"], "1");
        await pods.stop(0);
        await pods.stop(1);
        await pods.start(1);
        await pods.ready(1);
        assert.equal(pods.own(1, "GET", "a"), "1");
        await pods.start(0);
        pods.own(0, "SET", "a", "2");
        await answers(pods, 1, ["GET", "a"], "2");
    });

    it("tells in each state whether it lives and whether it has its data", async () => {
        // So that loading is seen: a twentieth of a second for each key.
        const slow = {
            "key-load-delay": "50000",
            "loading-process-events-interval-bytes": "1024",
            rdbcompression: "no",
        };
        const pods = await running(2, slow);
        const state = async (ordinal: number) =>
            [(await pods.probe(ordinal, "lives")).status, (await pods.probe(ordinal, "ready")).status].join();
        for (let key = 0; key < 60; key++) {
            pods.own(0, "SET", `key:${key}`, "x".repeat(2_000));
        }
        pods.own(0, "BGREWRITEAOF");
        await eventually(() => {
            assert.match(pods.own(0, "INFO", "persistence"), /aof_rewrite_in_progress:0/);
        });
        await pods.stop(1);
        await pods.stop(0);
        await pods.serve(0);
        assert.equal(await state(0), "0,1", "loading");
        await pods.ready(0);
        // A copy that has never had the primary's data, which is away.
        pods.empty(1);
        assert.equal((await pods.script(1, "prepare.sh")).status, 0);
        await pods.stop(0);
        await pods.serve(1);
        assert.equal(await state(1), "0,1", "never synchronised");
        await pods.serve(0);
        await pods.ready(1);
        await pods.stop(0);
        assert.equal(await state(1), "0,0", "its primary is away");
        await pods.stop(1);
        assert.notEqual((await pods.probe(1, "lives")).status, 0);
        assert.notEqual((await pods.probe(1, "ready")).status, 0);
    });

    it("lets a copy of an empty database be ready without its primary, and no copy that never had its data", async () => {
        const pods = await running(1, {}, 2);
        assert.equal((await pods.script(1, "prepare.sh")).status, 0);
        await pods.stop(0);
        await pods.serve(1);
        await pods.stop(1);
        // It has files by now, and yet nothing of the primary's.
        await pods.start(1);
        assert.notEqual((await pods.probe(1, "ready")).status, 0);
        await pods.serve(0);
        await pods.ready(1);
        await pods.stop(1);
        await pods.stop(0);
        await pods.start(1);
        await pods.ready(1);
        // The roll goes on with the primary, which the copy follows then.
        await pods.start(0);
        pods.own(0, "SET", "a", "1");
        await answers(pods, 1, ["GET", "a"], "1");
    });

    it("waits for the primary before a copy's first start, and may be ended meanwhile", async () => {
        const pods = await running(0, {}, 2);
        const preparing = pods.spawnScript(1, "prepare.sh");
        await sleep(2_500);
        assert.equal(preparing.exitCode, null);
        process.kill(-preparing.pid!, "SIGKILL");
        await pods.start(0);
        await pods.start(1);
        await pods.ready(1);
    });

    it("makes no empty database in the place of a primary whose volume is gone", async () => {
        const pods = await running(2);
        await pods.stop(0);
        pods.empty(0);
        const { status, output } = await pods.script(0, "prepare.sh");
        assert.equal(status, 1);
        assert.match(output, /has no data, but pod 1 has.*Copy pod 1's data first/);
    });

    it("lets no copy follow a primary that was made anew, though nobody could ask it", async () => {
        const pods = await running(2);
        pods.own(0, "SET", "a", "1");
        await answers(pods, 1, ["GET", "a"], "1");
        await pods.stop(0, "SIGKILL");
        pods.empty(0);
        // Cut off, the copy answers nobody while the primary starts.
        pods.signal(1, "SIGSTOP");
        await pods.start(0);
        assert.equal(pods.own(0, "DBSIZE"), "0");
        pods.signal(1, "SIGCONT");
        await eventually(() => {
            assert.match(pods.log(1), /Unable to AUTH to MASTER: -WRONGPASS/);
        });
        assert.equal(pods.own(1, "GET", "a"), "1");
        // The container ends and is started again, without its init container.
        await pods.stop(1, "SIGKILL");
        await pods.serve(1);
        await sleep(2_000);
        assert.equal(pods.own(1, "GET", "a"), "1");
        await pods.stop(1);
        const { status, output } = await pods.script(1, "prepare.sh");
        assert.equal(status, 1);
        assert.match(output, /pod 0 holds another database.*before you delete its claim/);
    });

    it("takes other passwords of the component's own users over old data, and keeps the data", async () => {
        const pods = await running(2);
        await pods.access([owner, reader]);
        pods.own(0, "SET", "a", "1");
        await answers(pods, 1, ["GET", "a"], "1");
        const old = pods.key("admin");
        await pods.stop(0);
        await pods.stop(1);
        pods.renewKeys();
        const renewed = { ...owner, password: "renewed" };
        await pods.start(1);
        await pods.start(0);
        assert.equal((await pods.access([renewed])).status, 0);
        pods.own(0, "SET", "b", "2");
        await answers(pods, 1, ["GET", "b"], "2");
        for (const ordinal of [0, 1]) {
            assert.equal(pods.ask(ordinal, renewed, "GET", "a"), "1");
            for (const user of [owner, reader, { name: "admin", password: old }]) {
                assert.match(pods.ask(ordinal, user, "PING"), /WRONGPASS/);
            }
        }
    });

    it("keeps passwords out of logs, command lines and files that others can read", async () => {
        const pods = await running(2);
        await pods.access([owner]);
        await pods.ready(1);
        pods.ask(0, { ...owner, password: "mistyped" }, "PING");
        const secrets = [owner.password, ...["admin", "backup", "copies", "monitoring"].map((name) => pods.key(name))];
        const commandLines = pods.run(0, "ps", ["axww", "-o", "args"]).stdout;
        for (const ordinal of [0, 1]) {
            const volume = pods.path(ordinal, "volume/redis");
            for (const secret of secrets) {
                assert.ok(!pods.log(ordinal).includes(secret));
                assert.ok(!commandLines.includes(secret));
                assert.equal(pods.run(ordinal, "grep", ["-rlF", "--", secret, volume]).stdout, "");
            }
            for (const folder of ["run", "exporter", "volume/redis"]) {
                const open = pods.run(ordinal, "find", [pods.path(ordinal, folder), "-type", "f", "-perm", "/077"]);
                assert.equal(open.stdout, "");
            }
        }
        assert.equal(fs.readFileSync(pods.path(0, "exporter/ca.crt"), "utf8").includes("PRIVATE"), false);
    });
});
