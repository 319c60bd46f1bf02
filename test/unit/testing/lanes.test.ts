import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { runInLanes } from "../../support/lanes";

describe("jobs in lanes", () => {
    it("run so many at a time and no more, each one once, with results in the jobs' order", async () => {
        let running = 0;
        let most = 0;
        const job = (name: string, milliseconds: number) => async () => {
            most = Math.max(most, ++running);
            await wait(milliseconds);
            running--;
            return name;
        };
        const results = await runInLanes([job("long", 40), job("a", 5), job("b", 5), job("c", 5)], 2);
        assert.deepEqual(results, ["long", "a", "b", "c"]);
        assert.equal(most, 2);
    });

    it("begin in their order, the next one as soon as a lane is free", async () => {
        const begun: string[] = [];
        const job = (name: string, milliseconds: number) => async () => {
            begun.push(name);
            await wait(milliseconds);
            begun.push(`/${name}`);
        };
        await runInLanes([job("long", 60), job("a", 5), job("b", 5)], 2);
        assert.deepEqual(begun, ["long", "a", "/a", "b", "/b", "/long"]);
    });
});
