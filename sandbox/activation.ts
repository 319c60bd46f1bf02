import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type KubernetesObject, type SandboxClient } from "./client";
import { type Layout } from "./control-plane";
import { containerVariables, placeSecrets, type PodContainer, type PodSpec, writeLogin } from "./pod-process";
import { type LocalPlace, programOf, type WebhookProgram } from "./webhook-programs";
import { buildModule, earlierBuild } from "./tools/build";
import { type Reporter } from "./tools/cache";
import { SandboxError } from "./tools/error";
import { fissionModule } from "./tools/modules";
import { freePort } from "./tools/ports";
import { endProcesses, isAlive, type ProcessIdentity, startDetached } from "./tools/process";
import { writeFileAtomically } from "./tools/paths";

/** A process that runs in place of a simulated pod. */
interface ActivatedPod {
    readonly pod: string;
    readonly port: number;
    readonly process: ProcessIdentity;
}

/** How long a process may take until it listens: less than the ten seconds that an API server waits for a webhook. */
const startTimeout = 8_000;

/**
 * Starts what a simulated pod would run, at the first connection to its Service: a webhook that is known, as its own
 * program with the pod's arguments, variables, certificate and rights. What runs is written down, so that it ends with the
 * sandbox, and ends when its pod is gone.
 */
export class Activation {
    private readonly starting = new Map<string, Promise<ActivatedPod>>();

    constructor(
        private readonly layout: Layout,
        private readonly client: SandboxClient,
    ) {}

    /** The local port of what runs in place of a pod behind the Service; undefined when nothing can. */
    async portOf(service: KubernetesObject): Promise<number | undefined> {
        const namespace = service.metadata.namespace!;
        const pods = await this.client.list(`/api/v1/namespaces/${namespace}/pods?${selectorQuery(service)}`);
        const pod = pods.find(({ metadata, spec }) => !metadata.deletionTimestamp && programOf(spec as PodSpec));
        if (!pod) {
            return undefined;
        }
        const uid = pod.metadata.uid!;
        const running = this.starting.get(uid) ?? this.start(pod);
        this.starting.set(uid, running);
        running.catch(() => this.starting.delete(uid));
        const { port, process } = await running;
        if (!isAlive(process)) {
            this.starting.delete(uid);
            throw new SandboxError(`what ran in place of pod ${namespace}/${pod.metadata.name} has ended`);
        }
        return port;
    }

    private async start(pod: KubernetesObject): Promise<ActivatedPod> {
        await this.endOthers(pod);
        const { program, container } = programOf(pod.spec as PodSpec)!;
        const binary = earlierBuild(program.module);
        if (binary === undefined) {
            throw new SandboxError(`the program of ${program.name} is not built yet; ${program.builtBy} builds it`);
        }
        const port = await freePort();
        const log = path.join(this.layout.logs, `${program.name}.log`);
        const place = await this.place(pod, program, container);
        const process = startDetached([binary, ...program.localArguments(container.args ?? [], port, place)], {
            log,
            cwd: this.layout.directory,
            env: {
                ...(await containerVariables(this.client, pod.metadata.namespace!, container)),
                HOME: place.directory,
                KUBECONFIG: place.login,
                ...program.localVariables(place),
            },
        });
        const activated = { pod: pod.metadata.uid!, port, process };
        writeActivated(this.layout, [...readActivated(this.layout), activated]);
        await listening(program.name, activated, log);
        return activated;
    }

    /** What the program needs to feel at home: files, and the rights of the pod. */
    private async place(pod: KubernetesObject, program: WebhookProgram, container: PodContainer): Promise<LocalPlace> {
        const namespace = pod.metadata.namespace!;
        const spec = pod.spec as PodSpec;
        const directory = path.join(this.layout.directory, "pods", pod.metadata.uid!);
        const files = path.join(directory, "files");
        const login = path.join(directory, "kubeconfig");
        fs.mkdirSync(files, { recursive: true, mode: 0o700 });
        await placeSecrets(this.client, namespace, spec, container, { from: program.filesBelow, to: files });
        await writeLogin(this.client, this.layout.kubeconfig, namespace, spec.serviceAccountName, login);
        return { directory, files, login };
    }

    /** A rollout makes a new pod with, perhaps, another certificate: what ran for an older one ends. */
    private async endOthers(pod: KubernetesObject): Promise<void> {
        const pods = await this.client.list("/api/v1/pods");
        const alive = new Set(pods.map(({ metadata }) => metadata.uid));
        const activated = readActivated(this.layout);
        const gone = activated.filter((each) => !alive.has(each.pod) || each.pod === pod.metadata.uid);
        await endProcesses(
            gone.map(({ process }) => process),
            1_000,
        );
        writeActivated(
            this.layout,
            activated.filter((each) => !gone.includes(each)),
        );
        for (const { pod: uid } of gone) {
            fs.rmSync(path.join(this.layout.directory, "pods", uid), { recursive: true, force: true });
        }
    }
}

/**
 * Makes sure that there is something to run in place of Fission's webhook: the API server would not wait for a build.
 *
 * @throws SandboxError when Go is missing or too old, the disk is full or the build fails
 */
export async function prepareFission(report: Reporter): Promise<void> {
    await buildModule(fissionModule, report);
}

/** The processes that run in place of pods. */
export function activatedProcesses(layout: Layout): ProcessIdentity[] {
    return readActivated(layout).map(({ process }) => process);
}

function readActivated(layout: Layout): ActivatedPod[] {
    return fs.existsSync(layout.activated)
        ? (JSON.parse(fs.readFileSync(layout.activated, "utf8")) as ActivatedPod[])
        : [];
}

function writeActivated(layout: Layout, activated: readonly ActivatedPod[]): void {
    writeFileAtomically(layout.activated, JSON.stringify(activated, undefined, 4));
}

function selectorQuery(service: KubernetesObject): string {
    const { selector = {} } = service.spec as { selector?: Record<string, string> };
    return new URLSearchParams({
        labelSelector: Object.entries(selector)
            .map(([key, value]) => `${key}=${value}`)
            .join(","),
    }).toString();
}

async function listening(name: string, { port, process }: ActivatedPod, log: string): Promise<void> {
    const deadline = Date.now() + startTimeout;
    while (!(await accepts(port))) {
        if (!isAlive(process) || Date.now() > deadline) {
            throw new SandboxError(`${name} does not listen; see ${log}`);
        }
        await sleep(50);
    }
}

function accepts(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = net.connect(port, "127.0.0.1");
        const answer = (value: boolean) => (): void => {
            socket.destroy();
            resolve(value);
        };
        socket.once("connect", answer(true));
        socket.once("error", answer(false));
    });
}
