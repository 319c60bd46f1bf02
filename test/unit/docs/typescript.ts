import * as path from "node:path";
import ts from "typescript";
import { type Block, type Fault, faultAt, root } from "./blocks";

/** Where the blocks' modules seem to be: there every import resolves as in a test. */
const directory = path.join(root, "test/unit/docs/blocks");

/** What the package exports, and in a checkout what scripts and tests run stacks with. */
const barrels = [
    "components/index",
    "components/gcp",
    "components/azure",
    "components/aws",
    "components/testing/index",
    "sandbox/index",
].map((name) => path.join(root, name));
const context = path.join(root, "test/unit/docs/context");

/** A line before and a line after a fragment. */
interface Frame {
    readonly head: string;
    readonly foot: string;
}

/** A block as a module of a program. */
interface BlockModule {
    readonly block: Block;
    readonly file: string;
    readonly source: ts.SourceFile;
    /** Names that the block declares at its top level, or imports. */
    readonly declared: ReadonlySet<string>;
    /** Those of them that later blocks may use. */
    readonly lends: ReadonlySet<string>;
    /** What has to stand around a fragment of a function. */
    readonly frame?: Frame;
}

/** All blocks and the public sources in one program. */
export interface DocsProgram {
    readonly program: ts.Program;
    readonly modules: readonly BlockModule[];
}

/**
 * Makes a program of TypeScript and JavaScript blocks, each in a module of its own. A block may use what earlier blocks
 * of its page declare and what context.ts declares. One that imports nothing from the package may use all that it and the
 * sandbox export, and in a doc comment what its file exports.
 */
export function docsProgram(blocks: readonly Block[]): DocsProgram {
    const options = compilerOptions();
    const modules = blocks.map(parseBlock);
    const texts = new Map<string, string>();
    const host = hostWith(texts, options);
    const lenders = [...barrels, context, ...new Set(blocks.map(sourceOf))].filter((name) =>
        ts.sys.fileExists(`${name}.ts`),
    );
    const sources = ts.createProgram(
        lenders.map((name) => `${name}.ts`),
        options,
        host,
    );
    const exported = new Map(lenders.map((name) => [name, exportsOf(sources, `${name}.ts`)]));
    modules.forEach((each, index) => texts.set(each.file, assemble(each, modules.slice(0, index), exported)));
    const roots = [...sources.getRootFileNames(), ...texts.keys()];
    return { program: ts.createProgram(roots, options, host, sources), modules };
}

/** A host that knows files which are not on disk, and parses each file once. */
function hostWith(texts: ReadonlyMap<string, string>, options: ts.CompilerOptions): ts.CompilerHost {
    const host = ts.createCompilerHost(options, true);
    const disk = { ...host };
    const parsed = new Map<string, ts.SourceFile | undefined>();
    host.fileExists = (file) => texts.has(file) || disk.fileExists(file);
    host.directoryExists = (name) => name === directory || disk.directoryExists!(name);
    host.readFile = (file) => texts.get(file) ?? disk.readFile(file);
    host.getSourceFile = (file, version, ...rest) => {
        if (!parsed.has(file)) {
            const text = texts.get(file);
            parsed.set(
                file,
                text === undefined
                    ? disk.getSourceFile(file, version, ...rest)
                    : ts.createSourceFile(file, text, version, true),
            );
        }
        return parsed.get(file);
    };
    return host;
}

/** Names that a module exports. */
function exportsOf(program: ts.Program, file: string): Set<string> {
    const checker = program.getTypeChecker();
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(file)!);
    return new Set(symbol ? checker.getExportsOfModule(symbol).map(({ name }) => name) : []);
}

function compilerOptions(): ts.CompilerOptions {
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail };
    const changes = {
        noEmit: true,
        incremental: false,
        noUnusedLocals: false,
        noUnusedParameters: false,
        allowJs: true,
        types: ["node"],
    };
    return ts.getParsedCommandLineOfConfigFile(path.join(root, "tsconfig.json"), changes, host)!.options;
}

function fail(diagnostic: ts.Diagnostic): never {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
}

function parseBlock(block: Block, index: number): BlockModule {
    const file = path.join(directory, `${index}.${block.language}`);
    const source = ts.createSourceFile(file, block.text, ts.ScriptTarget.ESNext, true);
    const frame = frameFor(source);
    const own = source.statements.filter((statement) => !ts.isImportDeclaration(statement));
    const lendsNothing = frame !== undefined || own.some(exportsEverything);
    return {
        block,
        file,
        source,
        declared: new Set(source.statements.flatMap(namesDeclaredBy)),
        lends: new Set(lendsNothing ? [] : own.flatMap(namesDeclaredBy)),
        frame,
    };
}

/** The source of a doc comment's block, without its ending. */
const sourceOf = (block: Block): string => path.join(root, block.file.replace(/\.m?ts$/, ""));

function namesDeclaredBy(statement: ts.Statement): string[] {
    if (ts.isVariableStatement(statement)) {
        return statement.declarationList.declarations.flatMap(({ name }) => namesIn(name));
    }
    if (ts.isImportDeclaration(statement)) {
        const { name, namedBindings } = statement.importClause ?? {};
        const named = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : [namedBindings];
        return [name, ...named.map((each) => each?.name)].flatMap((each) => each?.text ?? []);
    }
    const { name } = statement as ts.DeclarationStatement;
    return name && ts.isIdentifier(name) ? [name.text] : [];
}

function namesIn(name: ts.BindingName): string[] {
    return ts.isIdentifier(name)
        ? [name.text]
        : name.elements.flatMap((each) => (ts.isBindingElement(each) ? namesIn(each.name) : []));
}

/** A fragment that says `this` or `super` is the inside of a component's constructor, one that awaits of a function. */
function frameFor(source: ts.SourceFile): Frame | undefined {
    const says = (...kinds: ts.SyntaxKind[]): boolean => mentions(source, kinds);
    const callsSuper = says(ts.SyntaxKind.SuperKeyword);
    if (callsSuper || says(ts.SyntaxKind.ThisKeyword)) {
        const head = "class Example extends pulumi.ComponentResource { constructor() {";
        return { head: callsSuper ? head : `${head} super("kubernetes-faas:index:Example", "example");`, foot: "}}" };
    }
    if (says(ts.SyntaxKind.AwaitExpression) && !source.statements.some(isImportOrExport)) {
        return { head: "async function example() {", foot: "}" };
    }
    return undefined;
}

/** Whether there is a node of one of these kinds outside of the block's own classes and functions. */
function mentions(node: ts.Node, kinds: readonly ts.SyntaxKind[]): boolean {
    const inner = ts.isClassLike(node) || ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node);
    const async = ts.isArrowFunction(node) && kinds.includes(ts.SyntaxKind.AwaitExpression);
    return (
        kinds.includes(node.kind) ||
        (!inner && !async && (ts.forEachChild(node, (child) => mentions(child, kinds) || undefined) ?? false))
    );
}

const isImportOrExport = (statement: ts.Statement): boolean =>
    ts.isImportDeclaration(statement) || ts.isExportAssignment(statement) || isExported(statement);

/** The text of a block's module: the block, the imports of what is lent to it, the exports for later blocks. */
function assemble(each: BlockModule, earlier: BlockModule[], exported: Map<string, Set<string>>): string {
    if (each.file.endsWith(".js")) {
        return each.block.text;
    }
    const { block, frame } = each;
    const body = frame ? [frame.head, block.text, frame.foot] : [block.text];
    return [...body, ...imports(each, earlier, exported), ...exportsFor(each)].join("\n");
}

function imports(each: BlockModule, earlier: BlockModule[], exported: Map<string, Set<string>>): string[] {
    const page = earlier.filter(({ block }) => block.group === each.block.group).reverse();
    const imported = importedModules(each.source);
    const isFragment = imported.length === 0;
    const forPackage = imported.some((name) => name.startsWith("kubernetes-faas")) ? [] : barrels;
    const lenders = [
        ...page.map(({ file, lends }) => ({ from: file.replace(/\.ts$/, ""), names: lends })),
        ...[sourceOf(each.block), context, ...forPackage].map((from) => ({ from, names: exported.get(from) })),
    ];
    return [...usedNames(each)].flatMap((name) => {
        const lender = lenders.find(({ names }) => names?.has(name));
        if (lender) {
            return [`import { ${name} } from ${JSON.stringify(lender.from)};`];
        }
        const usual = isFragment ? usualImports[name] : undefined;
        return usual ? [usual] : [];
    });
}

/** What everybody imports under the same name. */
const usualImports: Partial<Record<string, string>> = {
    assert: 'import assert from "node:assert/strict";',
    fs: 'import * as fs from "node:fs";',
    k8s: 'import * as k8s from "@pulumi/kubernetes";',
    pulumi: 'import * as pulumi from "@pulumi/pulumi";',
};

function importedModules(source: ts.SourceFile): string[] {
    return source.statements
        .filter(ts.isImportDeclaration)
        .map(({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text);
}

/** Names that a block mentions and does not declare. */
function usedNames({ source, declared, frame }: BlockModule): Set<string> {
    const names = new Set(frame ? ["pulumi"] : []);
    const visit = (node: ts.Node): void => {
        if (ts.isIdentifier(node) && !declared.has(node.text)) {
            names.add(node.text);
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return names;
}

/** Makes a module of every block, and exports what it lends. */
function exportsFor({ source, lends }: BlockModule): string[] {
    if (source.statements.some(exportsEverything)) {
        return [];
    }
    const exported = new Set(source.statements.filter(isExported).flatMap(namesDeclaredBy));
    return [`export { ${[...lends].filter((name) => !exported.has(name)).join(", ")} };`];
}

/** `export = ...` stands alone in its module. */
const exportsEverything = (statement: ts.Statement): boolean =>
    ts.isExportAssignment(statement) && statement.isExportEquals === true;

const isExported = (statement: ts.Statement): boolean =>
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);

/** What the compiler finds in some of the blocks; in JavaScript its syntax only. */
export function typeFaults({ program, modules }: DocsProgram, blocks: readonly Block[]): Fault[] {
    const chosen = modules.filter(({ block }) => blocks.includes(block));
    return chosen.flatMap(({ block, file, frame }) => {
        const source = program.getSourceFile(file)!;
        const syntax = program.getSyntacticDiagnostics(source);
        const types = file.endsWith(".js") ? [] : program.getSemanticDiagnostics(source);
        return [...syntax, ...types].map(({ start, messageText }) => {
            const { line } = source.getLineAndCharacterOfPosition(start ?? 0);
            const reason = ts.flattenDiagnosticMessageText(messageText, " ");
            return faultAt(block, line - (frame ? 1 : 0), reason);
        });
    });
}
