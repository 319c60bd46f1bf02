import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Sandbox, SandboxClient } from "../../../sandbox";
import { containerVariables, placeSecrets, type PodSpec, writeLogin } from "../../../sandbox/pod-process";
import { buildModule } from "../../../sandbox/tools/build";
import { fissionModule } from "../../../sandbox/tools/modules";
import { freePort } from "../../../sandbox/tools/ports";

const secretsInPod = "/etc/fission";

/** The namespace of Fission's own parts. */
const namespace = "fission";

/** The ports of this machine on which parts listen. */
export interface LocalPorts {
    router: number;
    routerInternal: number;
    executor: number;
    storagesvc: number;
    buildermgrHealth: number;
}

/**
 * Fission's parts as processes of this machine, each started as its Deployment says and logged in as its own
 * ServiceAccount, so that its arguments, variables and rights are those that a cluster would give it. Only addresses and
 * ports are local ones. (The webhook is started by the sandbox itself, when the API server asks it for the first time.)
 */
export class FissionProcesses {
    private readonly processes = new Map<string, ChildProcess>();
    private program?: Buffer;
    private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-fission-"));

    private constructor(
        private readonly sandbox: Sandbox,
        private readonly client: SandboxClient,
        private readonly bundle: string,
        readonly ports: LocalPorts,
    ) {}

    static async prepare(sandbox: Sandbox, client: SandboxClient): Promise<FissionProcesses> {
        const bundle = await buildModule(fissionModule, (line) => console.error(`fission: ${line}`));
        return new FissionProcesses(sandbox, client, bundle, {
            router: await freePort(),
            routerInternal: await freePort(),
            executor: await freePort(),
            storagesvc: await freePort(),
            buildermgrHealth: await freePort(),
        });
    }

    /** Starts a part that the stack has made, with further variables that name places of this machine. */
    async start(part: string, variables: Record<string, string> = {}): Promise<void> {
        const deployment = await this.client.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${part}`);
        const pod = (deployment as unknown as { spec: { template: { spec: PodSpec } } }).spec.template.spec;
        const container = pod.containers[0]!;
        const directory = path.join(this.directory, part);
        fs.mkdirSync(directory, { recursive: true });
        const login = path.join(directory, "kubeconfig");
        await writeLogin(this.client, this.sandbox.kubeconfig, namespace, pod.serviceAccountName, login);
        await placeSecrets(this.client, namespace, pod, container, { from: secretsInPod, to: this.secretsOf(part) });
        const log = fs.openSync(this.logOf(part), "a");
        const child = spawn(this.bundle, this.localArguments(container.args ?? []), {
            env: {
                ...(await containerVariables(this.client, namespace, container)),
                ...this.localVariables(),
                ...variables,
                HOME: directory,
                KUBECONFIG: login,
            },
            stdio: ["ignore", log, log],
        });
        fs.closeSync(log);
        this.processes.set(part, child);
    }

    /** Whether a text is in the program, such as the name of a metric that it registers. */
    holds(text: string): boolean {
        return (this.program ??= fs.readFileSync(this.bundle)).includes(text);
    }

    /** What a part has written so far. */
    log(part: string): string {
        return fs.readFileSync(this.logOf(part), "utf8");
    }

    /** Whether all that were started still run. */
    get allRun(): boolean {
        return [...this.processes.values()].every(isRunning);
    }

    /** Ends parts at once, as a node that goes down would. */
    async stop(parts: Iterable<string> = [...this.processes.keys()]): Promise<void> {
        for (const part of parts) {
            const child = this.processes.get(part);
            this.processes.delete(part);
            if (child && isRunning(child)) {
                const ended = new Promise((resolve) => child.once("exit", resolve));
                child.kill("SIGKILL");
                await ended;
            }
        }
    }

    /** Removes logs and logins. */
    remove(): void {
        fs.rmSync(this.directory, { recursive: true, force: true });
    }

    /** Where a part finds the Secrets that its pod mounts below `/etc/fission`. */
    secretsOf(part: string): string {
        return path.join(this.directory, part, "fission");
    }

    private logOf(part: string): string {
        return path.join(this.directory, `${part}.log`);
    }

    /** The arguments with local ports, and addresses where others listen. */
    private localArguments(args: readonly string[]): string[] {
        const { router, routerInternal, executor, storagesvc } = this.ports;
        const local: Record<string, string> = {
            "--routerPort": `${router}`,
            "--routerInternalPort": `${routerInternal}`,
            "--executorPort": `${executor}`,
            "--storageServicePort": `${storagesvc}`,
            "--executorUrl": `http://127.0.0.1:${executor}`,
            "--storageSvcUrl": `http://127.0.0.1:${storagesvc}`,
            "--routerUrl": `http://127.0.0.1:${router}`,
        };
        return args.map((value, index) => local[args[index - 1] ?? ""] ?? value);
    }

    private localVariables(): Record<string, string> {
        return {
            METRICS_ADDR: "0",
            HEALTH_PROBE_ADDR: `${this.ports.buildermgrHealth}`,
            ROUTER_INTERNAL_URL: `http://127.0.0.1:${this.ports.routerInternal}`,
            // Out of a cluster no namespace is known for the lock.
            LEADER_ELECTION_ENABLED: "false",
        };
    }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
    return exitCode === null && signalCode === null;
}
