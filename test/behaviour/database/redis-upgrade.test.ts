import assert from "node:assert/strict";
import * as fs from "node:fs";
import { RedisRights } from "../../../components/database/redis/access";
import { eventually } from "../../support/eventually";
import { type BothPrograms, findBothPrograms, needed, type Programs } from "./support/programs";
import { RedisPods, redisReleases } from "./support/redis-pods";

const owner = { name: "cache", password: "correct-horse", rights: RedisRights.Own };
const reader = { name: "report", password: "staple", rights: RedisRights.Read };

const library =
    "#!lua name=mine\nredis.register_function{ function_name='one', callback=function() return 1 end, flags={'no-writes'} }";

/** Every kind of value that both versions have, and what belongs to no key. */
const contents: string[][] = [
    ["SET", "text", "one line\nand another"],
    ["SET", "expires", "later", "EX", "100000"],
    ["RPUSH", "list", ...Array.from({ length: 50 }, (_, each) => `item ${each}`)],
    ["HSET", "hash", "a", "1", "b", "2"],
    ["SADD", "set", "3", "1", "2"],
    ["SADD", "words", "a", "b", "c"],
    ["ZADD", "ranking", "1.5", "a", "-2", "b"],
    ["XADD", "stream", "1-1", "field", "value"],
    ["XGROUP", "CREATE", "stream", "group", "0"],
    ["PFADD", "visitors", "a", "b"],
    ["FUNCTION", "LOAD", library],
];

/** How each kind is read. */
const questions: string[][] = [
    ["GET", "text"],
    ["GET", "expires"],
    ["LRANGE", "list", "0", "-1"],
    ["HGET", "hash", "b"],
    ["SORT_RO", "set"],
    ["SORT_RO", "words", "ALPHA"],
    ["ZRANGE", "ranking", "0", "-1", "WITHSCORES"],
    ["XRANGE", "stream", "-", "+"],
    ["PFCOUNT", "visitors"],
    ["FCALL_RO", "one", "0"],
];

describe("a real Redis that goes to another version", function () {
    this.timeout(120_000);
    let versions: BothPrograms;
    let pods: RedisPods | undefined;

    before(async function () {
        this.timeout(10 * 60_000);
        versions = await needed(this, () => findBothPrograms("redis", redisReleases));
    });
    after(() => {
        versions?.older.remove();
        versions?.newer.remove();
    });
    afterEach(async () => {
        await pods?.remove();
        pods = undefined;
    });

    /** Pods of the older version with data and users. */
    async function older(replicas: number): Promise<RedisPods> {
        const made = (pods = new RedisPods(versions.older, replicas));
        for (let ordinal = 0; ordinal < replicas; ordinal++) {
            await made.start(ordinal);
        }
        assert.equal((await made.access([owner, reader])).status, 0);
        for (const command of contents) {
            assert.doesNotMatch(made.own(0, ...command), /ERR/, command.join(" "));
        }
        return made;
    }

    /** Stops a pod and starts it with another version, as a roll does. */
    async function roll(made: RedisPods, ordinal: number, to: Programs): Promise<void> {
        await made.stop(ordinal);
        exchange(made, ordinal, to);
        await made.start(ordinal);
        await made.ready(ordinal);
    }

    function exchange(made: RedisPods, ordinal: number, to: Programs): void {
        made.use(ordinal, to, to === versions.newer ? versions.older.version : undefined);
    }

    const versionOf = (made: RedisPods, ordinal: number): string =>
        /^redis_version:(\d+\.\d+)/m.exec(made.own(ordinal, "INFO", "server"))![1]!;

    const answersOf = (made: RedisPods, ordinal: number): string[] =>
        questions.map((question) => made.own(ordinal, ...question));

    /** What lies on a pod's volume. */
    function filesOf(made: RedisPods, ordinal: number): Record<string, string> {
        const folder = made.path(ordinal, "volume/redis");
        const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`);
        return Object.fromEntries(
            files
                .filter((file) => fs.statSync(file).isFile())
                .map((file): [string, string] => [file, fs.readFileSync(file, "latin1")]),
        );
    }

    it("rolls copies first and the primary last, with data, users and copies in between", async () => {
        const made = await older(3);
        const before = answersOf(made, 0);
        assert.equal(before.at(-1), "1");
        const order = [2, 1, 0];
        const rolled: number[] = [];
        for (const ordinal of order) {
            await roll(made, ordinal, versions.newer);
            rolled.push(ordinal);
            for (const each of order) {
                const { version } = rolled.includes(each) ? versions.newer : versions.older;
                assert.equal(versionOf(made, each), version);
            }
            const written = `after ${ordinal}`;
            assert.equal(made.ask(0, owner, "SET", "last", written), "OK");
            for (const each of order) {
                await eventually(() => assert.equal(made.ask(each, reader, "GET", "last"), written));
                assert.deepEqual(answersOf(made, each), before, `pod ${each} after pod ${ordinal}`);
                assert.match(made.ask(each, { ...reader, password: "wrong" }, "PING"), /WRONGPASS/);
            }
        }
        assert.match(made.own(0, "INFO", "replication"), /role:master[^]*connected_slaves:2/);
        assert.equal((await made.access([owner])).status, 0);
        for (const ordinal of order) {
            assert.match(made.ask(ordinal, reader, "PING"), /WRONGPASS/);
            // What the new version wrote by itself, it reads.
            await made.stop(ordinal, "SIGKILL");
            await made.start(ordinal);
            await made.ready(ordinal);
            assert.deepEqual(answersOf(made, ordinal), before);
        }
    });

    it("takes over data of before it was noted which version wrote it", async () => {
        const made = await older(1);
        const before = answersOf(made, 0);
        fs.rmSync(made.path(0, "volume/redis/written-by"));
        await roll(made, 0, versions.newer);
        assert.deepEqual(answersOf(made, 0), before);
        assert.equal(fs.readFileSync(made.path(0, "volume/redis/written-by"), "utf8"), `${versions.newer.version}\n`);
    });

    it("is refused before an older server touches the data, on a copy as on the primary, and goes on as it was", async () => {
        const made = await older(2);
        const before = answersOf(made, 0);
        for (const ordinal of [1, 0]) {
            await roll(made, ordinal, versions.newer);
        }
        for (const ordinal of [1, 0]) {
            await made.stop(ordinal);
            const files = filesOf(made, ordinal);
            exchange(made, ordinal, versions.older);
            const { status, output } = await made.script(ordinal, "prepare.sh");
            assert.equal(status, 1, output);
            const [wrote, runs] = [versions.newer.version, versions.older.version];
            const expected =
                `the data was written by Redis ${wrote}, and Redis ${runs} does not take it over; ` +
                `go back to version "${wrote}", or restore a backup that Redis ${runs} made`;
            assert.ok(output.includes(expected), output);
            assert.deepEqual(filesOf(made, ordinal), files);
            await roll(made, ordinal, versions.newer);
            assert.deepEqual(answersOf(made, ordinal), before);
        }
    });

    it("is refused over older data that it does not take over, which stays as it was", async () => {
        const made = await older(1);
        const before = answersOf(made, 0);
        await made.stop(0);
        const files = filesOf(made, 0);
        made.use(0, versions.newer);
        const { status, output } = await made.script(0, "prepare.sh");
        assert.equal(status, 1, output);
        const [wrote, runs] = [versions.older.version, versions.newer.version];
        const expected =
            `the data was written by Redis ${wrote}, and Redis ${runs} does not take it over; ` +
            `go back to version "${wrote}", or restore a backup of it`;
        assert.ok(output.includes(expected), output);
        assert.deepEqual(filesOf(made, 0), files);
        await roll(made, 0, versions.newer);
        assert.deepEqual(answersOf(made, 0), before);
    });

    it("is taken back before the primary's turn by making the copies anew that were through", async () => {
        const made = await older(2);
        const before = answersOf(made, 0);
        await roll(made, 1, versions.newer);
        await made.stop(1);
        exchange(made, 1, versions.older);
        assert.equal((await made.script(1, "prepare.sh")).status, 1);
        made.empty(1);
        await made.start(1);
        await made.ready(1);
        assert.equal(versionOf(made, 1), versions.older.version);
        await eventually(() => assert.deepEqual(answersOf(made, 1), before));
        assert.equal(made.ask(1, reader, "PING"), "PONG");
    });

    it("has to be: an older server can't read what a newer one has written, and leaves it as it was", async () => {
        const made = await older(1);
        const before = answersOf(made, 0);
        await roll(made, 0, versions.newer);
        made.own(0, "BGREWRITEAOF");
        await eventually(() => assert.match(made.own(0, "INFO", "persistence"), /aof_rewrite_in_progress:0/));
        await made.stop(0);
        const files = filesOf(made, 0);
        exchange(made, 0, versions.older);
        const { status, stdout } = made.run(0, "redis-server", [made.path(0, "run/pod.conf")]);
        assert.notEqual(status, 0);
        assert.match(stdout, /Can't handle RDB format version/);
        assert.deepEqual(filesOf(made, 0), files);
        await roll(made, 0, versions.newer);
        assert.deepEqual(answersOf(made, 0), before);
    });

    it("brings a backup of the older version back on the newer one, and none of the newer on the older", async () => {
        const made = await older(1);
        const before = answersOf(made, 0);
        /** The restore of a dump of now, in an empty database of another version. */
        const moved = async (name: string, to: Programs) => {
            const dump = await made.carry("dump.sh");
            assert.equal(dump.status, 0, dump.output);
            await made.stop(0);
            made.empty(0);
            exchange(made, 0, to);
            await made.start(0);
            return made.carry("restore.sh", { RESTORE: name });
        };
        const { status, output } = await moved("up", versions.newer);
        assert.equal(status, 0, output);
        assert.deepEqual(answersOf(made, 0), before);
        const back = await moved("down", versions.older);
        assert.equal(back.status, 1);
        assert.match(back.output, /a server can't read dump\.rdb/);
        assert.equal(made.own(0, "DBSIZE"), "0");
    });
});
