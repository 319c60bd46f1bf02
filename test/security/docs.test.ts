import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../sandbox/tools/paths";

/** Rows of the table of guarantees: the test file that each links, and the title that it names there. */
function citedTests(page: string): { file: string; title: string }[] {
    const cited = page.matchAll(/\| \[[\w-]+\]\(\.\.\/(test\/\S+)\): "([^|]+)" +\|/g);
    return [...cited].map(([, file, title]) => ({ file: file!, title: title! }));
}

describe("The page on security", () => {
    const page = fs.readFileSync(path.join(projectRoot, "docs/security.md"), "utf8");

    it("names for each guarantee a test that exists", () => {
        const cited = citedTests(page);
        const rows = page.split("\n").filter((line) => line.includes("](../test/security/") && line.startsWith("| "));
        assert.ok(rows.length > 10);
        assert.equal(cited.length, rows.length, "a row names no test");
        for (const { file, title } of cited) {
            const source = fs.readFileSync(path.join(projectRoot, file), "utf8");
            assert.ok(source.includes(`it("${title}"`), `${file} has no test called ${title}`);
        }
    });
});
