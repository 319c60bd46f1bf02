/**
 * Picks a stack up where a run was killed: by a machine that went down, a CI job that was cancelled, `kill -9`. The engine
 * leaves its lock then, and notes of what it had begun: whether a creation came to its end it can't know, so it asks a
 * person, or makes the object a second time. For a Kubernetes object the cluster can be asked.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import type { Stack } from "@pulumi/pulumi/automation";
import { runRefresh } from "./runs";
import { exportState, importState, type StoredOperation, type StoredResource, type StoredState } from "./state";
import type { Reporter } from "./tools/cache";
import { SandboxError } from "./tools/error";
import { writeFileAtomically } from "./tools/paths";
import { identify } from "./tools/process";

/** By how much the clocks of this machine and the cluster may differ, in milliseconds. */
const clockSkew = 60_000;

/** What the engine writes into a lock file of a backend of its own. */
interface Lock {
    pid: number;
    hostname: string;
    timestamp: string;
}

/**
 * Repairs a stack in a local backend whose last run was killed; does nothing when it was not.
 *
 * - Removes the lock, when the process that held it ran on this machine and has ended.
 * - Takes what was made in the cluster without the engine's knowledge into the state, so that it is not made twice.
 * - Reads what was being changed or deleted back into the state.
 *
 * @throws SandboxError when something can't be told from here, with what to do about it.
 */
export async function recoverStack(stack: Stack, project: string, report: Reporter): Promise<void> {
    const backend = fileURLToPath(stack.workspace.envVars.PULUMI_BACKEND_URL!);
    const locks = locksOf(path.join(backend, ".pulumi/locks/organization", project, stack.name));
    if (locks.some((lock) => !isAbandoned(lock))) {
        return; // Another run is under way: the engine says so, and who it is.
    }
    if (locks.length > 0) {
        report(`the last run on stack ${stack.name} (process ${locks[0]!.pid}) was killed; recovering`);
        await stack.cancel();
    }
    const checkpoint = path.join(backend, ".pulumi/stacks", project, `${stack.name}.json`);
    if (hasPendingOperations(checkpoint)) {
        const began = Math.min(...locks.map(({ timestamp }) => Date.parse(timestamp)), Date.now());
        const original = fs.readFileSync(checkpoint, "utf8");
        try {
            await settle(stack, locks.length > 0 ? began - clockSkew : 0, report);
        } catch (error) {
            // Not by an import, which forgets pending operations: the next run shall try again.
            writeFileAtomically(checkpoint, original);
            throw error;
        }
    }
}

function locksOf(directory: string): Lock[] {
    const files = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
    return files
        .filter((name) => name.endsWith(".json"))
        .map((name) => JSON.parse(fs.readFileSync(path.join(directory, name), "utf8")) as Lock);
}

function isAbandoned({ pid, hostname }: Lock): boolean {
    return hostname === os.hostname() && identify(pid) === undefined;
}

function hasPendingOperations(checkpoint: string): boolean {
    if (!fs.existsSync(checkpoint)) {
        return false;
    }
    const { checkpoint: content } = JSON.parse(fs.readFileSync(checkpoint, "utf8")) as {
        checkpoint: { latest?: { pending_operations?: unknown[] } };
    };
    return (content.latest?.pending_operations ?? []).length > 0;
}

/** Finds out what became of the pending operations. Only what was made since `began` can be this stack's. */
async function settle(stack: Stack, began: number, report: Reporter): Promise<void> {
    const before = await exportState(stack);
    const operations = before.deployment.pending_operations ?? [];
    refuseForeign(stack, operations);
    const creations = operations.filter(({ type, resource }) => type === "creating" && isKubernetes(resource));
    const changed = operations.filter(({ type }) => type === "updating" || type === "deleting");

    await importState(stack, withCreations(before, creations));
    const targets = [...creations, ...changed].map(({ resource }) => resource.urn);
    if (targets.length > 0) {
        await runRefresh(stack, { targets });
    }
    const after = await exportState(stack);
    const made = creations.filter(({ resource }) => isMade(after, resource, began));
    await importState(stack, withoutAll(after, creations, made));
    report(`${operations.length} operations were under way; ${made.length} had made an object that nobody knew of`);
}

/** Objects outside of Kubernetes exist or not, and only their provider's console tells. */
function refuseForeign({ name }: Stack, operations: readonly StoredOperation[]): void {
    const foreign = operations.filter(
        ({ type, resource }) => type === "creating" && !isKubernetes(resource) && !livesInState(resource),
    );
    if (foreign.length > 0) {
        const urns = foreign.map(({ resource }) => `  ${resource.urn}`).join("\n");
        throw new SandboxError(
            `a run on stack ${name} was killed while it made what follows. Look whether it is there, and run ` +
                `\`pulumi refresh\`, which asks for each: clear what is not there, import what is.\n${urns}`,
        );
    }
}

const isKubernetes = ({ type, inputs }: StoredResource): boolean =>
    /^kubernetes:(?!helm\.sh|yaml|kustomize)[^:]+:/.test(type) && idOf(inputs) !== undefined;

/** Random values, keys and providers are nowhere but in the state. */
const livesInState = ({ type }: StoredResource): boolean => /^(random|tls|pulumi):/.test(type);

/** Id of a Kubernetes object by what was asked for: `namespace/name`, or `name` outside of namespaces. */
function idOf(inputs: StoredResource["inputs"]): string | undefined {
    const { namespace, name } = (inputs?.metadata ?? {}) as { namespace?: unknown; name?: unknown };
    if (typeof name !== "string") {
        return undefined;
    }
    return typeof namespace === "string" ? `${namespace}/${name}` : name;
}

/** The state as if every creation had come to its end; what they replace waits for its deletion. */
function withCreations(state: StoredState, creations: readonly StoredOperation[]): StoredState {
    const urns = new Set(creations.map(({ resource }) => resource.urn));
    const earlier = (state.deployment.resources ?? []).map((each) =>
        urns.has(each.urn) ? { ...each, delete: true } : each,
    );
    const made = creations.map(({ resource }) => ({ ...resource, id: idOf(resource.inputs) }));
    return edited(state, [...earlier, ...made]);
}

/** Takes out the creations that came to nothing; what they should have replaced stays. */
function withoutAll(
    state: StoredState,
    creations: readonly StoredOperation[],
    made: readonly StoredOperation[],
): StoredState {
    const urnsOf = (operations: readonly StoredOperation[]): Set<string> =>
        new Set(operations.map(({ resource }) => resource.urn));
    const failed = urnsOf(creations.filter((each) => !made.includes(each)));
    const resources = (state.deployment.resources ?? [])
        .filter((each) => !failed.has(each.urn) || each.delete)
        .map((each) => (failed.has(each.urn) ? { ...each, delete: undefined } : each));
    return edited(state, resources);
}

function edited(state: StoredState, resources: StoredResource[]): StoredState {
    return { ...state, deployment: { ...state.deployment, resources, pending_operations: [] } };
}

/** Whether the killed run made the object: it is there, it is Pulumi's, and it is new. */
function isMade(state: StoredState, { urn }: StoredResource, began: number): boolean {
    const found = (state.deployment.resources ?? []).find((each) => each.urn === urn && !each.delete);
    const { creationTimestamp, managedFields } = (found?.outputs?.metadata ?? {}) as {
        creationTimestamp?: string;
        managedFields?: { manager: string }[];
    };
    return (
        creationTimestamp !== undefined &&
        Date.parse(creationTimestamp) >= began &&
        (managedFields ?? []).some(({ manager }) => /^pulumi-(resource-)?kubernetes/.test(manager))
    );
}
