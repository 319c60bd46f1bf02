import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseEngine } from "../../../../components/core/contracts";
import { prepareScripts } from "../../../../components/database/postgresql/engine";
import {
    closedHbaConf,
    folders,
    monitor,
    pgHbaConf,
    postgresqlConf,
} from "../../../../components/database/postgresql/settings";
import { readScript } from "../../../../components/database/scripts";
import { eventually } from "../../../support/eventually";
import { TestAuthority } from "../../ingress/support/certificates";
import { Children } from "./children";
import { nobody, type Programs } from "./programs";
import { wrapPrograms } from "./wrapped-programs";

const port = 15_432;

/** What a pod is told besides its ordinal. */
interface PodsOptions {
    replicas: number;
    settings?: Record<string, string>;
    synchronousCopies?: number;
}

/** One run of a program. */
export interface Run {
    status: number | null;
    output: string;
}

/** An init container that is at work, and what it says. */
export class Preparing {
    said = "";
    readonly ended: Promise<Run>;

    constructor(readonly child: ChildProcess) {
        const note = (chunk: Buffer) => (this.said += chunk.toString());
        child.stdout!.on("data", note);
        child.stderr!.on("data", note);
        this.ended = once(child, "close").then(([status]) => ({ status: status as number | null, output: this.said }));
    }

    /** Waits until it has said something. */
    async says(expected: RegExp): Promise<void> {
        await eventually(() => assert.match(this.said, expected));
    }
}

/**
 * The pods of a database as processes of another user, each on a loopback address of its own, with the script and the
 * configuration that the component generates.
 */
export class PostgreSqlPods {
    /** What pods are told from now on, each when it is prepared. */
    primary = 0;
    authority = new TestAuthority("database");
    private readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-database-"));
    private readonly initContainers = new Map<number, ChildProcess>();
    private readonly clients = new Children();
    private readonly servers = new Map<number, ChildProcess>();
    private readonly logs = new Map<number, string>();

    constructor(
        private readonly programs: Programs,
        private readonly options: PodsOptions,
    ) {
        fs.chmodSync(this.home, 0o755);
        for (let ordinal = 0; ordinal < options.replicas; ordinal++) {
            this.makeFolders(ordinal);
        }
    }

    /** The address of a pod. */
    static host(ordinal: number): string {
        return `127.0.1.1${ordinal}`;
    }

    /** A pod's file or folder. */
    path(ordinal: number, ...rest: string[]): string {
        return path.join(this.home, `pod-${ordinal}`, ...rest);
    }

    data(ordinal: number): string {
        return this.path(ordinal, "volume", "data");
    }

    private makeFolders(ordinal: number): void {
        const { certificate, privateKey } = this.authority.issue(`pod-${ordinal}`, [PostgreSqlPods.host(ordinal)]);
        this.writeSettings(ordinal);
        this.write(ordinal, "settings/pg_hba.conf", [pgHbaConf]);
        this.write(ordinal, "settings/closed_hba.conf", [closedHbaConf]);
        for (const file of prepareScripts) {
            this.write(ordinal, `settings/${file}`, [readScript(DatabaseEngine.PostgreSql, file)]);
        }
        this.write(ordinal, "certificates/ca.crt", [this.authority.certificate]);
        this.write(ordinal, "certificates/server.crt", [certificate]);
        this.write(ordinal, "certificates/server.key", [privateKey]);
        for (const [file, commonName] of Object.entries({ client: "postgres", monitor })) {
            const client = this.authority.issue(commonName);
            this.write(ordinal, `certificates/${file}.crt`, [client.certificate]);
            this.write(ordinal, `certificates/${file}.key`, [client.privateKey]);
        }
        for (const folder of ["", "run", "volume", "settings", "certificates"]) {
            fs.mkdirSync(this.path(ordinal, folder), { recursive: true });
            fs.chownSync(this.path(ordinal, folder), nobody, nobody);
        }
    }

    private writeSettings(ordinal: number): void {
        const place = (text: string): string =>
            Object.entries(folders).reduce(
                (all, [name, folder]) => all.replaceAll(folder, this.path(ordinal, name)),
                text,
            );
        const { settings = {}, synchronousCopies } = this.options;
        this.write(ordinal, "settings/postgresql.conf", [
            place(postgresqlConf({ port, memory: "128Mi", settings, synchronousCopies })),
            // Pods have a network each; here they share one.
            `listen_addresses = '${PostgreSqlPods.host(ordinal)}'\n`,
        ]);
    }

    /** Other settings, which each server has once it is started anew. */
    set(settings: Record<string, string>): void {
        this.options.settings = settings;
        for (let ordinal = 0; ordinal < this.options.replicas; ordinal++) {
            this.writeSettings(ordinal);
        }
    }

    /** What another state of the program makes for the same volumes: an authority of its own, and certificates by it. */
    renewCertificates(): void {
        this.authority.remove();
        this.authority = new TestAuthority("database");
        for (let ordinal = 0; ordinal < this.options.replicas; ordinal++) {
            this.makeFolders(ordinal);
        }
    }

    private write(ordinal: number, file: string, texts: string[]): void {
        fs.mkdirSync(path.dirname(this.path(ordinal, file)), { recursive: true });
        fs.writeFileSync(this.path(ordinal, file), texts.join(""), { mode: 0o600 });
        fs.chownSync(this.path(ordinal, file), nobody, nobody);
    }

    private environment(ordinal: number): NodeJS.ProcessEnv {
        return {
            PATH: [...this.programs.folders, process.env.PATH].join(":"),
            ...this.programs.environment,
            POD_NAME: `orders-${ordinal}`,
            POD_HOST: PostgreSqlPods.host(0).replace(/0$/, "%s"),
            PRIMARY: `${this.primary}`,
            VOLUME: this.path(ordinal, "volume"),
            PGDATA: this.data(ordinal),
            PGPORT: `${port}`,
            SETTINGS: this.path(ordinal, "settings"),
            CERTIFICATES: this.path(ordinal, "certificates"),
            RUN: this.path(ordinal, "run"),
        };
    }

    /** What an init container is told to find scripts in the place of programs: see {@link wrapPrograms}. */
    wrapping(scripts: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
        const folder = fs.mkdtempSync(path.join(this.home, "wrapped-"));
        wrapPrograms(folder, scripts, this.environment(0).PATH!);
        return { PATH: folder };
    }

    /** Starts the init container of a pod; the process group can be ended as a whole. */
    spawnPrepare(ordinal: number, environment: NodeJS.ProcessEnv = {}): ChildProcess {
        const own = this.environment(ordinal);
        const PATH = [environment.PATH, own.PATH].filter(Boolean).join(":");
        const child = spawn("sh", [this.path(ordinal, "settings/prepare.sh")], {
            env: { ...own, ...environment, PATH },
            cwd: this.home,
            uid: nobody,
            gid: nobody,
            detached: true,
            stdio: ["ignore", "pipe", "pipe"],
        });
        this.initContainers.set(ordinal, child);
        child.once("exit", () => this.initContainers.delete(ordinal));
        return child;
    }

    /** Starts the init container of a pod, and listens to it. */
    preparing(ordinal: number): Preparing {
        return new Preparing(this.spawnPrepare(ordinal));
    }

    /** Runs the init container of a pod to its end. */
    async prepare(ordinal: number, environment?: NodeJS.ProcessEnv): Promise<Run> {
        const preparing = new Preparing(this.spawnPrepare(ordinal, environment));
        const waited = new AbortController();
        const tooLong = sleep(100_000, undefined, { signal: waited.signal }).then(() => {
            throw new Error(`pod ${ordinal} is still being prepared: ${preparing.said}`);
        });
        try {
            return await Promise.race([preparing.ended, tooLong]);
        } finally {
            waited.abort();
            tooLong.catch(() => undefined);
        }
    }

    /** Prepares a pod and starts its server, as the kubelet does. */
    async start(ordinal: number): Promise<string> {
        const { status, output } = await this.prepare(ordinal);
        if (status !== 0) {
            throw new Error(`pod ${ordinal} was not prepared: ${output}`);
        }
        await this.serve(ordinal);
        return output;
    }

    /** Starts the server of a pod that is prepared. */
    async serve(ordinal: number): Promise<void> {
        const config = `config_file=${this.path(ordinal, "settings/postgresql.conf")}`;
        const server = spawn("postgres", ["-D", this.data(ordinal), "-c", config], {
            env: this.environment(ordinal),
            cwd: this.home,
            uid: nobody,
            gid: nobody,
            stdio: ["ignore", "pipe", "pipe"],
        });
        this.servers.set(ordinal, server);
        const note = (chunk: Buffer) => this.logs.set(ordinal, this.log(ordinal) + chunk.toString());
        server.stdout.on("data", note);
        server.stderr.on("data", note);
        await eventually(() => {
            const { status: ready, stdout } = this.run(ordinal, "pg_isready", ["-h", PostgreSqlPods.host(ordinal)]);
            if (ready !== 0) {
                throw new Error(`pod ${ordinal} is not ready: ${stdout}${this.log(ordinal)}`);
            }
        });
    }

    /** Ends an init container at once, with the server that it may have started, as a container's end does. */
    async endPrepare(ordinal: number): Promise<void> {
        const child = this.initContainers.get(ordinal);
        if (child) {
            const ended = once(child, "exit");
            process.kill(-child.pid!, "SIGKILL");
            await ended;
        }
        const file = path.join(this.data(ordinal), "postmaster.pid");
        if (fs.existsSync(file)) {
            const [pid] = fs.readFileSync(file, "utf8").split("\n");
            spawnSync("kill", ["-9", pid!]);
            await this.ended(ordinal);
            // The number means nothing in the next container; here its process may wait for somebody to notice its end.
            fs.rmSync(file);
        }
    }

    /** Waits until a server's children have noticed its end, and let go of its memory. */
    private async ended(ordinal: number): Promise<void> {
        await eventually(() => {
            if (spawnSync("pgrep", ["-u", `${nobody}`, "-f", this.data(ordinal)]).status === 0) {
                throw new Error(`processes of pod ${ordinal} are there still`);
            }
        });
        await sleep(300);
    }

    /** All that a pod's server has written. */
    log(ordinal: number): string {
        return this.logs.get(ordinal) ?? "";
    }

    /** Ends a pod's server as the image's stop signal does, or at once as a lost node. */
    async stop(ordinal: number, signal: NodeJS.Signals = "SIGINT"): Promise<void> {
        const server = this.servers.get(ordinal);
        this.servers.delete(ordinal);
        if (server && server.exitCode === null && server.signalCode === null) {
            const closed = once(server, "close");
            server.kill(signal);
            await closed;
        }
        if (signal === "SIGKILL") {
            await this.ended(ordinal);
        }
    }

    /** Runs a program as in a pod. */
    run(ordinal: number, program: string, args: readonly string[], input?: string): SpawnSyncReturns<string> {
        return spawnSync(program, args, {
            env: this.environment(ordinal),
            cwd: this.home,
            uid: nobody,
            gid: nobody,
            encoding: "utf8",
            input,
        });
    }

    /** A connection string for a user of a pod's server: with a password, or with the superuser's certificate. */
    conninfo(ordinal: number, user: string, database = "postgres"): string {
        const certificates = this.path(ordinal, "certificates");
        const certificate =
            user === "postgres" ? ` sslcert=${certificates}/client.crt sslkey=${certificates}/client.key` : "";
        return `host=${PostgreSqlPods.host(ordinal)} port=${port} user=${user} dbname=${database} sslmode=verify-full sslrootcert=${certificates}/ca.crt${certificate}`;
    }

    /** What SQL gives, as the superuser. Fails when it fails. */
    sql(ordinal: number, statement: string, database = "postgres"): string {
        const { status, stdout, stderr } = this.psql(ordinal, statement, { database });
        if (status !== 0) {
            throw new Error(stderr);
        }
        return stdout.trim();
    }

    /** Who takes writes and who follows, by ordinals. Fails while a pod does not answer. */
    roles(): string[] {
        return Array.from({ length: this.options.replicas }, (_, ordinal) =>
            this.sql(ordinal, "SELECT pg_is_in_recovery()") === "f" ? "primary" : "copy",
        );
    }

    /** Rolls the pods as a StatefulSet does, the highest ordinal first and each once the one before it is ready. */
    async roll(primary: number): Promise<void> {
        this.primary = primary;
        for (let ordinal = this.options.replicas - 1; ordinal >= 0; ordinal--) {
            await this.stop(ordinal);
            await this.start(ordinal);
        }
    }

    /** SQL as any user. */
    psql(
        ordinal: number,
        statement: string,
        { user = "postgres", password, database }: { user?: string; password?: string; database?: string } = {},
    ): SpawnSyncReturns<string> {
        const target = this.conninfo(ordinal, user, database) + (password === undefined ? "" : ` password=${password}`);
        return this.run(
            ordinal,
            "psql",
            ["-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-d", target],
            statement,
        );
    }

    /** SQL as the superuser that is not waited for. */
    spawnSql(ordinal: number, statement: string): ChildProcess {
        const login = this.conninfo(ordinal, "postgres");
        return this.spawn(ordinal, "psql", ["-X", "-q", "-w", "-d", login, "-c", statement]);
    }

    /** A program as in a pod that is not waited for. */
    spawn(ordinal: number, program: string, args: readonly string[]): ChildProcess {
        const child = spawn(program, args, {
            env: this.environment(ordinal),
            cwd: this.home,
            uid: nobody,
            gid: nobody,
            stdio: "ignore",
        });
        return this.clients.add(child);
    }

    /** Ends every server and takes everything away. */
    async remove(): Promise<void> {
        await this.clients.end();
        await Promise.all([...this.initContainers.keys()].map((ordinal) => this.endPrepare(ordinal)));
        await Promise.all([...this.servers.keys()].map((ordinal) => this.stop(ordinal, "SIGQUIT")));
        this.authority.remove();
        fs.rmSync(this.home, { recursive: true, force: true });
    }
}
