import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Sandbox, SandboxClient } from "../../../sandbox";
import { type PodSpec, writeLogin } from "../../../sandbox/pod-process";
import { buildModule } from "../../../sandbox/tools/build";
import { certManagerModule } from "../../../sandbox/tools/modules";

/**
 * cert-manager's own controllers as a process of this machine, started as their Deployment says and logged in as its
 * ServiceAccount, so that arguments and rights are those that a cluster would give them.
 */
export class CertManagerProcess {
    private child?: ChildProcess;
    private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-cert-manager-"));

    private constructor(
        private readonly sandbox: Sandbox,
        private readonly client: SandboxClient,
        private readonly binary: string,
    ) {}

    /** Builds the program, which the sandbox needs for the webhook as well. */
    static async prepare(sandbox: Sandbox, client: SandboxClient): Promise<CertManagerProcess> {
        const binary = await buildModule(certManagerModule, (line) => console.error(`cert-manager: ${line}`));
        return new CertManagerProcess(sandbox, client, binary);
    }

    async start(namespace: string): Promise<void> {
        const deployment = await this.client.get(`/apis/apps/v1/namespaces/${namespace}/deployments/cert-manager`);
        const pod = (deployment as unknown as { spec: { template: { spec: PodSpec } } }).spec.template.spec;
        const login = path.join(this.directory, "kubeconfig");
        await writeLogin(this.client, this.sandbox.kubeconfig, namespace, pod.serviceAccountName, login);
        const log = fs.openSync(this.logFile, "a");
        this.child = spawn(this.binary, ["controller", ...(pod.containers[0]!.args ?? []), `--kubeconfig=${login}`], {
            env: { HOME: this.directory, POD_NAMESPACE: namespace },
            stdio: ["ignore", log, log],
        });
        fs.closeSync(log);
    }

    get log(): string {
        return fs.readFileSync(this.logFile, "utf8");
    }

    get runs(): boolean {
        return this.child?.exitCode === null && this.child.signalCode === null;
    }

    async stop(): Promise<void> {
        if (this.child && this.runs) {
            const ended = new Promise((resolve) => this.child!.once("exit", resolve));
            this.child.kill("SIGKILL");
            await ended;
        }
        fs.rmSync(this.directory, { recursive: true, force: true });
    }

    private get logFile(): string {
        return path.join(this.directory, "controller.log");
    }
}
