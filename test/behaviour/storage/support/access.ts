import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MinIoArgs } from "../../../../components";
import { accessFiles } from "../../../../components/storage/minio/access";
import { planMinIo } from "../../../../components/storage/minio/plan";
import { metricsUser } from "../../../../components/storage/minio/validate";
import type { MinioProcess } from "../../../support/minio";

/** Buckets and users as a component takes them. */
export type Wanted = Pick<MinIoArgs, "buckets" | "users">;

/** A run of the component's script. */
export interface AccessRun {
    status: number | null;
    output: string;
    /** Every command line that was to be seen on the machine meanwhile. */
    commandLines: string;
}

/** How the script is run. */
export interface AccessOptions {
    /** The shell: `dash`, or `bash`, which is `sh` in the client's image. @default `sh` */
    shell?: string;
    /** After how many milliseconds it is killed. @default never */
    killedAfter?: number;
}

/** The secret that a test gives a user. */
export const secretOf = (user: string, round = 1): string => `${user}-secret-${round}-0123456789`;

/** The key that a test gives a user. */
export const keyOf = (user: string, round = 1) => ({ id: user, secret: secretOf(user, round) });

/**
 * Runs the Job's script with the files that the component makes for these buckets and users, and with no other program on
 * PATH than `mc`.
 *
 * @param rounds how often a user's secret was rotated, when it was
 */
export async function runAccess(
    store: MinioProcess,
    wanted: Wanted,
    { shell = "sh", killedAfter }: AccessOptions = {},
    rounds: Record<string, number> = {},
): Promise<AccessRun> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-access-"));
    try {
        const plan = planMinIo("store", { ...wanted, storage: { size: "1Gi" } } as MinIoArgs);
        const names = [...plan.users.map(({ name }) => name), metricsUser];
        const secrets = Object.fromEntries(names.map((name) => [name, secretOf(name, rounds[name])]));
        for (const [file, text] of Object.entries(accessFiles(plan, secrets))) {
            fs.writeFileSync(path.join(folder, file), text, { mode: 0o600 });
        }
        return await run(store, folder, shell, killedAfter);
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

async function run(store: MinioProcess, folder: string, shell: string, killedAfter?: number): Promise<AccessRun> {
    const login = `${store.root.id}:${store.root.secret}`;
    const child = spawn(which(shell), [path.join(folder, "access.sh")], {
        env: {
            PATH: store.programs,
            HOME: folder,
            TMPDIR: folder,
            ACCESS: folder,
            MC_CONFIG_DIR: path.join(folder, "mc"),
            SSL_CERT_FILE: store.caFile,
            MC_HOST_store: store.endpoint().replace("https://", `https://${login}@`),
        },
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const ended = once(child, "close") as Promise<[number | null]>;
    const seen = watchCommandLines(child);
    if (killedAfter !== undefined) {
        await Promise.race([sleep(killedAfter), ended]);
        endGroup(child.pid!);
    }
    const [status] = await ended;
    return { status, output, commandLines: [...(await seen)].join("\n") };
}

/** A killed Job's pod goes as a whole. */
function endGroup(pid: number): void {
    try {
        process.kill(-pid, "SIGKILL");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
            throw error;
        }
    }
}

async function watchCommandLines(child: { exitCode: number | null; signalCode: string | null }): Promise<Set<string>> {
    const seen = new Set<string>();
    while (child.exitCode === null && child.signalCode === null) {
        for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
            try {
                seen.add(fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "));
            } catch {
                // It has ended since the folder was read.
            }
        }
        await sleep(3);
    }
    return seen;
}

function which(program: string): string {
    const folder = (process.env.PATH ?? "").split(":").find((each) => fs.existsSync(path.join(each, program)));
    if (folder === undefined) {
        throw new Error(`there is no ${program} on PATH`);
    }
    return path.join(folder, program);
}
