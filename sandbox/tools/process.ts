import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that can be recognised later, also after its pid went to somebody else. */
export interface ProcessIdentity {
    readonly pid: number;
    /** Boot and start time on Linux, start time elsewhere. */
    readonly started: string;
}

/** Identity of a running process; undefined when there is none with this pid (a zombie has ended). */
export function identify(pid: number): ProcessIdentity | undefined {
    const started = process.platform === "linux" ? startedOnLinux(pid) : startedByPs(pid);
    return started === undefined ? undefined : { pid, started };
}

function startedOnLinux(pid: number): string | undefined {
    let stat: string;
    try {
        stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    } catch {
        return undefined;
    }
    // The command name, in brackets, may hold spaces and brackets itself: fields count from the last bracket.
    // proc(5): state is field 3, starttime is field 22.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // The first thread of a killed process may be a zombie while others still hold its files and ports.
    if (fields[0] === "X" || (fields[0] === "Z" && threadsOf(pid) <= 1)) {
        return undefined;
    }
    const boot = fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${fields[19]}`;
}

function threadsOf(pid: number): number {
    try {
        return fs.readdirSync(`/proc/${pid}/task`).length;
    } catch {
        return 0;
    }
}

function startedByPs(pid: number): string | undefined {
    try {
        const [state, ...started] = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
            encoding: "utf8",
            env: { ...process.env, LC_ALL: "C" },
            stdio: ["ignore", "pipe", "ignore"],
        })
            .trim()
            .split(/\s+/);
        return state === undefined || state.startsWith("Z") ? undefined : started.join(" ");
    } catch {
        return undefined;
    }
}

/** True while exactly this process runs. */
export function isAlive(identity: ProcessIdentity): boolean {
    return identify(identity.pid)?.started === identity.started;
}

/** Starts a process that outlives this one, with both outputs appended to a log file. */
export function startDetached(
    command: readonly string[],
    options: { log: string; cwd: string; env?: NodeJS.ProcessEnv },
): ProcessIdentity {
    const [file, ...args] = command;
    const log = fs.openSync(options.log, "a", 0o600);
    try {
        const child = spawn(file!, args, {
            cwd: options.cwd,
            env: options.env ?? process.env,
            detached: true,
            stdio: ["ignore", log, log],
        });
        child.on("error", () => undefined); // No pid then: reported below.
        child.unref();
        const identity = child.pid === undefined ? undefined : identify(child.pid);
        if (!identity) {
            throw new Error(`${file} did not start; see ${options.log}`);
        }
        return identity;
    } finally {
        fs.closeSync(log);
    }
}

/** Sends a signal to exactly these processes, and to no other that may have got one of their pids since. */
export function signal(processes: readonly ProcessIdentity[], name: NodeJS.Signals): void {
    for (const each of processes) {
        if (isAlive(each)) {
            try {
                process.kill(each.pid, name);
            } catch (error) {
                if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
                    throw error;
                }
            }
        }
    }
}

/** Ends processes: politely, and after the grace period in milliseconds by force. Returns when none runs. */
export async function endProcesses(processes: readonly ProcessIdentity[], grace: number): Promise<void> {
    signal(processes, "SIGTERM");
    const deadline = Date.now() + grace;
    while (processes.some(isAlive) && Date.now() < deadline) {
        await sleep(25);
    }
    signal(processes, "SIGKILL");
    while (processes.some(isAlive)) {
        await sleep(10);
    }
}
