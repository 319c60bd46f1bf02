import type { Stack } from "@pulumi/pulumi/automation";
import * as fs from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, type Suite } from "mocha";

import { listSandboxes, removeSandbox, type Sandbox, SandboxClient, type StackRun, startSandbox } from "../../sandbox";

/** What a test on a sandbox works with. */
export interface SandboxContext {
    readonly sandbox: Sandbox;
    readonly client: SandboxClient;
}

/** A cold run builds every binary first. */
const startTimeout = 30 * 60_000;

/** One test may run several updates of a stack on a busy machine. */
const testTimeout = 5 * 60_000;

/** Set to the name of a sandbox to use that one and leave it running: quicker while writing tests. */
const borrowed = process.env.KUBERNETES_FAAS_TEST_SANDBOX;

const prefix = "test-run-";

/** Name of a sandbox that a test makes for itself; one that a killed run leaves behind is removed by the next run. */
export const testSandboxName = (suffix: string): string => `${prefix}${process.pid}-${suffix}`;

let shared: Promise<SandboxContext> | undefined;

/**
 * A suite on a sandbox. All suites of a mocha run share one, started when the first of them runs and removed after the
 * last: so each suite keeps to namespaces of its own.
 *
 * @param define gets a function that returns the sandbox; to be called inside tests and hooks
 */
export function describeSandbox(title: string, define: (context: () => SandboxContext) => void): Suite {
    return describe(title, function () {
        this.timeout(testTimeout);
        let context: SandboxContext;
        before(async function () {
            this.timeout(startTimeout);
            context = await (shared ??= startShared());
        });
        define(() => context);
    });
}

async function startShared(): Promise<SandboxContext> {
    await removeAbandoned();
    const sandbox = await startSandbox({ name: borrowed ?? testSandboxName("shared") });
    return { sandbox, client: new SandboxClient(sandbox.kubeconfig) };
}

/** Runs that were killed leave their sandbox behind. */
async function removeAbandoned(): Promise<void> {
    for (const name of listSandboxes().filter((each) => each.startsWith(prefix))) {
        if (!isRunning(Number.parseInt(name.slice(prefix.length)))) {
            await removeSandbox(name);
        }
    }
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}

// Outside of any suite: runs once, after the last one.
after(async function () {
    this.timeout(60_000);
    const context = await shared?.catch(() => undefined);
    context?.client.close();
    if (context && !borrowed) {
        await removeSandbox(context.sandbox.name);
    }
});

/** A stack's state as it lies on disk, where secrets must be encrypted. */
export function stateOnDisk(stack: Stack, project: string): string {
    const backend = fileURLToPath(stack.workspace.envVars.PULUMI_BACKEND_URL!);
    return fs.readFileSync(path.join(backend, ".pulumi/stacks", project, `${stack.name}.json`), "utf8");
}

/** What a run changed: `operation Type name`, sorted. */
export function changesOf(run: StackRun): string[] {
    return run.changed.map(({ operation, type, name }) => `${operation} ${type.split(":").at(-1)} ${name}`).sort();
}

/** Every text that the engine keeps as a secret, from an export in clear. */
export function secretsIn(value: unknown): string[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    const { plaintext } = value as { plaintext?: unknown };
    return typeof plaintext === "string"
        ? textsIn(JSON.parse(plaintext)).filter((text) => text.length > 8)
        : Object.values(value).flatMap(secretsIn);
}

function textsIn(value: unknown): string[] {
    if (typeof value === "string") {
        return [value];
    }
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
