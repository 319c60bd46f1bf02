import { needed, type Programs } from "./programs";
import { findRedis, RedisPods } from "./redis-pods";

/** Makes pods and starts the first of them, with these settings. They go after the test. */
export type RunningPods = (started: number, settings?: Record<string, string>, replicas?: number) => Promise<RedisPods>;

/** A suite with the real Redis, which is skipped where that can't be had. */
export function describeRedis(title: string, tests: (running: RunningPods) => void): void {
    describe(title, function () {
        this.timeout(120_000);
        let programs: Programs;
        let pods: RedisPods | undefined;

        before(async function () {
            this.timeout(10 * 60_000);
            programs = await needed(this, findRedis);
        });
        after(() => {
            programs?.remove();
        });
        afterEach(async () => {
            await pods?.remove();
            pods = undefined;
        });

        tests(async (started, settings, replicas = started) => {
            pods = new RedisPods(programs, replicas, settings);
            for (let ordinal = 0; ordinal < started; ordinal++) {
                await pods.start(ordinal);
            }
            return pods;
        });
    });
}
