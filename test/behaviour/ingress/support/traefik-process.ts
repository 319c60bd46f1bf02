import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { buildModule } from "../../../../sandbox/tools/build";
import { traefikModule } from "../../../../sandbox/tools/modules";
import { freePort } from "../../../../sandbox/tools/ports";
import { type Answer, call, type Call, callPlain, statusOverHttp2 } from "./client";

/** The file with the protections. */
export const dynamicFile = "protections.yaml";

interface StaticConfig {
    entryPoints: Record<string, { address: string }>;
    providers: { file: { directory: string } };
}

/** What the pod of Traefik would be given, as texts. */
export interface TraefikFiles {
    staticConfig: string;
    protections: string;
    /** How to reach the API server, and as whom. */
    kubeconfig: string;
}

/** The real Traefik as a process of this machine: only addresses and paths are other ones than in its pod. */
export class TraefikProcess {
    private constructor(
        private readonly directory: string,
        private readonly ports: Record<"web" | "websecure" | "traefik", number>,
        private readonly process: ChildProcess,
    ) {}

    static async start({ staticConfig, protections, kubeconfig }: TraefikFiles): Promise<TraefikProcess> {
        const program = await buildModule(traefikModule, (line) => console.error(`traefik: ${line}`));
        const ports = { web: await freePort(), websecure: await freePort(), traefik: await freePort() };
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-traefik-"));
        fs.writeFileSync(path.join(directory, "kubeconfig"), kubeconfig, { mode: 0o600 });
        placeStatic(directory, staticConfig, ports);
        placeDynamic(directory, protections);
        return new TraefikProcess(directory, ports, run(program, directory));
    }

    /** Calls by https, and trusts this authority only. */
    call(ca: string, request: Call): Promise<Answer> {
        return call(this.ports.websecure, ca, request);
    }

    /** Calls by HTTP/2, and returns the status. */
    statusOverHttp2(ca: string, request: Call): Promise<number> {
        return statusOverHttp2(this.ports.websecure, ca, request);
    }

    /** Calls the port for plain http, or the one of metrics. */
    callPlain(entryPoint: "web" | "traefik", request: Call): Promise<Answer> {
        return callPlain(this.ports[entryPoint], request);
    }

    /** Changes the file with the protections. */
    placeProtections(text: string): void {
        placeDynamic(this.directory, text);
    }

    /** All that Traefik has written. */
    get log(): string {
        return fs.readFileSync(path.join(this.directory, "log"), "utf8");
    }

    get isRunning(): boolean {
        return this.process.exitCode === null && this.process.signalCode === null;
    }

    /** Ends it as the kubelet would, and returns its exit code once it has ended. */
    terminate(): Promise<number | null> {
        const ended = new Promise<number | null>((resolve) => this.process.once("exit", resolve));
        this.process.kill("SIGTERM");
        return ended;
    }

    /** Ends it at once, and removes its files. */
    async stop(): Promise<void> {
        if (this.isRunning) {
            const ended = new Promise((resolve) => this.process.once("exit", resolve));
            this.process.kill("SIGKILL");
            await ended;
        }
        fs.rmSync(this.directory, { recursive: true, force: true });
    }
}

function placeStatic(directory: string, text: string, ports: Record<string, number>): void {
    const config = parse(text) as StaticConfig;
    for (const [name, entryPoint] of Object.entries(config.entryPoints)) {
        entryPoint.address = `127.0.0.1:${ports[name]}`;
    }
    config.providers.file.directory = path.join(directory, "dynamic");
    fs.writeFileSync(path.join(directory, "traefik.yaml"), stringify(config));
    fs.mkdirSync(config.providers.file.directory);
}

/** As the kubelet does it: a new directory, to which a link is then turned. */
function placeDynamic(directory: string, text: string): void {
    const mount = path.join(directory, "dynamic");
    const version = fs.mkdtempSync(path.join(mount, "..version_"));
    fs.writeFileSync(path.join(version, dynamicFile), text, { mode: 0o600 });
    const link = path.join(mount, "..data");
    const before = fs.existsSync(link) ? fs.readlinkSync(link) : undefined;
    fs.symlinkSync(path.basename(version), `${link}_tmp`);
    fs.renameSync(`${link}_tmp`, link);
    if (before === undefined) {
        fs.symlinkSync(path.join("..data", dynamicFile), path.join(mount, dynamicFile));
    } else {
        fs.rmSync(path.join(mount, before), { recursive: true });
    }
}

function run(program: string, directory: string): ChildProcess {
    const log = fs.openSync(path.join(directory, "log"), "a");
    const child = spawn(program, [`--configFile=${path.join(directory, "traefik.yaml")}`], {
        env: { HOME: directory, TMPDIR: directory, KUBECONFIG: path.join(directory, "kubeconfig") },
        stdio: ["ignore", log, log],
    });
    fs.closeSync(log);
    return child;
}
