import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { type ConfigMap, LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";

import { layoutOf } from "./control-plane";
import { recoverStack } from "./recovery";
import { reportToStandardError, startSandbox } from "./sandbox";
import { findPulumi } from "./tools/binaries";
import { placeBinary, type Reporter } from "./tools/cache";
import { withLock } from "./tools/lock";
import { placePlugins } from "./tools/plugins";

/**
 * Gives every client of the SDK a connection of its own. grpc-js shares connections by address within a process, failed
 * ones of engines that are gone among them: a new engine on the port of an earlier one met such a one, the SDK took the
 * engine for gone and ended the program in silence, and the engine deleted everything that the program had not registered.
 */
function separateConnections(): void {
    const { grpcClientOptions } = pulumi.runtime as unknown as { grpcClientOptions: Record<string, unknown> };
    grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
}

separateConnections();

/** Where a stack keeps its Pulumi home, backend and passphrase: a sandbox, or a directory for a cluster of one's own. */
export interface StackPlace {
    readonly directory: string;
    /** Path of a kubeconfig. @default what the environment says */
    readonly kubeconfig?: string;
}

export interface StackOptions {
    /**
     * Where the stack belongs: its Pulumi home, backend, passphrase and kubeconfig are used.
     *
     * @default the checkout's own sandbox, started if need be
     */
    readonly sandbox?: StackPlace;
    /** Name of the project. */
    readonly project: string;
    /** Name of the stack. */
    readonly stack: string;
    /** The program, as an inline function: it runs in this process. */
    readonly program: PulumiFn;
    /** Configuration; a key without a colon belongs to the project. `{ value, secret: true }` encrypts. */
    readonly config?: Readonly<Record<string, string | { value: string; secret?: boolean }>>;
    /**
     * Passphrase that encrypts the stack's secrets.
     *
     * @default one that was generated for the sandbox
     */
    readonly secretsPassphrase?: string;
    /**
     * Directory of the state.
     *
     * @default one inside the sandbox, removed with it
     */
    readonly backendDirectory?: string;
    /** Environment variables for the engine and its plugins, over those of this process. */
    readonly env?: Readonly<Record<string, string>>;
    /** Takes the progress lines of builds and downloads. */
    readonly report?: Reporter;
}

/** The file system of a sandbox's Pulumi. */
interface PulumiFiles {
    readonly home: string;
    readonly state: string;
    readonly work: string;
    readonly passphrase: string;
}

function filesOf(sandbox: StackPlace): PulumiFiles {
    const at = (name: string): string => path.join(layoutOf(sandbox.directory).pulumi, name);
    return { home: at("home"), state: at("state"), work: at("work"), passphrase: at("passphrase") };
}

/**
 * Opens a stack on a sandbox, and creates it at the first time. Nothing outside the sandbox's directory is read or
 * written: no login, no `~/.pulumi`, no stack file in the checkout. A stack whose last run was killed is repaired first.
 *
 * @throws SandboxError when the command line or a plugin can't be had, or when a killed run left what can't be repaired
 */
export async function openStack(options: StackOptions): Promise<Stack> {
    const report = options.report ?? reportToStandardError;
    const sandbox = options.sandbox ?? (await startSandbox({ report }));
    const files = filesOf(sandbox);
    const pulumiCommand = await preparePulumi(sandbox, files, report);
    const backend = path.resolve(options.backendDirectory ?? files.state);
    const workDir = path.join(files.work, options.project, options.stack);
    for (const directory of [backend, workDir]) {
        fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    }
    // Files of metadata beside each file of the backend are not written in one piece: a kill in between leaves a stack that
    // nothing opens any more.
    const url = `file://${backend}?metadata=skip`;
    const stack = await LocalWorkspace.createOrSelectStack(
        { projectName: options.project, stackName: options.stack, program: options.program },
        {
            pulumiCommand,
            pulumiHome: files.home,
            workDir,
            secretsProvider: "passphrase",
            projectSettings: { name: options.project, runtime: "nodejs", backend: { url } },
            envVars: {
                ...(sandbox.kubeconfig ? { KUBECONFIG: sandbox.kubeconfig } : {}),
                NO_COLOR: process.stdout.isTTY ? "" : "1",
                PULUMI_BACKEND_URL: url,
                PULUMI_CONFIG_PASSPHRASE: options.secretsPassphrase ?? fs.readFileSync(files.passphrase, "utf8"),
                PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
                PULUMI_SKIP_UPDATE_CHECK: "true",
                ...options.env,
            },
        },
    );
    await stack.setAllConfig(configOf(options));
    await recoverStack(stack, options.project, report);
    return stack;
}

function configOf(options: StackOptions): ConfigMap {
    const entries = Object.entries(options.config ?? {}).map(([key, value]) => [
        key,
        typeof value === "string" ? { value } : value,
    ]);
    return {
        // A component that forgets its provider must fail instead of reaching for whatever cluster is current.
        "pulumi:disable-default-providers": { value: '["kubernetes"]' },
        ...(Object.fromEntries(entries) as ConfigMap),
    };
}

const prepared = new Map<string, Promise<PulumiCommand>>();

/** Once per process and sandbox: finds the command line and the plugins and makes a Pulumi home of them. */
function preparePulumi(sandbox: StackPlace, files: PulumiFiles, report: Reporter): Promise<PulumiCommand> {
    let command = fs.existsSync(files.home) ? prepared.get(sandbox.directory) : undefined;
    if (!command) {
        command = withLock(`${files.home}.lock`, () => makeHome(files, report));
        prepared.set(sandbox.directory, command);
        // A failure, as of a download, may pass: the next call tries again.
        command.catch(() => prepared.delete(sandbox.directory));
    }
    return command;
}

async function makeHome(files: PulumiFiles, report: Reporter): Promise<PulumiCommand> {
    const pulumi = await findPulumi(report);
    // The Automation API wants the command line below `bin` of a root directory.
    placeBinary(pulumi, path.join(files.home, "bin", "pulumi"));
    await placePlugins(path.join(files.home, "plugins"), pulumi, report);
    if (!fs.existsSync(files.passphrase)) {
        fs.writeFileSync(files.passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
    }
    return PulumiCommand.get({ root: files.home, skipVersionCheck: true });
}
