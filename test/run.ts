/**
 * Runs the tests, kind by kind: `npm test` runs every kind, `npm run test:unit` one. Prints the minutes of each stage
 * and ends with one line of counts.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { overclaims } from "./proof/check";
import { runCommand } from "./support/command";
import { runInLanes } from "./support/lanes";
import type { Outcome } from "./support/outcome";

const root = path.resolve(__dirname, "../..");

/** The run fails when all stages together take longer, since CI gives up at 90. */
const budgetMinutes = 75;

/** Most of the longest stage is waiting, which leaves room for another one beside it. */
const lanes = 2;

interface Stage {
    name: string;
    run(): Promise<Outcome>;
}

/** The kinds, each as one stage. */
const kinds: Stage[] = [
    { name: "lint", run: () => check("lint", "npm", ["run", "--silent", "lint"]) },
    mochaStage("unit"),
    mochaStage("security"),
    mochaStage("mutations"),
    { name: "plugins", run: testPlugins },
    mochaStage("behaviour"),
    mochaStage("sandbox"),
    mochaStage("upgrade"),
    mochaStage("faults"),
    mochaStage("consumer"),
];

/** What a run of every kind consists of: the longest first, in halves with a sandbox each, so that the others run beside it. */
const stages: Stage[] = [...halves("sandbox"), ...kinds.filter(({ name }) => name !== "sandbox")];

/** Not part of `npm test`: the same tests with every variant, and with many more cases each. */
const nightlyStages: Stage[] = ["unit", "faults"].map((kind) => ({
    name: `nightly:${kind}`,
    run: () =>
        mocha(kind, {
            options: ["--timeout", String(3 * 60 * 60_000)],
            variables: { KUBERNETES_FAAS_NIGHTLY: "1" },
        }),
}));

/** At most so many lines of each failure stand at the end, where they are read first; all of it stands with its test. */
const failureLines = 25;

const passed: Outcome = { passed: 1, failed: 0, skipped: 0, titles: [], failures: [] };
const skipped: Outcome = { passed: 0, failed: 0, skipped: 1, titles: [], failures: [] };

const chosen = chooseStages();

/** Who prints what must be seen as long as several stages print at once. */
const labelOf = (name: string): string | undefined => (chosen.length > 1 ? name : undefined);

/** What is told by the exit code alone. */
function broken(what: string): Outcome {
    return { passed: 0, failed: 1, skipped: 0, titles: [], failures: [what] };
}

/** A command that passes or fails as a whole. */
async function check(name: string, command: string, args: string[], cwd = root): Promise<Outcome> {
    const status = await runCommand(command, args, { cwd, label: labelOf(name) });
    return status === 0 ? passed : broken(`${[command, ...args].join(" ")} ended with ${status}`);
}

async function testPlugins(): Promise<Outcome> {
    const hasGo = (process.env.PATH ?? "")
        .split(path.delimiter)
        .some((directory) => fs.existsSync(path.join(directory, process.platform === "win32" ? "go.exe" : "go")));
    if (!hasGo) {
        console.log("skipped: the stand-in plugins' own tests need Go");
        return skipped;
    }
    return check("plugins", "go", ["test", "./..."], path.join(root, "sandbox/plugins"));
}

function mochaStage(kind: string): Stage {
    return { name: kind, run: () => mocha(kind, { options: process.argv.slice(3) }) };
}

/** The files of a kind in two stages, by turns, so that suites which lie together and take long are shared out. */
function halves(kind: string): Stage[] {
    const directory = `dist/test/${kind}`;
    const files = fs
        .readdirSync(path.join(root, directory), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".test.js"))
        .sort()
        .map((file) => path.join(directory, file));
    return [0, 1].map((half) => {
        const name = `${kind}/${half + 1}`;
        return { name, run: () => mocha(name, { files: files.filter((_, index) => index % 2 === half) }) };
    });
}

interface MochaRun {
    /** @default every file of the kind */
    files?: string[];
    options?: string[];
    variables?: NodeJS.ProcessEnv;
}

async function mocha(name: string, { files, options = [], variables = {} }: MochaRun): Promise<Outcome> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-tests-"));
    const outcomeFile = path.join(directory, "outcome.json");
    const status = await runCommand(
        process.execPath,
        [require.resolve("mocha/bin/mocha.js"), ...(files ?? [`dist/test/${name}/**/*.test.js`]), ...options],
        { cwd: root, env: { ...process.env, ...variables, TEST_OUTCOME: outcomeFile }, label: labelOf(name) },
    );
    const outcome = fs.existsSync(outcomeFile)
        ? (JSON.parse(fs.readFileSync(outcomeFile, "utf8")) as Outcome)
        : undefined;
    fs.rmSync(directory, { recursive: true });
    if (outcome && (status === 0 || outcome.failed > 0)) {
        return outcome;
    }
    const brokeDown = broken(`mocha ended with ${status}`);
    return outcome ? { ...outcome, failed: brokeDown.failed, failures: brokeDown.failures } : brokeDown;
}

function chooseStages(): Stage[] {
    const kind = process.argv[2];
    const known = [...kinds, ...nightlyStages];
    const wanted = kind ? known.filter((stage) => stage.name === kind) : stages;
    if (wanted.length === 0) {
        console.error(
            `There is no kind of test called ${kind}; there are ${known.map(({ name }) => name).join(", ")}.`,
        );
        process.exit(2);
    }
    return wanted;
}

/** Runs a stage and notes how long it took. */
async function timed(stage: Stage, minutes: Map<string, number>): Promise<Outcome> {
    console.log(`== ${stage.name}`);
    const begin = Date.now();
    const outcome = await stage.run();
    const took = (Date.now() - begin) / 60_000;
    minutes.set(stage.name, took);
    console.log(`== ${stage.name}: ${describeCounts(outcome)}, ${took.toFixed(1)} minutes`);
    return outcome;
}

const describeCounts = ({ passed, failed, skipped }: Pick<Outcome, "passed" | "failed" | "skipped">): string =>
    `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** What failed in a stage, in brief. */
function describeFailures({ name }: Stage, { failures }: Outcome): string[] {
    return failures.map((failure) => {
        const lines = failure.split("\n");
        const more = lines.length > failureLines ? [`(${lines.length - failureLines} more lines above)`] : [];
        return [`FAILED in ${name}: ${lines[0]}`, ...lines.slice(1, failureLines), ...more].join("\n    ");
    });
}

/** What only a run of every stage can tell. */
function checkWhole(titles: string[], minutes: number): string[] {
    const overBudget = minutes > budgetMinutes ? [`The tests took more than ${budgetMinutes} minutes.`] : [];
    return [...overclaims(titles), ...overBudget];
}

async function main(): Promise<void> {
    const begin = Date.now();
    const minutes = new Map<string, number>();
    const outcomes = await runInLanes(
        chosen.map((stage) => () => timed(stage, minutes)),
        lanes,
    );

    const all = (Date.now() - begin) / 60_000;
    const each = chosen.map(({ name }) => `${name} ${minutes.get(name)!.toFixed(1)}`).join(", ");
    console.log(`\nMinutes: ${each}; ${all.toFixed(1)} in all, up to ${lanes} stages at a time`);

    outcomes
        .flatMap((outcome, index) => describeFailures(chosen[index]!, outcome))
        .forEach((text) => console.log(text));

    const titles = outcomes.flatMap((outcome) => outcome.titles);
    const problems = chosen.length === stages.length ? checkWhole(titles, all) : [];
    problems.forEach((problem) => console.log(problem));

    const total = (key: "passed" | "failed" | "skipped"): number =>
        outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
    const failures = total("failed") + problems.length;
    console.log(describeCounts({ passed: total("passed"), failed: failures, skipped: total("skipped") }));
    process.exitCode = failures === 0 && total("passed") > 0 ? 0 : 1;
}

void main();
