import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Processes that must not outlive a test, whichever of its lines fails. */
export class Children {
    private readonly running = new Set<ChildProcess>();

    add(child: ChildProcess): ChildProcess {
        this.running.add(child);
        for (const event of ["exit", "error"]) {
            child.once(event, () => this.running.delete(child));
        }
        return child;
    }

    /** Ends those that still run, with their process group where it is their own. */
    async end(): Promise<void> {
        await Promise.all(
            [...this.running].map(async (child) => {
                const ended = once(child, "exit");
                try {
                    process.kill(-child.pid!, "SIGKILL");
                } catch {
                    child.kill("SIGKILL");
                }
                await ended;
            }),
        );
    }
}
