import { type ChildProcess, spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildModule } from "../../sandbox/tools/build";
import { minioModule } from "../../sandbox/tools/modules";
import { TestAuthority } from "../behaviour/ingress/support/certificates";
import { eventually } from "./eventually";
import { get } from "./requests";

/** Name of the store in the arguments of {@link MinioProcess.mc}: `store/BUCKET/KEY`. */
export const minioAlias = "store";

/** Where a store listens, and with what. */
export interface MinioOptions {
    /** A loopback address. */
    host: string;
    /** Port of the first server; each further one has the next port. */
    port: number;
    /** How many servers make up the store, with a drive each. @default 1 */
    servers?: number;
    /** Variables of the servers. */
    environment?: Record<string, string>;
}

/** How `mc` is run. */
export interface McOptions {
    /** Whose access key it uses; none for an anonymous request. @default root's */
    key?: { id: string; secret: string } | "none";
    input?: string;
    /** Which server it asks. @default 0 */
    server?: number;
    /** Variables besides. */
    environment?: Record<string, string>;
}

/**
 * The real MinIO as processes of this machine, with TLS by an authority of their own and a folder for each drive; all
 * that they leave behind goes with `remove()`.
 *
 * @example
 * ```ts
 * const store = await MinioProcess.start({ host: "127.0.2.1", port: 19_000 });
 * store.mc(["mb", "store/media"]);
 * await store.remove();
 * ```
 */
export class MinioProcess {
    /** Access key of the store's administrator; another one counts from the next start of the servers on. */
    root = newRootKey();
    private readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-minio-"));
    private readonly authority = new TestAuthority("minio");
    private readonly processes = new Map<number, ChildProcess>();

    private constructor(
        private readonly program: string,
        private readonly options: MinioOptions,
    ) {
        const { certificate, privateKey } = this.authority.issue(options.host, [options.host]);
        this.write("certs/public.crt", certificate);
        this.write("certs/private.key", privateKey);
        this.write("certs/CAs/ca.crt", this.authority.certificate);
        this.write("bin/mc", `#!/bin/sh\nexec ${program} mc "$@"\n`, 0o755);
    }

    /** Starts a store and waits until it takes writes. The first one on a machine is built, which takes minutes. */
    static async start(options: MinioOptions): Promise<MinioProcess> {
        const program = await buildModule(minioModule, (line) => console.error(`minio: ${line}`));
        const store = new MinioProcess(program, options);
        try {
            for (let server = 0; server < (options.servers ?? 1); server++) {
                store.startServer(server);
            }
            await store.ready();
            return store;
        } catch (error) {
            await store.remove();
            throw error;
        }
    }

    /** URL of the API, of the first server or another one. */
    endpoint(server = 0): string {
        return `https://${this.options.host}:${this.options.port + server}`;
    }

    /** File with the certificate of the authority that signed the servers' certificate. */
    get caFile(): string {
        return path.join(this.home, "certs/CAs/ca.crt");
    }

    /** Folder with `mc`, for PATH. */
    get programs(): string {
        return path.join(this.home, "bin");
    }

    /** Process id of a server. */
    pid(server = 0): number {
        return this.processes.get(server)!.pid!;
    }

    /** All that the servers have written. */
    get log(): string {
        return fs.existsSync(this.logFile) ? fs.readFileSync(this.logFile, "utf8") : "";
    }

    /** Runs the client, which knows the store as `store`. */
    mc(
        args: readonly string[],
        { key = this.root, input, server, environment }: McOptions = {},
    ): SpawnSyncReturns<string> {
        return spawnSync(path.join(this.programs, "mc"), args, {
            env: {
                ...this.clientEnvironment,
                [`MC_HOST_${minioAlias}`]: this.url(key, server),
                ...environment,
            },
            input: input ?? "",
            encoding: "utf8",
            timeout: 60_000,
        });
    }

    /** Like {@link mc}, for what has to succeed: its output. */
    mcOutput(args: readonly string[], options?: McOptions): string {
        const { status, stdout, stderr } = this.mc(args, options);
        if (status !== 0) {
            throw new Error(`mc ${args.join(" ")} failed: ${stdout}${stderr}`);
        }
        return stdout;
    }

    /**
     * Starts a server, the first time or after {@link stopServer}.
     *
     * @param changed variables that are other ones than before
     */
    startServer(server: number, changed: Record<string, string> = {}): void {
        const { host, port, servers = 1, environment } = this.options;
        const drive = (each: number) => path.join(this.home, "drives", `${each}`);
        const all = Array.from({ length: servers }, (_, each) => each);
        const drives = servers === 1 ? [drive(0)] : all.map((each) => `${this.endpoint(each)}${drive(each)}`);
        fs.mkdirSync(drive(server), { recursive: true });
        const log = fs.openSync(this.logFile, "a");
        const address = ["--address", `${host}:${port + server}`, "--certs-dir", path.join(this.home, "certs")];
        const child = spawn(this.program, ["server", ...address, ...drives], {
            env: {
                HOME: this.home,
                PATH: process.env.PATH,
                MINIO_ROOT_USER: this.root.id,
                MINIO_ROOT_PASSWORD: this.root.secret,
                MINIO_BROWSER: "off",
                MINIO_UPDATE: "off",
                // Lets several drives lie on the disk of the system, as on a machine for tests.
                MINIO_CI_CD: "on",
                // In a container it would wait for the address to be another one than the loopback's.
                _MINIO_SERVER_LOCAL: `${host}:${port + server}`,
                ...environment,
                ...changed,
            },
            stdio: ["ignore", log, log],
        });
        fs.closeSync(log);
        this.processes.set(server, child);
    }

    /** Ends a server as the kubelet does, or at once as a lost node. */
    async stopServer(server: number, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
        const child = this.processes.get(server);
        this.processes.delete(server);
        if (child && child.exitCode === null && child.signalCode === null) {
            const ended = once(child, "exit");
            child.kill(signal);
            await ended;
        }
    }

    /**
     * Waits until the store takes writes and lets its administrator in, by each of its servers: the answer about its health may
     * come before logins are known, and is one to everybody.
     *
     * @param timeout in milliseconds
     */
    async ready(timeout = 60_000): Promise<void> {
        await eventually(async () => {
            for (const [server, { exitCode, signalCode }] of this.processes) {
                if (exitCode !== null || signalCode !== null) {
                    throw new Error(`server ${server} has ended: ${this.log}`);
                }
                const { status } = await get(`${this.endpoint(server)}/minio/health/cluster`, { ca: this.caFile });
                if (status !== 200) {
                    throw new Error(`server ${server} answers ${status}: ${this.log}`);
                }
                this.mcOutput(["ls", minioAlias], { server });
            }
        }, timeout);
    }

    /** Ends every server and takes everything away. */
    async remove(): Promise<void> {
        await Promise.all([...this.processes.keys()].map((server) => this.stopServer(server, "SIGKILL")));
        this.authority.remove();
        fs.rmSync(this.home, { recursive: true, force: true });
    }

    /** What the client needs to trust the store and to keep to the store's folder. */
    private get clientEnvironment(): Record<string, string> {
        return {
            PATH: process.env.PATH!,
            HOME: this.home,
            MC_CONFIG_DIR: path.join(this.home, "mc"),
            SSL_CERT_FILE: this.caFile,
        };
    }

    private url(key: { id: string; secret: string } | "none", server?: number): string {
        if (key === "none") {
            return this.endpoint(server);
        }
        const login = `${encodeURIComponent(key.id)}:${encodeURIComponent(key.secret)}`;
        return this.endpoint(server).replace("https://", `https://${login}@`);
    }

    private get logFile(): string {
        return path.join(this.home, "log");
    }

    private write(file: string, text: string, mode = 0o600): void {
        const target = path.join(this.home, file);
        fs.mkdirSync(path.dirname(target), { recursive: true });
        fs.writeFileSync(target, text, { mode });
    }
}

/** A key of an administrator. */
export function newRootKey(): { id: string; secret: string } {
    return { id: `root${randomBytes(4).toString("hex")}`, secret: randomBytes(20).toString("hex") };
}
