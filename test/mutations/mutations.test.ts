import assert from "node:assert/strict";
import { projectRoot } from "../../sandbox/tools/paths";
import { CompiledCopy, type RunTitles } from "./copy";
import { plantedFaults } from "./faults";

/** One run of a test file on a busy machine. */
const runTimeout = 120_000;

describe("A planted fault", function () {
    this.timeout(runTimeout);
    let copy: CompiledCopy;
    let healthy: RunTitles;
    before(function () {
        this.timeout(3 * runTimeout);
        copy = new CompiledCopy(projectRoot);
        healthy = copy.run([...new Set(plantedFaults.map(({ testFile }) => testFile))]);
    });
    after(() => copy.remove());

    for (const fault of plantedFaults) {
        it(`is noticed: ${fault.title}`, () => {
            assert.ok(
                healthy.passed.includes(fault.test),
                `without the fault no test passes that is called ${fault.test}`,
            );
            const { failed } = copy.with(fault, () => copy.run([fault.testFile], fault.test));
            assert.ok(failed.includes(fault.test), `no failure of "${fault.test}", but of ${JSON.stringify(failed)}`);
        });
    }
});
