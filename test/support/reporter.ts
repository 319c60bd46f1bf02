import * as fs from "node:fs";
import Mocha from "mocha";
import type { Outcome } from "./outcome";

/** The "spec" reporter, which also leaves the outcome in the file that `TEST_OUTCOME` names. */
class OutcomeReporter extends Mocha.reporters.Spec {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
        super(runner, options);
        const titles: string[] = [];
        const reasons: string[] = [];
        runner.on("pass", (test: Mocha.Test) => titles.push(test.fullTitle()));
        runner.on("fail", (test: Mocha.Test, error: Error) => reasons.push(`${test.fullTitle()}\n${error.stack}`));
        runner.once("end", () => {
            const { passes, failures, pending } = this.stats;
            const outcome: Outcome = { passed: passes, failed: failures, skipped: pending, titles, failures: reasons };
            if (process.env.TEST_OUTCOME) {
                fs.writeFileSync(process.env.TEST_OUTCOME, JSON.stringify(outcome));
            }
        });
    }
}

export = OutcomeReporter;
