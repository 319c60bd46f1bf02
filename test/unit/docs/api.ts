import * as path from "node:path";
import ts from "typescript";
import { root } from "./blocks";

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
