/** Runs jobs in their order, so many at a time at most; the results have the order of the jobs. */
export async function runInLanes<Result>(jobs: readonly (() => Promise<Result>)[], lanes: number): Promise<Result[]> {
    const results: Result[] = [];
    const waiting = jobs.entries();
    const lane = async (): Promise<void> => {
        // All lanes take from one iterator: each job is run by whichever lane is free first.
        for (const [index, job] of waiting) {
            results[index] = await job();
        }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return results;
}
