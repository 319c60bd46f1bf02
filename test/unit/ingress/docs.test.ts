import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { protectionKinds, protectionSupport } from "../../../components";

const page = path.resolve(__dirname, "../../../../docs/ingress.md");

/** The rows of the table of protections: kind, Traefik, Kong. */
function rows(): string[][] {
    return fs
        .readFileSync(page, "utf8")
        .split("\n")
        .filter((line) => /^\| `[a-zA-Z]+` .*\| (yes|no: )/.test(line))
        .map((line) => line.split("|").map((cell) => cell.trim()))
        .map(([, kind, , traefik, kong]) => [kind!.replaceAll("`", ""), traefik!, kong!]);
}

describe("docs/ingress.md", () => {
    it("says of each protection which controller has it, and why one has not", () => {
        const cell = (reason: string | undefined): string => (reason === undefined ? "yes" : `no: ${reason}`);
        const expected = protectionKinds.map((kind) => {
            const { traefik, kong } = protectionSupport[kind];
            return [kind, cell(traefik), cell(kong)];
        });
        assert.deepEqual(rows().sort(), expected.sort());
    });
});
