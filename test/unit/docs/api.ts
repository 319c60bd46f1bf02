import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { type Fault, filesBelow, readPage, root } from "./blocks";
import { linkFaults } from "./links";

/** Names that an entry point exports without a doc comment. */
export function undocumented(program: ts.Program, entry: string): string[] {
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(path.join(root, entry))!;
    return checker
        .getExportsOfModule(checker.getSymbolAtLocation(source)!)
        .map((each) => (each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each))
        .filter((each) => each.getDocumentationComment(checker).length === 0)
        .map(({ name }) => name);
}

const directory = path.join("docs", "api");

/** What `npm run docs:api` would write now, by file. */
export async function generateApiPages(): Promise<Map<string, string>> {
    const out = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-api-"));
    try {
        const typedoc = path.join(root, "node_modules/typedoc/bin/typedoc");
        const options = ["--options", path.join(root, "docs/typedoc.json"), "--out", out];
        await promisify(execFile)(process.execPath, [typedoc, ...options], { cwd: root });
        const names = fs.readdirSync(out);
        return new Map(
            names.map((name) => [path.join(directory, name), fs.readFileSync(path.join(out, name), "utf8")]),
        );
    } finally {
        fs.rmSync(out, { recursive: true });
    }
}

/** API pages that differ from what they would be now, and links in them that lead nowhere. */
export function apiFaults(generated: ReadonlyMap<string, string>): Fault[] {
    const there = filesBelow(directory, /\.md$/);
    const stale = [...new Set([...there, ...generated.keys()])].filter(
        (file) => !there.includes(file) || readPage(file) !== generated.get(file),
    );
    return stale.length > 0
        ? stale.map((file) => `${file} is not what the doc comments say; run npm run docs:api`)
        : there.flatMap((file) => linkFaults(file));
}
