import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { unzipSync } from "fflate";
import * as fc from "fast-check";
import { zipFiles } from "../../../components/faas/function/portable";
import { settled } from "../../../components/faas/function/portable/settled";

describe("zips of functions", () => {
    const paths = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}(\/[a-zäü0-9.]{1,5}x){0,2}$/), { maxLength: 8 });
    const anyFiles = paths.chain((names) =>
        fc.tuple(
            ...names.map((name) =>
                fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ path: name, content: Buffer.from(bytes) })),
            ),
        ),
    );

    it("hold every file byte by byte", () => {
        fc.assert(
            fc.property(anyFiles, (files) => {
                const unpacked = unzipSync(zipFiles(files));
                assert.deepEqual(Object.keys(unpacked).sort(), files.map(({ path }) => path).sort());
                for (const { path, content } of files) {
                    assert.deepEqual(Buffer.from(unpacked[path]!), content);
                }
            }),
        );
    });

    it("are the same bytes for the same files in any order, at any time, in any time zone", () => {
        const script = `
            const { zipFiles } = require(${JSON.stringify(require.resolve("../../../components/faas/function/portable"))});
            const files = ["b.js", "a.js"].map((path) => ({ path, content: Buffer.from(path) }));
            process.stdout.write(zipFiles(process.argv[1] ? files.reverse() : files).toString("base64"));`;
        const run = (zone: string, reversed: string): string =>
            execFileSync(process.execPath, ["-e", script, reversed], {
                env: { ...process.env, TZ: zone },
                encoding: "utf8",
            });
        assert.equal(run("Pacific/Auckland", ""), run("America/Los_Angeles", "reversed"));
    });
});

describe("looking into a promise", () => {
    it("tells what it holds without waiting", () => {
        const value = { a: 1 };
        assert.deepEqual(settled(Promise.resolve(value)), { state: "fulfilled", value });
        assert.equal((settled(Promise.resolve(value)) as { value: unknown }).value, value);
        const reason = new Error("no");
        assert.deepEqual(settled(Promise.reject(reason)), { state: "rejected", reason });
        assert.deepEqual(settled(new Promise(() => undefined)), { state: "pending" });
    });

    it("runs none of the program's own pending work", async () => {
        let ran = false;
        const work = Promise.resolve().then(() => (ran = true));
        settled(Promise.resolve(1));
        assert.equal(ran, false);
        await work;
    });
});
