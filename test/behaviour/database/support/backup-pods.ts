import { type ChildProcess, spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { HardenedNamespace, StatefulDatabase, type StatefulDatabaseArgs } from "../../../../components";
import { fakeCluster, record, type RecordedResource } from "../../../../components/testing";
import { TestAuthority } from "../../ingress/support/certificates";
import { findPrograms, nobody, type Programs } from "./programs";
import { wrapPrograms } from "./wrapped-programs";

/** A volume of a pod, as far as backups have such. */
interface Volume {
    name: string;
    configMap?: { name: string };
    secret?: { secretName: string; items?: { key: string; path: string }[] };
}

interface Container {
    name: string;
    command: string[];
    env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
    volumeMounts: { name: string; mountPath: string }[];
}

interface PodSpec {
    initContainers?: Container[];
    containers: Container[];
    volumes: Volume[];
}

/** Objects that a database consists of, with their secret values. */
export class RenderedDatabase {
    private constructor(private readonly resources: readonly RecordedResource[]) {}

    /** What the component makes of arguments. */
    static async of(
        args: Omit<StatefulDatabaseArgs, "cluster" | "namespace" | "storage">,
        name = "orders",
    ): Promise<RenderedDatabase> {
        const { resources } = await record(() => {
            const cluster = fakeCluster();
            const data = new HardenedNamespace("data", { cluster });
            new StatefulDatabase(name, { cluster, namespace: data.name, storage: { size: "10Gi" }, ...args });
        });
        return new RenderedDatabase(resources);
    }

    /** Texts of a ConfigMap or Secret, by the object's name. */
    texts(objectName: string): Record<string, string> {
        const found = this.resources.find(
            ({ type, id }) => /:(ConfigMap|Secret)$/.test(type) && id?.split("/")[1] === objectName,
        );
        const { data, stringData } = (found?.inputs ?? {}) as Record<string, Record<string, string> | undefined>;
        return { ...data, ...stringData };
    }

    /** Texts of the ConfigMap or Secret with this logical name. */
    textsOf(logicalName: string): Record<string, string> {
        const found = this.resources.find(
            ({ type, name }) => /:(ConfigMap|Secret)$/.test(type) && name === logicalName,
        );
        return this.texts(found!.id!.split("/")[1]!);
    }

    /** The pods of the Job or CronJob with this logical name. */
    podSpec(name: string): PodSpec {
        const { spec } = this.resources.find(
            (resource) => /:(CronJob|Job)$/.test(resource.type) && resource.name === name,
        )!.inputs as { spec: { jobTemplate?: { spec: unknown } } };
        const job = (spec.jobTemplate?.spec ?? spec) as { template: { spec: PodSpec } };
        return job.template.spec;
    }
}

/** What became of a pod. */
export interface PodRun {
    /** Exit code of the container that ended last. */
    status: number | null;
    /** Name of that container. */
    container: string;
    /** All that the containers wrote. */
    output: string;
}

/** How a pod runs here. */
export interface PodOptions {
    /** Values that take the place of those of the containers' variables. */
    environment?: Record<string, string>;
    /** Files by folder of the container, in the place of those that the objects hold. */
    folders?: Record<string, string>;
    /** Changes the pod's work before a container starts. */
    meddle?: (container: string, work: string) => void;
}

/** rclone. */
export const findRclone = (): Promise<Programs | { missing: string }> =>
    findPrograms("rclone", {
        newest: { server: "rclone", packages: ["rclone"], folders: ["usr/bin"] },
        own: { server: "rclone", packages: ["rclone"], folders: ["usr/bin"] },
    });

/** Runs the pods that a database's Jobs would start, container by container, as processes of another user. */
export class PodRunner {
    private readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-pods-"));
    private runs = 0;

    constructor(private readonly programs: readonly Programs[]) {
        fs.chmodSync(this.home, 0o755);
    }

    async run(rendered: RenderedDatabase, job: string, options: PodOptions = {}): Promise<PodRun> {
        const spec = rendered.podSpec(job);
        const pod = path.join(this.home, `${++this.runs}`);
        const folders = this.makeFolders(pod, rendered, spec, options.folders ?? {});
        const run: PodRun = { status: 0, container: "", output: "" };
        for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
            run.container = container.name;
            options.meddle?.(container.name, folders["/backup"]!);
            run.status = await this.runContainer(rendered, container, folders, options, run);
            if (run.status !== 0) {
                break;
            }
        }
        fs.rmSync(pod, { recursive: true, force: true });
        return run;
    }

    private makeFolders(
        pod: string,
        rendered: RenderedDatabase,
        spec: PodSpec,
        given: Record<string, string>,
    ): Record<string, string> {
        const folders: Record<string, string> = {};
        for (const { name, mountPath } of [...(spec.initContainers ?? []), ...spec.containers].flatMap(
            ({ volumeMounts }) => volumeMounts,
        )) {
            if (mountPath === "/tmp" || folders[mountPath] !== undefined) {
                continue;
            }
            const { configMap, secret } = spec.volumes.find((volume) => volume.name === name)!;
            const folder = given[mountPath] ?? path.join(pod, name);
            folders[mountPath] = folder;
            if (given[mountPath] === undefined) {
                const texts = rendered.texts(configMap?.name ?? secret?.secretName ?? "");
                const items = secret?.items ?? Object.keys(texts).map((key) => ({ key, path: key }));
                writeFiles(folder, Object.fromEntries(items.map((item) => [item.path, texts[item.key]!])));
            }
        }
        return folders;
    }

    private async runContainer(
        rendered: RenderedDatabase,
        container: Container,
        folders: Record<string, string>,
        options: PodOptions,
        run: PodRun,
    ): Promise<number | null> {
        const here = (text: string): string =>
            text.replace(
                /(\/etc\/backup|\/run\/secrets\/\w+|\/backup)(?=\/|\s|"|$)/g,
                (folder) => folders[folder] ?? folder,
            );
        const variables = (container.env ?? []).map(({ name, value, valueFrom }): [string, string] => {
            const reference = valueFrom?.secretKeyRef;
            return [name, here(reference ? rendered.texts(reference.name)[reference.key]! : (value ?? ""))];
        });
        const [program, ...args] = container.command.map(here);
        const child = spawn(program!, args, {
            env: { ...this.environment, ...Object.fromEntries(variables), ...options.environment },
            cwd: "/",
            uid: nobody,
            gid: nobody,
            detached: true,
            stdio: ["ignore", "pipe", "pipe"],
        });
        const note = (chunk: Buffer): void => void (run.output += chunk.toString());
        child.stdout.on("data", note);
        child.stderr.on("data", note);
        const [status] = (await once(child, "close")) as [number | null];
        return status;
    }

    /** Programs, and what they need. */
    get environment(): Record<string, string> {
        return {
            ...Object.assign({}, ...this.programs.map(({ environment }) => environment)),
            PATH: [...this.programs.flatMap(({ folders }) => folders), process.env.PATH].join(":"),
            HOME: "/nonexistent",
        } as Record<string, string>;
    }

    /** Variables of pods that find scripts in the place of programs: see {@link wrapPrograms}. */
    wrapping(scripts: Readonly<Record<string, string>>): Record<string, string> {
        const folder = fs.mkdtempSync(path.join(this.home, "wrapped-"));
        const search = this.environment.PATH!;
        wrapPrograms(folder, scripts, search);
        return { PATH: [folder, search].join(":") };
    }

    remove(): void {
        fs.rmSync(this.home, { recursive: true, force: true });
    }
}

/** Files that only the pods' user may read. */
function writeFiles(folder: string, texts: Record<string, string>): void {
    for (const each of [path.dirname(folder), folder]) {
        fs.mkdirSync(each, { recursive: true });
        fs.chownSync(each, nobody, nobody);
    }
    for (const [file, text] of Object.entries(texts)) {
        fs.writeFileSync(path.join(folder, file), text, { mode: 0o600 });
        fs.chownSync(path.join(folder, file), nobody, nobody);
    }
}

/** A server of PostgreSQL with the configuration, the databases and the users that a rendered database has. */
export class BackupServer {
    /** Folder of the certificates. */
    readonly certificates: string;
    private readonly authority = new TestAuthority("backup");
    private readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-server-"));
    private server?: ChildProcess;

    constructor(
        private readonly runner: PodRunner,
        /** A loopback address. */
        readonly host: string,
        readonly port: number,
    ) {
        fs.chownSync(this.home, nobody, nobody);
        this.certificates = path.join(this.home, "certificates");
        const server = this.authority.issue("server", [host]);
        const files: Record<string, string> = {
            "ca.crt": this.authority.certificate,
            "server.crt": server.certificate,
            "server.key": server.privateKey,
        };
        for (const [key, commonName] of [
            ["client", "postgres"],
            ["backup", "backup"],
        ] as const) {
            const pair = this.authority.issue(commonName);
            files[`${key}.crt`] = pair.certificate;
            files[`${key}.key`] = pair.privateKey;
        }
        writeFiles(this.certificates, files);
        writeFiles(path.join(this.home, "run"), {});
    }

    /** Variables and folders of pods that go to this server. */
    get options(): PodOptions {
        return {
            environment: { ADDRESS: this.host, PORT: `${this.port}` },
            folders: { "/run/secrets/database": this.certificates },
        };
    }

    /** Starts an empty server, and makes its databases and users. */
    start(rendered: RenderedDatabase, name = "orders"): void {
        const config = rendered.textsOf(`${name}-config`);
        const data = path.join(this.home, "data");
        this.mustRun("initdb", [
            "-D",
            data,
            "-U",
            "postgres",
            "--auth=reject",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]);
        const text = config["postgresql.conf"]!.replaceAll("/run/secrets/postgresql", this.certificates)
            .replaceAll("/etc/postgresql", path.join(this.home, "settings"))
            .replaceAll("/var/run/postgresql", path.join(this.home, "run"));
        const own = `listen_addresses = '${this.host}'\nport = ${this.port}\nfsync = off\n`;
        writeFiles(path.join(this.home, "settings"), { ...config, "postgresql.conf": `${text}${own}` });
        const settings = path.join(this.home, "settings/postgresql.conf");
        this.server = spawn("postgres", ["-D", data, "-c", `config_file=${settings}`], {
            env: this.runner.environment,
            cwd: "/",
            uid: nobody,
            gid: nobody,
            stdio: "ignore",
        });
        const ready = `until pg_isready -q -h ${this.host} -p ${this.port}; do sleep 0.2; done`;
        this.mustRun("timeout", ["60", "sh", "-c", ready]);
        this.sql(rendered.textsOf(`${name}-access`)["access.sql"]!);
    }

    /** What SQL gives, as the superuser. Fails when it fails. */
    sql(statement: string, database = "postgres"): string {
        return this.mustRun(
            "psql",
            ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", this.conninfo(database)],
            statement,
        );
    }

    /** A connection string by a client's certificate. */
    conninfo(database: string, key: "client" | "backup" = "client"): string {
        const file = (name: string): string => path.join(this.certificates, name);
        const user = key === "client" ? "postgres" : "backup";
        return `host=${this.host} port=${this.port} user=${user} dbname=${database} sslmode=verify-full sslrootcert=${file("ca.crt")} sslcert=${file(`${key}.crt`)} sslkey=${file(`${key}.key`)}`;
    }

    /** Runs a program as the pods' user. */
    run(program: string, args: readonly string[], input?: string): SpawnSyncReturns<string> {
        return spawnSync(program, args, {
            env: this.runner.environment,
            cwd: "/",
            uid: nobody,
            gid: nobody,
            encoding: "utf8",
            input,
        });
    }

    private mustRun(program: string, args: readonly string[], input?: string): string {
        const { status, stdout, stderr } = this.run(program, args, input);
        if (status !== 0) {
            throw new Error(`${program} failed: ${stderr}`);
        }
        return stdout.trim();
    }

    /** Ends the server and takes everything away. */
    async remove(): Promise<void> {
        if (this.server?.exitCode === null) {
            const closed = once(this.server, "exit");
            this.server.kill("SIGQUIT");
            await closed;
        }
        this.authority.remove();
        fs.rmSync(this.home, { recursive: true, force: true });
    }
}
