import * as path from "node:path";
import * as vm from "node:vm";
import ts from "typescript";
import { type Block, type Fault, faultAt, root } from "./blocks";

/** An expression whose value an example states: `minorOf("v1.36.3"); // "1.36"`. */
interface Statement {
    readonly expression: string;
    readonly value: string;
    readonly line: number;
}

/** Expressions with a JSON value in the comment behind or below them. */
export function statementsOf({ text }: Pick<Block, "text">): Statement[] {
    const source = ts.createSourceFile("example.ts", text, ts.ScriptTarget.ESNext, true);
    return source.statements.filter(ts.isExpressionStatement).flatMap((statement) => {
        const comment = /^;?[ \t]*\n?[ \t]*\/\/ (.*)/.exec(text.slice(statement.expression.end))?.[1];
        const { line } = source.getLineAndCharacterOfPosition(statement.getStart());
        return comment !== undefined && isJson(comment)
            ? [{ expression: statement.expression.getText(), value: comment, line }]
            : [];
    });
}

function isJson(text: string): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}

/** Examples in doc comments whose value is not what stands behind them. */
export function valueFaults(block: Block): Fault[] {
    const statements = statementsOf(block);
    // A look at the statements first: loading the sources of an example that states nothing could do anything.
    const scope = statements.length > 0 ? { ...load("components/index.ts"), ...load(block.file) } : {};
    return statements.flatMap(({ expression, value, line }) => {
        const real = JSON.stringify(vm.runInNewContext(expression, scope));
        const wanted = JSON.stringify(JSON.parse(value));
        return real === wanted ? [] : [faultAt(block, line, `${expression} is ${real}`)];
    });
}

function load(source: string): Record<string, unknown> {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- each example needs the module that it stands in
    return require(path.join(root, "dist", source.replace(/\.ts$/, ".js"))) as Record<string, unknown>;
}
