import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Outcome } from "../../support/outcome";

describe("the outcome of a stage", () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-reporter-"));
    after(() => fs.rmSync(directory, { recursive: true }));

    it("counts what passed, failed and was skipped, and tells each failure by its full title and its reason", () => {
        const suite = path.join(directory, "suite.js");
        const outcome = path.join(directory, "outcome.json");
        fs.writeFileSync(
            suite,
            `describe("a suite", () => {
                it("passes", () => {});
                it("lacks a server");
                it("fails", () => { throw new Error("two are not three"); });
                describe("that is not set up", () => {
                    before(() => { throw new Error("no such file"); });
                    it("never runs", () => {});
                });
            });`,
        );
        const { status } = spawnSync(process.execPath, [require.resolve("mocha/bin/mocha.js"), suite], {
            cwd: path.resolve(__dirname, "../../../.."),
            env: { ...process.env, TEST_OUTCOME: outcome },
        });
        const { failures, ...counts } = JSON.parse(fs.readFileSync(outcome, "utf8")) as Outcome;
        assert.equal(status, 2);
        assert.deepEqual(counts, { passed: 1, failed: 2, skipped: 1, titles: ["a suite passes"] });
        assert.match(failures[0]!, /^a suite fails\nError: two are not three\n +at /);
        assert.match(failures[1]!, /^a suite that is not set up "before all" hook.*\nError: no such file\n/);
    });
});
