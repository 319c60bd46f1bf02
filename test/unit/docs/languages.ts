import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type Block, type Fault, faultAt } from "./blocks";

/** How the blocks of a language are checked. */
export type Checker = "typescript" | "python" | "yaml" | "json" | "shell" | "text";

const checkers: Readonly<Record<string, Checker>> = {
    ts: "typescript",
    js: "typescript",
    python: "python",
    yaml: "yaml",
    json: "json",
    sh: "shell",
    console: "shell",
    // Output, file trees, other plain text: nothing to check.
    text: "text",
};

const ignored = /^ignore: \S.*$/;

/** Whether a fence says that its block is not checked, and why. */
export const isIgnored = ({ annotation }: Block): boolean => ignored.test(annotation);

/** The blocks that are checked in one way. */
export const blocksFor = (blocks: readonly Block[], checker: Checker): Block[] =>
    blocks.filter((block) => checkers[block.language] === checker && !isIgnored(block));

/** Blocks that no check would look at. */
export function fenceFaults(blocks: readonly Block[]): Fault[] {
    const known = Object.keys(checkers).join(", ");
    return blocks.flatMap((block) => {
        if (block.annotation && !isIgnored(block)) {
            return [faultAt(block, -1, `the fence says "${block.annotation}"; it may say "ignore: <why>"`)];
        }
        return block.language in checkers || isIgnored(block)
            ? []
            : [faultAt(block, -1, `the fence says "${block.language}"; give one of ${known}, or add "ignore: <why>"`)];
    });
}

/** Python blocks that do not compile; undefined without a Python. */
export function pythonFaults(blocks: readonly Block[]): Fault[] | undefined {
    const program = `
import json, sys
faults = []
for index, text in enumerate(json.load(sys.stdin)):
    try:
        compile(text, "block", "exec", dont_inherit=True)
    except SyntaxError as error:
        faults.append([index, error.lineno or 1, error.msg])
json.dump(faults, sys.stdout)`;
    const input = JSON.stringify(blocks.map(({ text }) => text));
    const { stdout, stderr, error, status } = spawnSync("python3", ["-c", program], { input, encoding: "utf8" });
    if (error) {
        return undefined;
    }
    assert.equal(status, 0, stderr);
    const faults = JSON.parse(stdout) as [number, number, string][];
    return faults.map(([index, line, message]) => faultAt(blocks[index]!, line - 1, message));
}
