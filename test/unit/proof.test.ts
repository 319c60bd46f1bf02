import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as components from "../../components";
import * as aws from "../../components/aws";
import * as azure from "../../components/azure";
import * as gcp from "../../components/gcp";
import { overclaims } from "../proof/check";
import { claims } from "../proof/claims";
import { proofPage } from "../proof/page";

describe("docs/proof.md", () => {
    it("has a row for each exported component, or one for each kind of it", () => {
        const exported = Object.entries({ ...components, ...aws, ...azure, ...gcp })
            .filter(([, value]) => typeof value === "function" && value.prototype instanceof pulumi.ComponentResource)
            .map(([name]) => name);
        assert.deepEqual([...new Set(claims.map(({ component }) => component))], exported.sort());
    });

    it("is what `npm run proof` writes", () => {
        const file = path.resolve(__dirname, "../../../docs/proof.md");
        assert.equal(fs.readFileSync(file, "utf8"), proofPage());
    });

    it("names a test that did not pass", () => {
        const proofs = overclaims([]).filter((sentence) => sentence.includes("for Route"));
        assert.equal(proofs.length, 3);
        assert.match(
            proofs[0]!,
            /^docs\/proof\.md claims "Route is an Ingress .*" for Route, and no such test passed\.$/,
        );
    });
});
