/**
 * `npm run record:release`: deploys each program to a sandbox and writes its state down, as this release leaves it. The
 * tests of later releases start from there.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { Command } from "commander";
import { prepareFission, removeSandbox, reportToStandardError, runDestroy, runUp, startSandbox } from "../../sandbox";
import { projectRoot } from "../../sandbox/tools/paths";
import { openProgram, programs } from "./programs";
import { isRecorded, writeRecording } from "./recording";

interface RecordOptions {
    version: string;
    overwrite?: boolean;
}

const sandboxName = "record-release";

async function main(): Promise<void> {
    const { version: current } = JSON.parse(fs.readFileSync(path.join(projectRoot, "package.json"), "utf8")) as {
        version: string;
    };
    const { version, overwrite } = new Command("npm run record:release --")
        .description("Records the states that this release leaves, for the tests of upgrades.")
        .option("--version <version>", "the release", current)
        .option("--overwrite", "records a release again that is recorded")
        .parse()
        .opts<RecordOptions>();
    if (isRecorded(version) && !overwrite) {
        console.error(
            `Release ${version} is recorded. Its users have that state, so it stays; raise the version in package.json, or ` +
                `say --overwrite when ${version} is not published yet.`,
        );
        process.exitCode = 1;
        return;
    }
    const sandbox = await startSandbox({ name: sandboxName });
    try {
        await prepareFission(reportToStandardError);
        for (const program of Object.keys(programs)) {
            const stack = await openProgram(sandbox, program);
            await runUp(stack);
            console.log(path.relative(projectRoot, await writeRecording(stack, { version, program })));
            // Programs have names in common.
            await runDestroy(stack);
        }
    } finally {
        await removeSandbox(sandboxName);
    }
}

void main();
