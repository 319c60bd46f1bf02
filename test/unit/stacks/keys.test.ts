import assert from "node:assert/strict";
import { keysSection } from "./keys";

/** The text without the line breaks that only keep lines short. */
const flowing = (text: string): string => text.replace(/\s+/g, " ");

describe("docs/stacks.md", () => {
    it("lists every key that a stack's configuration may have, as the schema has it", () => {
        const { written, wanted } = keysSection();
        assert.ok(wanted.includes("ingress.protections.NAME.basicAuth.users[].passwordFrom"));
        assert.equal(
            flowing(written),
            flowing(wanted),
            "write it anew: node dist/test/unit/stacks/keys.js && npx prettier --write docs/stacks.md",
        );
    });
});
