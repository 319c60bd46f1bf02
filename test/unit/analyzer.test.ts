import * as pulumi from "@pulumi/pulumi";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import ts from "typescript";

const root = path.resolve(__dirname, "../../..");
const packageName = "kubernetes-faas";

/** An entry point of the package: what users import. */
interface EntryPoint {
    /** As in the package's `exports`: `.`, `./gcp`. */
    readonly name: string;
    readonly source: string;
    readonly components: string[];
}

/** Every entry point that exports a component, with the components' class names. */
function entryPoints(): EntryPoint[] {
    const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
        exports: Record<string, string | { default: string }>;
    };
    return Object.entries(manifest.exports)
        .flatMap(([name, target]) => (typeof target === "string" ? [] : [{ name, compiled: target.default }]))
        .map(({ name, compiled }) => ({
            name,
            source: compiled.replace(/^\.\/dist\//, "./").replace(/\.js$/, ".ts"),
            components: componentsOf(path.join(root, compiled)),
        }))
        .filter(({ components }) => components.length > 0);
}

function componentsOf(compiled: string): string[] {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package's own manifest says which modules
    const exported = require(compiled) as Record<string, unknown>;
    return Object.entries(exported)
        .filter(([, value]) => typeof value === "function" && value.prototype instanceof pulumi.ComponentResource)
        .map(([name]) => name);
}

/** The parts of the analyzer that are set anew for each component: its program is slow to make. */
interface AnalyzerState {
    packageJSON: { name: string; exports: Record<string, { default: string }> };
    componentNames: Set<string>;
    program: ts.Program;
}

describe("the SDK's component analyzer, which makes the components usable from other languages", function () {
    this.timeout(120_000);
    const points = entryPoints();
    let analyzer: Analyzer;
    let state: AnalyzerState;
    before(() => {
        analyzer = new Analyzer(root, packageName, { name: packageName }, new Set(["none"]));
        state = analyzer as unknown as AnalyzerState;
    });

    it("finds components to analyze", () => {
        assert.ok(points.find(({ name }) => name === ".")!.components.includes("ExistingCluster"));
    });

    for (const { name: entry, source, components } of points) {
        for (const component of components) {
            it(`understands ${component} of ${entry}: its arguments, its fields and all their types`, () => {
                state.packageJSON = { name: packageName, exports: { ".": { default: source } } };
                state.componentNames = new Set([component]);
                assert.ok(analyzer.analyze().components[component]);
            });
        }
    }

    it("meets no class name twice, since all components share the module `index`", () => {
        const names = componentClasses(state.program).map(({ name }) => name);
        assert.deepEqual(
            names.filter((name, index) => names.indexOf(name) !== index),
            [],
        );
    });

    it("meets every component under the type token of its class", () => {
        const wrong = componentClasses(state.program).filter(
            ({ name, token }) => token !== `${packageName}:index:${name}`,
        );
        assert.deepEqual(wrong, []);
    });
});

/** A component's class and the type token under which it registers itself. */
interface ComponentClass {
    readonly name: string;
    readonly token?: string;
    readonly file: string;
}

function componentClasses(program: ts.Program): ComponentClass[] {
    const sources = path.join(root, "components") + path.sep;
    const files = program.getSourceFiles().filter(({ fileName }) => path.normalize(fileName).startsWith(sources));
    return files.flatMap((file) =>
        file.statements
            .filter(ts.isClassDeclaration)
            .filter((node) => /\bComponentResource\b/.test(node.heritageClauses?.[0]?.getText(file) ?? ""))
            .map((node) => ({
                name: node.name!.text,
                token: superToken(node),
                file: path.relative(root, file.fileName),
            })),
    );
}

/** The first argument of a class's `super(...)`. */
function superToken(node: ts.Node): string | undefined {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) {
        const [token] = node.arguments;
        return token && ts.isStringLiteral(token) ? token.text : undefined;
    }
    return ts.forEachChild(node, superToken);
}
