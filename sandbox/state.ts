import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import type { Deployment, Stack } from "@pulumi/pulumi/automation";

/** A resource as a state holds it. Secrets are encrypted. */
export interface StoredResource {
    urn: string;
    type: string;
    id?: string;
    custom: boolean;
    /** Set on one that was replaced and is not deleted yet. */
    delete?: boolean;
    parent?: string;
    provider?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
    [key: string]: unknown;
}

/** An operation that had begun when the engine was ended. */
export interface StoredOperation {
    resource: StoredResource;
    /** `creating`, `updating`, `deleting`, `reading` or `importing`. */
    type: string;
}

/** The state of a stack as `pulumi stack export` writes it, with its secrets encrypted. */
export interface StoredState extends Deployment {
    deployment: {
        secrets_providers?: unknown;
        resources?: StoredResource[];
        pending_operations?: StoredOperation[];
        [key: string]: unknown;
    };
}

/** The state of a stack. Unlike `stack.exportStack()` this decrypts nothing. */
export function exportState(stack: Stack): Promise<StoredState> {
    return withPrivateFile(async (file) => {
        await pulumi(stack, ["stack", "export", "--file", file]);
        return JSON.parse(fs.readFileSync(file, "utf8")) as StoredState;
    });
}

/** Puts a state in the place of a stack's own. The stack must have the passphrase that encrypted its secrets. */
export function importState(stack: Stack, state: StoredState): Promise<void> {
    return withPrivateFile(async (file) => {
        fs.writeFileSync(file, JSON.stringify(state));
        await pulumi(stack, ["stack", "import", "--file", file]);
    });
}

async function pulumi({ name, workspace }: Stack, args: string[]): Promise<void> {
    const { command } = workspace.pulumiCommand;
    await promisify(execFile)(command, [...args, "--stack", name, "--non-interactive"], {
        cwd: workspace.workDir,
        env: { ...process.env, ...workspace.envVars, PULUMI_HOME: workspace.pulumiHome },
    });
}

async function withPrivateFile<T>(work: (file: string) => Promise<T>): Promise<T> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-state-"));
    try {
        return await work(path.join(directory, "state.json"));
    } finally {
        fs.rmSync(directory, { recursive: true });
    }
}
