import { execFileSync } from "node:child_process";

interface Process {
    pid: number;
    parent: number;
    command: string;
}

function processes(): Process[] {
    const output = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8", maxBuffer: 64 * 2 ** 20 });
    return output.split("\n").flatMap((line) => {
        const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
        return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command: command! }];
    });
}

function descendants(all: readonly Process[], root: Process): Process[] {
    const children = all.filter(({ parent }) => parent === root.pid);
    return [root, ...children.flatMap((child) => descendants(all, child))];
}

/**
 * Kills the engines that this process runs, and their plugins with them, as a machine that goes down does: nobody gets to
 * finish or to say anything.
 */
export function killEngine(): void {
    const all = processes();
    const engines = all.filter(({ parent, command }) => parent === process.pid && /\/bin\/pulumi /.test(command));
    if (engines.length === 0) {
        throw new Error("no engine runs");
    }
    for (const { pid } of engines.flatMap((engine) => descendants(all, engine))) {
        try {
            process.kill(pid, "SIGKILL");
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
                throw error;
            }
        }
    }
}
