/** Whether the heavy variants of tests run: the scripts `nightly:*` set the variable. */
export const isNightly = process.env.KUBERNETES_FAAS_NIGHTLY === "1";

/** How many cases a property test tries at night. */
const nightlyRuns = 10_000;

/**
 * How many cases a property test tries: the sample that fits into every run of the tests, 10,000 at night, or what
 * `KUBERNETES_FAAS_FUZZ_RUNS` says.
 */
export function fuzzRuns(sample: number): number {
    const { KUBERNETES_FAAS_FUZZ_RUNS: wanted } = process.env;
    return wanted ? Number(wanted) : isNightly ? Math.max(sample, nightlyRuns) : sample;
}
