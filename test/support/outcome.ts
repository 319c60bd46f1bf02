/** What one mocha run came to. */
export interface Outcome {
    passed: number;
    failed: number;
    skipped: number;
    /** Full titles of the tests that passed. */
    titles: string[];
}
