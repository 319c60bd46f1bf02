import assert from "node:assert/strict";
import { keysSection } from "./keys";

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

describe("docs/stacks.md", () => {
    it("lists every key that a stack's configuration may have, as the schema has it", () => {
        const { written, wanted } = keysSection();
        assert.ok(wanted.includes("ingress.protections.NAME.basicAuth.users[].passwordFrom"));
        const [are, should] = [linesOf(written), linesOf(wanted)];
        assert.deepEqual(
            {
                missing: should.filter((line) => !are.includes(line)),
                wrong: are.filter((line) => !should.includes(line)),
            },
            { missing: [], wrong: [] },
            "write it anew: node dist/test/unit/stacks/keys.js && npx prettier --write docs/stacks.md",
        );
        assert.equal(are.length, should.length);
    });
});
