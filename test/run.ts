/**
 * Runs the tests, kind by kind: `npm test` runs every kind, `npm run test:unit` one. Prints the minutes of each stage
 * and ends with one line of counts.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { overclaims } from "./proof/check";
import type { Outcome } from "./support/outcome";

const root = path.resolve(__dirname, "../..");

/** The run fails when all stages together take longer, since CI gives up at 90. */
const budgetMinutes = 75;

interface Stage {
    name: string;
    run(): Outcome;
}

const stages: Stage[] = [
    { name: "lint", run: () => check("npm", ["run", "--silent", "lint"]) },
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

/** Not part of `npm test`: the same tests with every variant, and with many more cases each. */
const nightlyStages: Stage[] = ["unit", "faults"].map((kind) => ({
    name: `nightly:${kind}`,
    run: () => mocha(kind, ["--timeout", String(3 * 60 * 60_000)], { KUBERNETES_FAAS_NIGHTLY: "1" }),
}));

const passed: Outcome = { passed: 1, failed: 0, skipped: 0, titles: [] };
const failed: Outcome = { passed: 0, failed: 1, skipped: 0, titles: [] };
const skipped: Outcome = { passed: 0, failed: 0, skipped: 1, titles: [] };

/** A command that passes or fails as a whole. */
function check(command: string, args: string[], cwd = root): Outcome {
    const { status } = spawnSync(command, args, { cwd, stdio: "inherit" });
    return status === 0 ? passed : failed;
}

function testPlugins(): Outcome {
    if (spawnSync("go", ["version"]).error) {
        console.log("skipped: the stand-in plugins' own tests need Go");
        return skipped;
    }
    return check("go", ["test", "./..."], path.join(root, "sandbox/plugins"));
}

function mochaStage(kind: string): Stage {
    return { name: kind, run: () => mocha(kind, process.argv.slice(3)) };
}

function mocha(kind: string, options: string[], variables: NodeJS.ProcessEnv = {}): Outcome {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-tests-"));
    const outcomeFile = path.join(directory, "outcome.json");
    const { status } = spawnSync(
        process.execPath,
        [require.resolve("mocha/bin/mocha.js"), `dist/test/${kind}/**/*.test.js`, ...options],
        { cwd: root, stdio: "inherit", env: { ...process.env, ...variables, TEST_OUTCOME: outcomeFile } },
    );
    // Without an outcome mocha itself broke down.
    const outcome = fs.existsSync(outcomeFile) ? (JSON.parse(fs.readFileSync(outcomeFile, "utf8")) as Outcome) : failed;
    fs.rmSync(directory, { recursive: true });
    return status === 0 || outcome.failed > 0 ? outcome : { ...outcome, failed: 1 };
}

function chosenStages(): Stage[] {
    const kind = process.argv[2];
    const known = [...stages, ...nightlyStages];
    const chosen = kind ? known.filter((stage) => stage.name === kind) : stages;
    if (chosen.length === 0) {
        console.error(
            `There is no kind of test called ${kind}; there are ${known.map(({ name }) => name).join(", ")}.`,
        );
        process.exit(2);
    }
    return chosen;
}

/** Runs a stage and notes how long it took. */
function timed(stage: Stage, minutes: Map<string, number>): Outcome {
    console.log(`\n== ${stage.name}`);
    const begin = Date.now();
    const outcome = stage.run();
    minutes.set(stage.name, (Date.now() - begin) / 60_000);
    return outcome;
}

/** What only a run of every stage can tell. */
function checkWhole(titles: string[], minutes: number): string[] {
    const overBudget = minutes > budgetMinutes ? [`The tests took more than ${budgetMinutes} minutes.`] : [];
    return [...overclaims(titles), ...overBudget];
}

function main(): void {
    const chosen = chosenStages();
    const minutes = new Map<string, number>();
    const outcomes = chosen.map((stage) => timed(stage, minutes));

    const sum = [...minutes.values()].reduce((all, each) => all + each, 0);
    const each = [...minutes].map(([name, value]) => `${name} ${value.toFixed(1)}`).join(", ");
    console.log(`\nMinutes: ${each}; ${sum.toFixed(1)} in all`);

    const titles = outcomes.flatMap((outcome) => outcome.titles);
    const problems = chosen.length === stages.length ? checkWhole(titles, sum) : [];
    problems.forEach((problem) => console.log(problem));

    const total = (key: "passed" | "failed" | "skipped"): number =>
        outcomes.reduce((all, outcome) => all + outcome[key], 0);
    const failures = total("failed") + problems.length;
    console.log(`${total("passed")} passed, ${failures} failed, ${total("skipped")} skipped`);
    process.exitCode = failures === 0 && total("passed") > 0 ? 0 : 1;
}

main();
