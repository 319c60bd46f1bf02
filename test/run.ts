/**
 * Runs the tests, kind by kind: `npm test` runs every kind, `npm run test:unit` one. Prints the minutes of each stage
 * and ends with one line of counts.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Counts } from "./support/counts";

const root = path.resolve(__dirname, "../..");

/** A stage fails CI when all stages together take longer, since CI gives up at 90. */
const budgetMinutes = 75;

interface Stage {
    name: string;
    run(): Counts;
}

const stages: Stage[] = [
    { name: "lint", run: () => check("npm", ["run", "--silent", "lint"]) },
    mochaStage("unit"),
    { name: "plugins", run: () => check("go", ["test", "./..."], path.join(root, "sandbox/plugins")) },
    mochaStage("behaviour"),
    mochaStage("sandbox"),
    mochaStage("consumer"),
];

/** A command that passes or fails as a whole. */
function check(command: string, args: string[], cwd = root): Counts {
    const { status } = spawnSync(command, args, { cwd, stdio: "inherit" });
    return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

function mochaStage(kind: string): Stage {
    return { name: kind, run: () => mocha(kind) };
}

function mocha(kind: string): Counts {
    const countsFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-tests-")), "counts.json");
    const { status } = spawnSync(
        process.execPath,
        [require.resolve("mocha/bin/mocha.js"), "--recursive", `dist/test/${kind}/**/*.test.js`, ...process.argv.slice(3)],
        { cwd: root, stdio: "inherit", env: { ...process.env, TEST_COUNTS: countsFile } },
    );
    const counts = readCounts(countsFile);
    fs.rmSync(path.dirname(countsFile), { recursive: true });
    return status === 0 || counts.failed > 0 ? counts : { ...counts, failed: counts.failed + 1 };
}

function readCounts(file: string): Counts {
    return fs.existsSync(file)
        ? (JSON.parse(fs.readFileSync(file, "utf8")) as Counts)
        : { passed: 0, failed: 0, skipped: 0 };
}

function chosenStages(): Stage[] {
    const kind = process.argv[2];
    const chosen = kind ? stages.filter((stage) => stage.name === kind) : stages;
    if (chosen.length === 0) {
        console.error(`There is no kind of test called ${kind}; there are ${stages.map(({ name }) => name).join(", ")}.`);
        process.exit(2);
    }
    return chosen;
}

function main(): void {
    const total: Counts = { passed: 0, failed: 0, skipped: 0 };
    const minutes: [string, number][] = [];
    for (const stage of chosenStages()) {
        console.log(`\n== ${stage.name}`);
        const begin = Date.now();
        const counts = stage.run();
        minutes.push([stage.name, (Date.now() - begin) / 60_000]);
        total.passed += counts.passed;
        total.failed += counts.failed;
        total.skipped += counts.skipped;
    }
    const sum = minutes.reduce((all, [, each]) => all + each, 0);
    console.log(`\nMinutes: ${minutes.map(([name, each]) => `${name} ${each.toFixed(1)}`).join(", ")}; ${sum.toFixed(1)} in all`);
    if (sum > budgetMinutes) {
        console.log(`The tests took more than ${budgetMinutes} minutes.`);
        total.failed += 1;
    }
    console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

main();
