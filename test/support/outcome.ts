/** What one mocha run came to. */
export interface Outcome {
    passed: number;
    failed: number;
    skipped: number;
    /** Full titles of the tests that passed. */
    titles: string[];
    /** A text for each test that failed: its full title and why. */
    failures: string[];
}
