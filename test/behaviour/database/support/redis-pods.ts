import { type ChildProcess, spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { ServerPlace } from "../../../../components/database/engine";
import { accessCommands, passwordHash, type RedisRights } from "../../../../components/database/redis/access";
import { redis } from "../../../../components/database/redis/engine";
import { folders, redisConf, serverCommand } from "../../../../components/database/redis/settings";
import { eventually } from "../../../support/eventually";
import { TestAuthority } from "../../ingress/support/certificates";
import { Children } from "./children";
import type { Run } from "./postgresql-pods";
import { findPrograms, nobody, type Programs } from "./programs";

const scripts = path.resolve(__dirname, "../../../../../components/database/redis");

const port = 16_300;

/** Redis in Debian's releases. */
export const redisReleases = {
    newest: { server: "redis-server", packages: ["redis-server", "redis-tools"], folders: ["usr/bin"] },
    own: {
        server: "redis-server",
        packages: ["redis-server", "redis-tools", "libjemalloc2", "liblzf1", "libatomic1"],
        folders: ["usr/bin"],
    },
};

/** Redis' programs. */
export const findRedis = (): Promise<Programs | { missing: string }> => findPrograms("redis", redisReleases);

/** A user and the password that the test gave it. */
export interface TestUser {
    name: string;
    password: string;
    rights: RedisRights;
}

/**
 * The pods of a database as processes of another user, each on a loopback address of its own, with the scripts and the
 * configuration that the component generates.
 */
export class RedisPods {
    readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-redis-"));
    private readonly authority = new TestAuthority("redis");
    private readonly children = new Children();
    private readonly servers = new Map<number, ChildProcess>();
    private readonly logs = new Map<number, string>();
    private readonly recorders: string[] = [];
    /** Those of pods that run another version than at first. */
    private readonly rolled = new Map<number, { programs: Programs; takesOver?: string }>();

    constructor(
        private readonly programs: Programs,
        private readonly replicas: number,
        private readonly settings: Record<string, string> = {},
    ) {
        fs.chmodSync(this.home, 0o755);
        fs.cpSync(scripts, path.join(this.home, "scripts"), { recursive: true });
        const files = redis.files({ memory: "128Mi", settings } as ServerPlace);
        fs.writeFileSync(path.join(this.home, "scripts/prepare.sh"), files["prepare.sh"] as string);
        for (let ordinal = 0; ordinal < replicas; ordinal++) {
            this.makeFolders(ordinal);
        }
        this.renewKeys();
    }

    /** The address of a pod. */
    static host(ordinal: number): string {
        return `127.0.4.1${ordinal}`;
    }

    /** A pod's file or folder. */
    path(ordinal: number, ...rest: string[]): string {
        return path.join(this.home, `pod-${ordinal}`, ...rest);
    }

    private makeFolders(ordinal: number): void {
        const host = RedisPods.host(ordinal);
        const { certificate, privateKey } = this.authority.issue(`pod-${ordinal}`, [host]);
        const configuration = redisConf({ port, memory: "128Mi", settings: this.settings });
        const placed = configuration.replaceAll(folders.certificates, this.path(ordinal, "certificates"));
        // Pods have a network each; here they share one.
        this.write(ordinal, "settings/redis.conf", `${placed}bind ${host}\n`);
        this.write(ordinal, "certificates/ca.crt", this.authority.certificate);
        this.write(ordinal, "certificates/server.crt", certificate);
        this.write(ordinal, "certificates/server.key", privateKey);
        for (const folder of ["", "run", "volume", "exporter", "settings", "certificates", "access"]) {
            this.makeFolder(ordinal, folder);
        }
    }

    /** An empty folder of a pod. */
    makeFolder(ordinal: number, folder: string): string {
        const made = this.path(ordinal, folder);
        fs.mkdirSync(made, { recursive: true });
        fs.chownSync(made, nobody, nobody);
        return made;
    }

    private write(ordinal: number, file: string, text: string): void {
        this.makeFolder(ordinal, path.dirname(file));
        fs.writeFileSync(this.path(ordinal, file), text, { mode: 0o600 });
        fs.chownSync(this.path(ordinal, file), nobody, nobody);
    }

    /** Other passwords for the component's own users, as a component has that is made again. */
    renewKeys(): void {
        for (const [key, bytes] of Object.entries(redis.keys!)) {
            const text = randomBytes(bytes).toString("base64");
            for (let ordinal = 0; ordinal < this.replicas; ordinal++) {
                this.write(ordinal, `certificates/${key}`, text);
            }
        }
    }

    /** The password of one of the component's own users. */
    key(name: string): string {
        return fs.readFileSync(this.path(0, "certificates", `${name}-password`), "utf8");
    }

    /** Lets programs write down how they are called, from now on. */
    recordCommands(programs: readonly string[]): void {
        const real = this.searchPath();
        this.recorders.push(path.join(this.home, "recorders"));
        fs.mkdirSync(this.recorders[0]!);
        fs.writeFileSync(path.join(this.home, "commands"), "", { mode: 0o666 });
        fs.chmodSync(path.join(this.home, "commands"), 0o666);
        for (const program of programs) {
            const lines = [
                "#!/bin/sh",
                `echo "${program} $*" >>${this.home}/commands`,
                `PATH=${real} exec ${program} "$@"`,
            ];
            fs.writeFileSync(path.join(this.recorders[0]!, program), `${lines.join("\n")}\n`, { mode: 0o755 });
        }
    }

    /** The command lines that were written down. */
    get commands(): string[] {
        return fs.readFileSync(path.join(this.home, "commands"), "utf8").trim().split("\n");
    }

    private searchPath({ folders }: Programs = this.programs): string {
        return [...this.recorders, ...folders, process.env.PATH].join(":");
    }

    /** Gives a pod another version from its next start on, which takes over data of a third one, as a roll does. */
    use(ordinal: number, programs: Programs, takesOver?: string): void {
        this.rolled.set(ordinal, { programs, takesOver });
    }

    private environment(ordinal: number): NodeJS.ProcessEnv {
        const { programs, takesOver } = this.rolled.get(ordinal) ?? { programs: this.programs };
        return {
            PATH: this.searchPath(programs),
            ...programs.environment,
            RELEASE: programs.version,
            ...(takesOver && { TAKES_OVER: takesOver }),
            POD_NAME: `cache-${ordinal}`,
            POD_HOST: RedisPods.host(0).replace(/0$/, "%s"),
            ADDRESS: RedisPods.host(ordinal),
            PORT: `${port}`,
            DATA: this.path(ordinal, "volume/redis"),
            SETTINGS: this.path(ordinal, "settings"),
            CERTIFICATES: this.path(ordinal, "certificates"),
            RUN: this.path(ordinal, "run"),
            EXPORTER: this.path(ordinal, "exporter"),
        };
    }

    private spawn(ordinal: number, program: string, args: string[], added: NodeJS.ProcessEnv = {}): ChildProcess {
        const child = spawn(program, args, {
            env: { ...this.environment(ordinal), ...added },
            cwd: this.home,
            uid: nobody,
            gid: nobody,
            detached: true,
            stdio: ["ignore", "pipe", "pipe"],
        });
        return this.children.add(child);
    }

    /** Starts a script in a pod; the process group can be ended as a whole. */
    spawnScript(ordinal: number, script: string, args: string[] = [], added: NodeJS.ProcessEnv = {}): ChildProcess {
        return this.spawn(ordinal, "sh", [path.join(this.home, "scripts", script), ...args], added);
    }

    /** Starts any program in a pod. */
    spawnProgram(ordinal: number, program: string, added: NodeJS.ProcessEnv): ChildProcess {
        return this.spawn(ordinal, program, [], added);
    }

    /** Runs a script in a pod to its end. */
    async script(ordinal: number, script: string, args: string[] = [], added: NodeJS.ProcessEnv = {}): Promise<Run> {
        const child = this.spawnScript(ordinal, script, args, added);
        let output = "";
        child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
        child.stderr!.on("data", (chunk: Buffer) => (output += chunk.toString()));
        const [status] = (await once(child, "close")) as [number | null];
        return { status, output };
    }

    /** Runs a script that carries data off or back, beside the first pod. */
    carry(script: string, added: NodeJS.ProcessEnv = {}): Promise<Run> {
        fs.rmSync(this.path(0, "scratch"), { recursive: true, force: true });
        return this.script(0, script, [], {
            DATABASES: redis.onlyDatabase,
            BACKUP: this.makeFolder(0, "backup"),
            TMPDIR: this.makeFolder(0, "scratch"),
            SCRATCH: this.makeFolder(0, "scratch/data"),
            ...added,
        });
    }

    /** Prepares a pod and starts its server, as the kubelet does. */
    async start(ordinal: number): Promise<void> {
        const { status, output } = await this.script(ordinal, "prepare.sh");
        if (status !== 0) {
            throw new Error(`pod ${ordinal} was not prepared: ${output}`);
        }
        await this.serve(ordinal);
    }

    /** Starts a pod's server alone, as the kubelet does with a container that has ended. */
    async serve(ordinal: number): Promise<void> {
        const [program, ...args] = serverCommand(this.path(ordinal, "run"));
        const server = this.spawn(ordinal, program!, args);
        this.servers.set(ordinal, server);
        const note = (chunk: Buffer) => this.logs.set(ordinal, this.log(ordinal) + chunk.toString());
        server.stdout!.on("data", note);
        server.stderr!.on("data", note);
        await eventually(async () => {
            const { status, output } = await this.probe(ordinal, "lives");
            if (status !== 0) {
                throw new Error(`pod ${ordinal} does not live: ${output}${this.log(ordinal)}`);
            }
        });
    }

    /** What the kubelet asks a pod. */
    probe(ordinal: number, question: "lives" | "ready"): Promise<Run> {
        return this.script(ordinal, "probe.sh", [question]);
    }

    /** Waits until a pod's server has its data. */
    async ready(ordinal: number): Promise<void> {
        await eventually(async () => {
            const { status, output } = await this.probe(ordinal, "ready");
            if (status !== 0) {
                throw new Error(`pod ${ordinal} is not ready: ${output}${this.log(ordinal)}`);
            }
        });
    }

    /** All that a pod's server has written. */
    log(ordinal: number): string {
        return this.logs.get(ordinal) ?? "";
    }

    /** Sends a signal to a pod's server and leaves it be. */
    signal(ordinal: number, signal: NodeJS.Signals): void {
        this.servers.get(ordinal)!.kill(signal);
    }

    /** Ends a pod's server as the kubelet does, or at once as a lost node. */
    async stop(ordinal: number, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
        const server = this.servers.get(ordinal);
        this.servers.delete(ordinal);
        if (server && server.exitCode === null && server.signalCode === null) {
            const closed = once(server, "close");
            server.kill(signal);
            // Told to end while it writes its first log after a copy, a server refuses and goes on; the kubelet would kill it
            // in the end.
            const again = setInterval(() => server.kill(signal), 1_000);
            await closed;
            clearInterval(again);
        }
    }

    /** Takes a pod's volume away. */
    empty(ordinal: number): void {
        fs.rmSync(this.path(ordinal, "volume/redis"), { recursive: true });
    }

    /** Runs the Job that makes users, on all pods or on fewer. */
    access(users: readonly TestUser[], ordinals = [...Array(this.replicas).keys()]): Promise<Run> {
        const plan = users.map(({ name, password, rights }) => ({ name, hash: passwordHash(password), rights }));
        this.write(0, "access/access.redis", accessCommands(plan));
        return this.script(0, "access.sh", [], {
            HOSTS: ordinals.map((ordinal) => RedisPods.host(ordinal)).join(" "),
            USERS: users.map(({ name }) => name).join(" "),
            COMMANDS: this.path(0, "access/access.redis"),
        });
    }

    /** Runs a program as in a pod. */
    run(ordinal: number, program: string, args: readonly string[], added: NodeJS.ProcessEnv = {}): Spawned {
        const env = { ...this.environment(ordinal), ...added };
        return spawnSync(program, args, { env, cwd: this.home, uid: nobody, gid: nobody, encoding: "utf8" });
    }

    /** What a pod's server answers to a user; to nobody, when no name is given. */
    ask(ordinal: number, user: { name?: string; password: string }, ...command: string[]): string {
        const login = user.name === undefined ? [] : ["--user", user.name];
        const { stdout, stderr } = this.run(
            ordinal,
            "redis-cli",
            [...this.tls(ordinal), "-h", RedisPods.host(ordinal), ...login, ...command],
            user.password === "" ? {} : { REDISCLI_AUTH: user.password },
        );
        return `${stderr}${stdout}`.trim();
    }

    /** What a pod's server answers to the component's own user. */
    own(ordinal: number, ...command: string[]): string {
        return this.ask(ordinal, { name: "admin", password: this.key("admin") }, ...command);
    }

    private tls(ordinal: number): string[] {
        return ["--tls", "--cacert", this.path(ordinal, "certificates/ca.crt"), "-p", `${port}`];
    }

    /** Ends every process and takes everything away. */
    async remove(): Promise<void> {
        await this.children.end();
        this.authority.remove();
        fs.rmSync(this.home, { recursive: true, force: true });
    }
}

type Spawned = SpawnSyncReturns<string>;
