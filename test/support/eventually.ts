import { setTimeout as sleep } from "node:timers/promises";

/**
 * Repeats a check until it no longer throws.
 *
 * @param timeout milliseconds; then the last error is thrown
 */
export async function eventually<T>(check: () => Promise<T> | T, timeout = 30_000): Promise<T> {
    const deadline = Date.now() + timeout;
    for (;;) {
        try {
            return await check();
        } catch (error) {
            if (Date.now() > deadline) {
                throw error;
            }
        }
        await sleep(100);
    }
}
