/** Counts of one mocha run. */
export interface Counts {
    passed: number;
    failed: number;
    skipped: number;
}
