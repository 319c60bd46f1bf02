import * as fs from "node:fs";
import Mocha = require("mocha");
import type { Counts } from "./counts";

/** The "spec" reporter, which also leaves its counts in the file that `TEST_COUNTS` names. */
class CountingReporter extends Mocha.reporters.Spec {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
        super(runner, options);
        runner.once("end", () => {
            const { passes, failures, pending } = this.stats;
            const counts: Counts = { passed: passes, failed: failures, skipped: pending };
            if (process.env.TEST_COUNTS) {
                fs.writeFileSync(process.env.TEST_COUNTS, JSON.stringify(counts));
            }
        });
    }
}

export = CountingReporter;
