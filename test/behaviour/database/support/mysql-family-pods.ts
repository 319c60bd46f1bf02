import { type ChildProcess, spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { accessSql, type PlannedDatabase, surplusSql } from "../../../../components/database/mysql-family/access";
import { accountsSql, clients } from "../../../../components/database/mysql-family/accounts";
import { pingCommand } from "../../../../components/database/mysql-family/engine";
import { familyScript } from "../../../../components/database/mysql-family/scripts";
import { folders, port as podPort, serverCnf } from "../../../../components/database/mysql-family/settings";
import { eventually } from "../../../support/eventually";
import { TestAuthority } from "../../ingress/support/certificates";
import { Children } from "./children";
import type { TestedEngine } from "./mysql-family-engines";
import { nobody, type Programs } from "./programs";

const salt = Buffer.from("sixteen bytes...").toString("base64");

/** What a user of the component sets: MySQL's default, and not MariaDB's. */
const chosen = { event_scheduler: "ON" };

/** A user of the test, with the password in clear. */
export interface TestUser {
    name: string;
    password: string;
    reads?: string[];
    writes?: string[];
}

/** One run of a program. */
export interface Run {
    status: number | null;
    output: string;
}

/**
 * The pods of a database as processes of another user, each on a loopback address of its own, with the scripts and the
 * configuration that the component generates.
 */
export class FamilyPods {
    private authority = new TestAuthority("database");
    readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-mysql-family-"));
    private readonly servers = new Map<number, ChildProcess>();
    private readonly children = new Children();
    private readonly others = new Map<number, { programs: Programs; takesOver: string }>();

    constructor(
        private readonly engine: TestedEngine,
        private readonly programs: Programs,
        private readonly replicas: number,
    ) {
        fs.chmodSync(this.home, 0o755);
        for (let ordinal = 0; ordinal < replicas; ordinal++) {
            this.makeFolders(ordinal);
        }
        for (const file of ["prepare.sh", "access.sh", "dump.sh", "restore.sh", "verify.sh"]) {
            fs.writeFileSync(path.join(this.home, file), familyScript(engine.member.engine, file));
        }
    }

    /** The address of a pod. */
    host(ordinal: number): string {
        return `${this.engine.addresses}${ordinal}`;
    }

    /** A pod's file or folder. */
    path(ordinal: number, ...rest: string[]): string {
        return path.join(this.home, `pod-${ordinal}`, ...rest);
    }

    data(ordinal: number): string {
        return this.path(ordinal, "volume", "data");
    }

    private makeFolders(ordinal: number): void {
        const { member } = this.engine;
        const config = serverCnf({
            memory: "128Mi",
            engine: member.settings("128Mi"),
            plugins: member.plugins,
            settings: chosen,
        })
            // Pods have a network each; here they share one.
            .replace('bind_address = "*"', `bind_address = "${this.host(ordinal)}"`)
            .replace(`port = "${podPort}"`, `port = "${this.engine.port}"`);
        this.write(ordinal, "settings/server.cnf", this.placed(ordinal, config));
        this.write(ordinal, "settings/accounts.sql", accountsSql(member.rights));
        this.issueCertificates(ordinal);
        for (const folder of ["", "run", "volume", "settings", "certificates"]) {
            fs.mkdirSync(this.path(ordinal, folder), { recursive: true });
            fs.chownSync(this.path(ordinal, folder), nobody, nobody);
        }
    }

    /** A text about a pod's folders, where they are here. */
    private placed(ordinal: number, text: string): string {
        return Object.entries(folders).reduce(
            (all, [name, folder]) => all.replaceAll(folder, this.path(ordinal, name)),
            text,
        );
    }

    private issueCertificates(ordinal: number): void {
        const server = this.authority.issue(`pod-${ordinal}`, [this.host(ordinal), "127.0.0.1"]);
        this.write(ordinal, "certificates/ca.crt", this.authority.certificate);
        this.write(ordinal, "certificates/server.crt", server.certificate);
        this.write(ordinal, "certificates/server.key", server.privateKey);
        for (const [key, commonName] of Object.entries(clients)) {
            const { certificate, privateKey } = this.authority.issue(commonName);
            this.write(ordinal, `certificates/${key}.crt`, certificate);
            this.write(ordinal, `certificates/${key}.key`, privateKey);
        }
    }

    /** Gives every pod certificates of another authority, as a component that is made again over its old volumes does. */
    renewCertificates(): void {
        this.authority.remove();
        this.authority = new TestAuthority("database");
        for (let ordinal = 0; ordinal < this.replicas; ordinal++) {
            this.issueCertificates(ordinal);
        }
    }

    private write(ordinal: number, file: string, text: string): void {
        fs.mkdirSync(path.dirname(this.path(ordinal, file)), { recursive: true });
        fs.writeFileSync(this.path(ordinal, file), text, { mode: 0o600 });
        fs.chownSync(this.path(ordinal, file), nobody, nobody);
    }

    /** Gives a pod the programs of another version from its next start on, which takes data of some versions over. */
    use(ordinal: number, programs: Programs, ...takesOver: string[]): void {
        this.others.set(ordinal, { programs, takesOver: takesOver.join(" ") });
    }

    private environment(ordinal: number, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
        const { programs, takesOver } = this.others.get(ordinal) ?? { programs: this.programs, takesOver: "" };
        return {
            PATH: [...programs.folders, process.env.PATH].join(":"),
            ...programs.environment,
            POD_NAME: `orders-${ordinal}`,
            POD_HOST: `${this.engine.addresses}%s`,
            PORT: `${this.engine.port}`,
            RELEASE: programs.version,
            ...(takesOver && { TAKES_OVER: takesOver }),
            DATA: this.data(ordinal),
            SETTINGS: this.path(ordinal, "settings"),
            CERTIFICATES: this.path(ordinal, "certificates"),
            RUN: this.path(ordinal, "run"),
            ...more,
        };
    }

    /** Starts the init container of a pod; the process group can be ended as a whole. */
    spawnPrepare(ordinal: number, environment: NodeJS.ProcessEnv = {}): ChildProcess {
        const child = spawn("sh", [path.join(this.home, "prepare.sh")], {
            env: this.environment(ordinal, environment),
            cwd: this.home,
            uid: nobody,
            gid: nobody,
            detached: true,
            stdio: ["ignore", "pipe", "pipe"],
        });
        return this.children.add(child);
    }

    /** An environment in which a script stands in the place of a program, which it calls by its name. */
    instead(ordinal: number, { program, script }: { program: string; script: string }): NodeJS.ProcessEnv {
        const folder = this.folder("instead");
        fs.writeFileSync(path.join(folder, program), `#!/bin/sh\nPATH=\${PATH#*:}\n${script}\n`, { mode: 0o755 });
        return { PATH: `${folder}:${this.environment(ordinal).PATH}` };
    }

    /** Runs the init container of a pod to its end. */
    async prepare(ordinal: number): Promise<Run> {
        const child = this.spawnPrepare(ordinal);
        let output = "";
        child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
        child.stderr!.on("data", (chunk: Buffer) => (output += chunk.toString()));
        const [status] = (await once(child, "close")) as [number | null];
        return { status, output };
    }

    /** Prepares a pod and starts its server, as the kubelet does. */
    async start(ordinal: number): Promise<string> {
        const { status, output } = await this.prepare(ordinal);
        if (status !== 0) {
            throw new Error(`pod ${ordinal} was not prepared: ${output}`);
        }
        const log = fs.openSync(this.path(ordinal, "log"), "a");
        const server = spawn(
            this.engine.member.program,
            [`--defaults-file=${this.path(ordinal, "settings/server.cnf")}`],
            {
                env: this.environment(ordinal),
                cwd: this.home,
                uid: nobody,
                gid: nobody,
                stdio: ["ignore", log, log],
            },
        );
        fs.closeSync(log);
        this.servers.set(ordinal, server);
        await eventually(() => {
            if (this.ping(ordinal) !== 0) {
                throw new Error(`pod ${ordinal} is not ready: ${this.log(ordinal)}`);
            }
        });
        return output;
    }

    /** The exit status of the probes' command. */
    ping(ordinal: number): number | null {
        const [program, ...args] = pingCommand(this.engine.member).map((word) =>
            this.placed(ordinal, word)
                .replace("--host=127.0.0.1", `--host=${this.host(ordinal)}`)
                .replace(`--port=${podPort}`, `--port=${this.engine.port}`),
        );
        return this.run(ordinal, program!, args).status;
    }

    /** All that a pod's server has written. */
    log(ordinal: number): string {
        const file = this.path(ordinal, "log");
        return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    }

    /** Ends a pod's server as the kubelet does, or at once as a lost node. */
    async stop(ordinal: number, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
        const server = this.servers.get(ordinal);
        this.servers.delete(ordinal);
        if (server && server.exitCode === null && server.signalCode === null) {
            const closed = once(server, "close");
            server.kill(signal);
            await closed;
        }
    }

    /** Sends a signal to a pod's server. */
    signal(ordinal: number, signal: NodeJS.Signals): void {
        this.servers.get(ordinal)!.kill(signal);
    }

    /** Starts a program as in a pod. */
    spawnProgram(ordinal: number, program: string, args: readonly string[]): ChildProcess {
        const child = spawn(program, args, {
            env: this.environment(ordinal),
            cwd: this.home,
            uid: nobody,
            gid: nobody,
            stdio: ["ignore", "ignore", "pipe"],
        });
        return this.children.add(child);
    }

    /** Runs a program as in a pod. */
    run(
        ordinal: number,
        program: string,
        args: readonly string[],
        { input, environment }: { input?: string; environment?: NodeJS.ProcessEnv } = {},
    ): SpawnSyncReturns<string> {
        return spawnSync(program, args, {
            env: this.environment(ordinal, environment),
            cwd: this.home,
            uid: nobody,
            gid: nobody,
            encoding: "utf8",
            input,
        });
    }

    private certificate(ordinal: number, key: string): string[] {
        const folder = this.path(ordinal, "certificates");
        return [
            `--ssl-ca=${folder}/ca.crt`,
            `--ssl-cert=${folder}/${key}.crt`,
            `--ssl-key=${folder}/${key}.key`,
            ...this.engine.verified,
        ];
    }

    /** What SQL gives, as the administrator. Fails when it fails. */
    sql(ordinal: number, statement: string): string {
        const { status, stdout, stderr } = this.as(ordinal, "client", statement);
        if (status !== 0) {
            throw new Error(stderr);
        }
        return stdout.trim();
    }

    /** SQL as a user with a certificate. */
    as(ordinal: number, key: keyof typeof clients, statement: string, database = ""): SpawnSyncReturns<string> {
        const login = [`--host=${this.host(ordinal)}`, `--port=${this.engine.port}`, `--user=${clients[key]}`];
        return this.client(ordinal, [...login, ...this.certificate(ordinal, key)], statement, database);
    }

    /** SQL as a user with a password, which stands in a file. */
    query(
        ordinal: number,
        { name, password }: { name: string; password?: string },
        statement: string,
        database = "",
        options: readonly string[] = [`--ssl-ca=${this.path(ordinal, "certificates")}/ca.crt`, ...this.engine.verified],
    ): SpawnSyncReturns<string> {
        this.write(
            ordinal,
            "run/login",
            `[client]\nuser=${name}\n${password === undefined ? "" : `password=${password}\n`}`,
        );
        const file = `--defaults-file=${this.path(ordinal, "run/login")}`;
        const login = [file, `--host=${this.host(ordinal)}`, `--port=${this.engine.port}`, ...options];
        return this.client(ordinal, login, statement, database);
    }

    /** A column of what a copy says of itself. */
    status(ordinal: number, column: string): string {
        const login = [`--host=${this.host(ordinal)}`, `--port=${this.engine.port}`, "--user=admin"];
        const vertical = [
            ...this.certificate(ordinal, "client"),
            "--vertical",
            `--execute=${this.engine.words.status}`,
        ];
        const { stdout } = this.run(ordinal, this.engine.client, ["--no-defaults", ...login, ...vertical]);
        return new RegExp(`^ *${column}: (.*)`, "m").exec(stdout)?.[1] ?? "";
    }

    private client(ordinal: number, login: readonly string[], statement: string, database: string) {
        const [first, ...rest] = login[0]!.startsWith("--defaults-file") ? login : ["--no-defaults", ...login];
        const output = ["--batch", "--skip-column-names", "--raw"];
        return this.run(ordinal, this.engine.client, [first!, ...rest, ...output, ...(database ? [database] : [])], {
            input: statement,
        });
    }

    /** Runs the Job that makes databases and users. */
    access(databases: readonly PlannedDatabase[], users: readonly TestUser[]): void {
        const { member } = this.engine;
        const plan = {
            databases,
            users: users.map(({ name, password, reads = [], writes = [] }) => ({
                name,
                reads,
                writes,
                identified: member.identified(password, salt),
            })),
        };
        this.write(0, "access/accounts.sql", accountsSql(member.rights));
        this.write(0, "access/access.sql", accessSql(plan));
        this.write(0, "access/surplus.sql", surplusSql(plan));
        fs.chownSync(this.path(0, "access"), nobody, nobody);
        const { status, stderr } = this.script(0, "access.sh", { ACCESS: this.path(0, "access") });
        if (status !== 0) {
            throw new Error(stderr);
        }
    }

    /** Runs a script with a pod's server as the one that it is about. */
    script(ordinal: number, file: string, environment: NodeJS.ProcessEnv): SpawnSyncReturns<string> {
        return this.run(ordinal, "sh", [path.join(this.home, file)], {
            environment: { ADDRESS: this.host(ordinal), ...environment },
        });
    }

    /** An empty folder of the servers' user. */
    folder(name: string): string {
        const folder = fs.mkdtempSync(path.join(this.home, `${name}-`));
        fs.chownSync(folder, nobody, nobody);
        return folder;
    }

    /** Ends every process and takes everything away. */
    async remove(): Promise<void> {
        await this.children.end();
        await Promise.all([...this.servers.keys()].map((ordinal) => this.stop(ordinal, "SIGKILL")));
        this.authority.remove();
        fs.rmSync(this.home, { recursive: true, force: true });
    }
}
