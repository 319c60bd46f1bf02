import assert from "node:assert/strict";
import * as fs from "node:fs";
import { versionsFile, versionsPage } from "../versions/page";

describe("docs/versions.md", () => {
    it("is what the table of Kubernetes versions says: run `npm run versions`", async () =>
        assert.equal(fs.readFileSync(versionsFile, "utf8"), await versionsPage())).timeout(30_000);
});
