import assert from "node:assert/strict";
import { apiFaults, generateApiPages, undocumented } from "./docs/api";
import { type Block, blocksOf, commentBlocks, type Fault, pageBlocks, pages } from "./docs/blocks";
import { jsonFaults, yamlFaults } from "./docs/data";
import { blocksFor, fenceFaults, pythonFaults } from "./docs/languages";
import { linkFaults, proseFaults } from "./docs/links";
import { shellFaults } from "./docs/shell";
import { type DocsProgram, docsProgram, typeFaults } from "./docs/typescript";
import { statementsOf, valueFaults } from "./docs/values";

/** Compares with nothing, so that a failure lists every fault. */
const none = (faults: readonly Fault[]): void => assert.deepEqual(faults, []);

const all = async (faults: Promise<Fault[]>[]): Promise<Fault[]> => (await Promise.all(faults)).flat();

/** The blocks of a page that is not there. */
const page = (...lines: string[]): Block[] => blocksOf(lines.join("\n"), "docs/page.md", "docs/page.md");

const wrongTypes = page(
    ...["```ts", "const replicas = 2;", "```", "text", "```ts", "", "const wrong: string = replicas;", "```"],
    ...["```ts", 'import { minorOf } from "kubernetes-faas";', 'atLeast("1.36", "1.30");', "```"],
    ...["```ts", "await minorOf(1);", "```"],
);

const comments = commentBlocks();
const blocks = [...pageBlocks(), ...comments];

let program: DocsProgram | undefined;
/** One program for all, since most of its time goes into the types of the SDKs. */
const types = (): DocsProgram => (program ??= docsProgram(blocksFor([...blocks, ...wrongTypes], "typescript")));

describe("the documentation", function () {
    this.timeout(120_000);
    let apiPages: ReturnType<typeof generateApiPages>;
    before(() => {
        // Another process, so it takes no time of the other tests.
        apiPages = generateApiPages();
        apiPages.catch(() => "the test that awaits it reports it");
    });

    it("says of each code block what language it is in, and of one that nobody checks why", () => {
        assert.ok(blocks.some(({ file }) => file === "README.md"));
        assert.ok(blocks.some(({ file }) => file.startsWith("components/")));
        none(fenceFaults(blocks));
    });

    it("has TypeScript that compiles against the sources", () => none(typeFaults(types(), blocks)));

    it("has examples in doc comments that have the values that they state", () => {
        const examples = blocksFor(comments, "typescript");
        assert.ok(examples.flatMap(statementsOf).length > 0);
        none(examples.flatMap(valueFaults));
    });

    it("has Python that compiles", function () {
        const faults = pythonFaults(blocksFor(blocks, "python"));
        if (!faults) {
            console.log("skipped: compiling the Python blocks needs python3");
            this.skip();
        }
        none(faults);
    });

    it("has YAML that parses, and stack configurations that pass the program's checks", () =>
        none(blocksFor(blocks, "yaml").flatMap(yamlFaults)));

    it("has JSON that parses", () => none(blocksFor(blocks, "json").flatMap(jsonFaults)));

    it("names npm scripts, commands, flags and files that exist, in its shell blocks", async () =>
        none(await all(blocksFor(blocks, "shell").map(shellFaults))));

    it("names npm scripts, commands, flags and files that exist, in its text", async () =>
        none(await all(pages().map((page) => proseFaults(page)))));

    it("has links that lead to a file and to a heading in it", () => none(pages().flatMap((page) => linkFaults(page))));

    it("has API pages that are what `npm run docs:api` makes of the doc comments, with links that lead somewhere", async () => {
        none(apiFaults(await apiPages));
    });

    for (const entry of ["index", "aws", "azure", "gcp", "testing/index"].map((name) => `components/${name}.ts`)) {
        it(`has a doc comment for everything that ${entry} exports`, () => none(undocumented(types().program, entry)));
    }
});

describe("the checks of the documentation", function () {
    this.timeout(120_000);

    it("find blocks without a language, with an unknown one, and without a reason for not being checked", () => {
        const blocks = page("```", "a", "```", "```cobol", "b", "```", "```ts ignore", "c", "```");
        assert.deepEqual(
            fenceFaults(blocks).map((fault) => fault.split(" ")[0]),
            ["docs/page.md:1:", "docs/page.md:4:", "docs/page.md:7:"],
        );
        none(fenceFaults(page("```cobol ignore: no compiler", "b", "```")));
    });

    it("find wrong types by their line, also in terms of an earlier block of the page", () => {
        assert.deepEqual(typeFaults(types(), wrongTypes), [
            "docs/page.md:7: Type 'number' is not assignable to type 'string'.",
            "docs/page.md:11: Cannot find name 'atLeast'.",
            "docs/page.md:14: Argument of type 'number' is not assignable to parameter of type 'string'.",
        ]);
    });

    it("find examples that state a wrong value", () => {
        const [block] = page(
            "```ts",
            "Math.max(1, 2); // 2",
            'Math.max(1, "3");',
            "// 2",
            "Math.max(2); // or so",
            "```",
        );
        assert.deepEqual(valueFaults({ ...block!, file: "components/core/names.ts" }), [
            'components/core/names.ts:3: Math.max(1, "3") is 3',
        ]);
    });

    it("find Python that does not compile", () => {
        const faults = pythonFaults(page("```python", "def handler(request, context):", "return 1", "```"));
        assert.match(faults?.[0] ?? "", /^(docs\/page.md:3: expected an indented block.*)?$/);
    });

    it("find wrong YAML, JSON and stack configurations", () => {
        const yaml = page(
            "```yaml",
            "a: [1",
            "```",
            "```yaml",
            "kubernetes-faas:faas:",
            "    platfrom: fission",
            "```",
        );
        const [syntax, configuration] = yaml.flatMap(yamlFaults);
        assert.match(syntax!, /^docs\/page.md:\d+: Flow sequence/);
        assert.equal(configuration, "docs/page.md:5: faas.platfrom is not a known key; did you mean platform?");
        assert.match(page("```json", "{a: 1}", "```").flatMap(jsonFaults)[0]!, /^docs\/page.md:2: /);
    });

    it("find npm scripts, commands, flags and files that are not there", async () => {
        const blocks = page(
            "```sh",
            "npm run strat && npm start -- --contxt minikube",
            "npm run sandbox -- upp",
            "npm run sandbox -- --name a status --wide  # --fine",
            "npm run sandbox -- kubectl get nodes --anything",
            "KEY=1 cat docs/nowhere.md \\",
            "  test/nowhere.ts",
            "npm run test:unit -- --grep x --no-such",
            "```",
        );
        assert.deepEqual(await all(blocks.map(shellFaults)), [
            "docs/page.md:2: package.json has no script strat",
            "docs/page.md:2: stacks/start has no flag --contxt",
            "docs/page.md:3: sandbox/cli has no command upp",
            "docs/page.md:4: sandbox/cli status has no flag --wide",
            "docs/page.md:6: there is no file docs/nowhere.md",
            "docs/page.md:6: there is no file test/nowhere.ts",
            "docs/page.md:8: test/run has no flag --no-such",
        ]);
    });

    it("find links to no file and to no heading, and commands in the text that are not there", async () => {
        const text = "# A `b` c\n\n[1](#a-b-c) [2](#a-b) [3](../README.md) [4](nowhere.md)\n\n`npm run strat`";
        assert.deepEqual(linkFaults("docs/page.md", text), [
            "docs/page.md:3: the link #a-b leads to no heading",
            "docs/page.md:3: the link nowhere.md leads to no file",
        ]);
        assert.deepEqual(await proseFaults("docs/page.md", text), ["docs/page.md:5: package.json has no script strat"]);
    });
});
