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
import { SandboxError } from "./tools/error";
import { withLock } from "./tools/lock";
import { offlineVariables, placeOfflinePlugins, placePlugins } from "./tools/plugins";

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
    /**
     * Stand-ins answer for the clouds, from the tables in `sandbox/clouds`, and every cluster is the sandbox, whatever its
     * kubeconfig says: a stack for a cloud is previewed and deployed without an account, and nothing leaves the machine.
     *
     * @default false
     */
    readonly offlineClouds?: boolean;
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

/** Stand-ins for clouds lie in a home of their own: no other stack meets them. */
function filesOf(sandbox: StackPlace, offlineClouds: boolean): PulumiFiles {
    const at = (name: string): string => path.join(layoutOf(sandbox.directory).pulumi, name);
    return {
        home: at(offlineClouds ? "home-offline" : "home"),
        state: at("state"),
        work: at("work"),
        passphrase: at("passphrase"),
    };
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
    const offlineClouds = options.offlineClouds ?? false;
    const files = filesOf(sandbox, offlineClouds);
    const pulumiCommand = await preparePulumi(files, report, offlineClouds);
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
                ...(offlineClouds ? offlineVariables(kubeconfigOf(sandbox)) : {}),
                ...options.env,
            },
        },
    );
    await stack.setAllConfig(configOf(options));
    await recoverStack(stack, options.project, report);
    return stack;
}

function kubeconfigOf({ kubeconfig, directory }: StackPlace): string {
    if (kubeconfig === undefined) {
        throw new SandboxError(`stand-ins for clouds need the kubeconfig of a sandbox, and ${directory} has none`);
    }
    return kubeconfig;
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

/** Once per process and home: finds the command line and the plugins and makes a Pulumi home of them. */
function preparePulumi(files: PulumiFiles, report: Reporter, offlineClouds: boolean): Promise<PulumiCommand> {
    let command = fs.existsSync(files.home) ? prepared.get(files.home) : undefined;
    if (!command) {
        command = withLock(`${files.passphrase}.lock`, () => makeHome(files, report, offlineClouds));
        prepared.set(files.home, command);
        // A failure, as of a download, may pass: the next call tries again.
        command.catch(() => prepared.delete(files.home));
    }
    return command;
}

async function makeHome(files: PulumiFiles, report: Reporter, offlineClouds: boolean): Promise<PulumiCommand> {
    const pulumi = await findPulumi(report);
    // The Automation API wants the command line below `bin` of a root directory.
    placeBinary(pulumi, path.join(files.home, "bin", "pulumi"));
    const plugins = path.join(files.home, "plugins");
    await (offlineClouds ? placeOfflinePlugins(plugins, report) : placePlugins(plugins, pulumi, report));
    if (!fs.existsSync(files.passphrase)) {
        fs.writeFileSync(files.passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
    }
    return PulumiCommand.get({ root: files.home, skipVersionCheck: true });
}
