import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { activatedProcesses } from "./activation";
import { writeCredentials } from "./certificates";
import { SandboxClient } from "./client";
import {
    apiServer,
    type Component,
    controllerManager,
    egress,
    etcd,
    kwok,
    type Layout,
    layoutOf,
    type Ports,
    scheduler,
} from "./control-plane";
import { createObjects, waitForControllers } from "./objects";
import { type ControlPlane, findControlPlane } from "./tools/binaries";
import { type Reporter } from "./tools/cache";
import { SandboxError } from "./tools/error";
import { canTakeOver, kubernetesRelease } from "./tools/kubernetes";
import { withLock } from "./tools/lock";
import { cacheDirectory, defaultSandboxName, sandboxDirectory, writeFileAtomically } from "./tools/paths";
import { freePort } from "./tools/ports";
import { endProcesses, isAlive, type ProcessIdentity, startDetached } from "./tools/process";

/** How long the control plane may take to answer, in milliseconds: five seconds are usual. */
const startTimeout = 90_000;

/** A local Kubernetes control plane with simulated nodes. */
export interface Sandbox {
    readonly name: string;
    /** Holds everything of this sandbox: data, certificates, logs, Pulumi's state. */
    readonly directory: string;
    /** Path of its kubeconfig. */
    readonly kubeconfig: string;
    /** Context in the kubeconfig: `kubernetes-faas-sandbox-<name>`. */
    readonly context: string;
    /** URL of the API server. */
    readonly server: string;
    /** Version of Kubernetes, without a leading `v`. */
    readonly kubernetes: string;
}

/** A recorded process of a sandbox. */
export interface ComponentProcess extends ProcessIdentity {
    readonly name: string;
}

interface State {
    readonly name: string;
    readonly kubernetes: string;
    readonly ports: Ports;
    readonly processes: readonly ComponentProcess[];
}

export interface StartOptions {
    /**
     * Name of the sandbox: lower-case letters, digits and hyphens.
     *
     * @default made of the checkout's path
     */
    readonly name?: string;
    /**
     * Kubernetes to run: a minor version such as `1.35`, or a release such as `1.35.4`.
     *
     * @default what KUBERNETES_FAAS_SANDBOX_KUBERNETES says, else the newest that the project is built for
     */
    readonly kubernetes?: string;
    /**
     * Takes the progress lines.
     *
     * @default writes them to standard error
     */
    readonly report?: Reporter;
}

export const reportToStandardError: Reporter = (line) => void process.stderr.write(`sandbox: ${line}\n`);

const contextOf = (name: string): string => `kubernetes-faas-sandbox-${name}`;

function handle(state: State, layout: Layout): Sandbox {
    return {
        name: state.name,
        directory: layout.directory,
        kubeconfig: layout.kubeconfig,
        context: contextOf(state.name),
        server: `https://127.0.0.1:${state.ports.api}`,
        kubernetes: state.kubernetes,
    };
}

/** Refuses a name that is no DNS label or too long for the context and socket names that are made of it. */
export function checkName(name: string): string {
    if (!/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
        throw new SandboxError(
            `sandbox name "${name}" must be up to 40 lower-case letters, digits and hyphens, and begin and end with a ` +
                `letter or digit`,
        );
    }
    return name;
}

function withSandboxLock<T>(name: string, report: Reporter, work: () => Promise<T>): Promise<T> {
    return withLock(`${sandboxDirectory(name)}.lock`, work, ({ pid }) =>
        report(`process ${pid} is working on sandbox ${name}; waiting for it`),
    );
}

function readState(layout: Layout): State | undefined {
    return fs.existsSync(layout.state) ? (JSON.parse(fs.readFileSync(layout.state, "utf8")) as State) : undefined;
}

/**
 * Starts a sandbox, or returns it when it runs. Data and certificates of an earlier start are used again.
 *
 * @throws SandboxError when a binary can't be had, a component does not start (with the last lines of its log), or the
 * data is of a later minor version of Kubernetes
 */
export async function startSandbox(options: StartOptions = {}): Promise<Sandbox> {
    const name = checkName(options.name ?? defaultSandboxName());
    const report = options.report ?? reportToStandardError;
    if (process.platform === "win32") {
        throw new SandboxError("the sandbox runs on Linux and macOS; on Windows, use it inside WSL");
    }
    const kubernetes = kubernetesRelease(options.kubernetes);
    const layout = layoutOf(sandboxDirectory(name));
    checkData(name, readState(layout), kubernetes);
    const programs = await findControlPlane(report, kubernetes);
    return withSandboxLock(name, report, async () => {
        const state = readState(layout);
        checkData(name, state, kubernetes);
        // One of another version is started anew on its data, as in an upgrade.
        if (state?.kubernetes === kubernetes && (await isRunning(state, layout))) {
            return handle(state, layout);
        }
        await endProcesses(state?.processes ?? [], 0);
        const started = await startWithFreePorts({ name, layout, programs, kubernetes, report }, state?.ports);
        return handle(started, layout);
    });
}

function checkData(name: string, state: State | undefined, kubernetes: string): void {
    if (state && !canTakeOver(kubernetes, state.kubernetes)) {
        throw new SandboxError(
            `sandbox ${name} holds data of Kubernetes ${state.kubernetes}, which ${kubernetes} can't take over: choose ` +
                `another --name, or remove it with \`down\` first`,
        );
    }
}

/** What the start of a sandbox needs, beside its ports. */
interface Start {
    readonly name: string;
    readonly layout: Layout;
    readonly programs: ControlPlane;
    readonly kubernetes: string;
    readonly report: Reporter;
}

async function isRunning(state: State, layout: Layout): Promise<boolean> {
    return state.processes.length > 0 && state.processes.every(isAlive) && (await answers(layout));
}

async function answers(layout: Layout): Promise<boolean> {
    const client = new SandboxClient(layout.kubeconfig);
    try {
        return (await client.request<string>("GET", "/readyz")) === "ok";
    } catch {
        return false;
    } finally {
        client.close();
    }
}

/** Another process may take a port between our look and the server's bind: then the start is tried again. */
async function startWithFreePorts(what: Start, earlier: Ports | undefined): Promise<State> {
    for (let attempt = 1; ; attempt++) {
        const ports = await choosePorts(attempt === 1 ? earlier : undefined);
        try {
            return await start(what, ports);
        } catch (error) {
            if (attempt === 3 || !/address already in use/.test(String(error))) {
                throw error;
            }
        }
    }
}

/** The ports of the earlier start where they are free, so that kubeconfigs that people copied keep working. */
async function choosePorts(earlier: Ports | undefined): Promise<Ports> {
    const api = await freePort(earlier?.api);
    const etcd = await freePort(earlier?.etcd);
    const etcdPeer = await freePort(earlier?.etcdPeer);
    return { api, etcd, etcdPeer };
}

async function start({ name, layout, programs, kubernetes, report }: Start, ports: Ports): Promise<State> {
    const began = Date.now();
    fs.mkdirSync(layout.logs, { recursive: true, mode: 0o700 });
    fs.chmodSync(layout.directory, 0o700);
    await writeCredentials(programs, layout, ports, contextOf(name), kubernetes);
    let state: State = { name, kubernetes, ports, processes: [] };
    const run = (component: Component): void => {
        const log = logOf(layout, component.name);
        if (fs.existsSync(log)) {
            fs.renameSync(log, `${log}.previous`);
        }
        const env = { ...process.env, KWOK_WORKDIR: layout.directory, KUBECONFIG: layout.kubeconfig };
        const identity = startDetached(component.command, { log, cwd: layout.directory, env });
        state = { ...state, processes: [...state.processes, { name: component.name, ...identity }] };
        writeFileAtomically(layout.state, JSON.stringify(state, undefined, 4));
    };
    const check = (): void => checkProgress(state, layout, began);
    const client = new SandboxClient(layout.kubeconfig);
    try {
        run(etcd(programs, layout, ports));
        run(egress(layout));
        run(apiServer(programs, layout, ports));
        while (!(await answers(layout))) {
            check();
            await sleep(50);
        }
        run(controllerManager(programs, layout));
        run(scheduler(programs, layout));
        run(kwok(programs, layout));
        await createObjects(client, name, kubernetes);
        await waitForControllers(client, check);
        check();
    } catch (error) {
        await endProcesses(state.processes, 0);
        throw error;
    } finally {
        client.close();
    }
    report(`${name} started in ${((Date.now() - began) / 1000).toFixed(1)} s (${handle(state, layout).server})`);
    return state;
}

const logOf = (layout: Layout, component: string): string => path.join(layout.logs, `${component}.log`);

/** Throws when a component has ended or the time is up, with the last lines of the log that tells why. */
function checkProgress(state: State, layout: Layout, began: number): void {
    const ended = state.processes.find((each) => !isAlive(each));
    if (ended) {
        throw new SandboxError(`${ended.name} ended while starting. Its last lines:\n${tail(layout, ended.name)}`);
    }
    if (Date.now() - began > startTimeout) {
        const logs = state.processes.map(({ name }) => `${name}:\n${tail(layout, name)}`).join("\n");
        throw new SandboxError(`the control plane did not get ready in ${startTimeout / 1000} s.\n${logs}`);
    }
}

/** The end of a log; of one that ends in a Go panic, the lines up to it, which say more than the stack below. */
function tail(layout: Layout, component: string): string {
    const log = logOf(layout, component);
    const lines = fs.readFileSync(log, "utf8").trimEnd().split("\n");
    const panic = lines.findLastIndex((line) => /^(panic|fatal error): /.test(line));
    const end = panic === -1 ? lines.length : panic + 1;
    return [...lines.slice(Math.max(0, end - 12), end), `(all of it: ${log})`].join("\n");
}

/** Ends the processes of a sandbox and keeps its data. */
export async function stopSandbox(name: string = defaultSandboxName(), report = reportToStandardError): Promise<void> {
    const layout = layoutOf(sandboxDirectory(checkName(name)));
    await withSandboxLock(name, report, async () => {
        const state = readState(layout);
        if (state) {
            // The API server goes first and etcd last, so that nothing in flight is lost.
            const [store, ...others] = state.processes;
            await endProcesses([...activatedProcesses(layout), ...others], 5_000);
            await endProcesses(store ? [store] : [], 5_000);
            writeFileAtomically(layout.state, JSON.stringify({ ...state, processes: [] }, undefined, 4));
        }
    });
}

/** Ends exactly the processes of a sandbox and removes everything it has, Pulumi's state included. */
export async function removeSandbox(
    name: string = defaultSandboxName(),
    report = reportToStandardError,
): Promise<void> {
    const layout = layoutOf(sandboxDirectory(checkName(name)));
    await withSandboxLock(name, report, async () => {
        await endProcesses([...activatedProcesses(layout), ...(readState(layout)?.processes ?? [])], 0);
        fs.rmSync(layout.directory, { recursive: true, force: true });
    });
}

/** What is there of a sandbox, without starting anything. */
export interface SandboxStatus {
    readonly sandbox: Sandbox;
    readonly components: readonly (ComponentProcess & { readonly alive: boolean })[];
    /** True when every component runs and the API server says it is ready. */
    readonly ready: boolean;
}

/** Status of one sandbox; undefined when there is none of this name. */
export async function sandboxStatus(name: string = defaultSandboxName()): Promise<SandboxStatus | undefined> {
    const layout = layoutOf(sandboxDirectory(checkName(name)));
    const state = readState(layout);
    if (!state) {
        return undefined;
    }
    return {
        sandbox: handle(state, layout),
        components: state.processes.map((each) => ({ ...each, alive: isAlive(each) })),
        ready: await isRunning(state, layout),
    };
}

/** Names of all sandboxes on this machine. */
export function listSandboxes(): string[] {
    const directory = path.join(cacheDirectory(), "sandboxes");
    const entries = fs.existsSync(directory) ? fs.readdirSync(directory, { withFileTypes: true }) : [];
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
