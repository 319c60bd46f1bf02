import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { ServerPlace } from "../../../../components/database/engine";
import { mongodb } from "../../../../components/database/mongodb/engine";
import type { Run } from "./postgresql-pods";

const askMembers = path.resolve(__dirname, "../../../../components/database/mongodb/ask-members.js");

/**
 * Programs by the names of MongoDB's, which no registry of packages offers: they note how they are called and do as much of
 * what the real ones do as `prepare.sh` relies on. That the real ones do it, they can't prove.
 */
const stubs = {
    /** Keeps "data" in its folder, "listens" by a file at the socket's path, and ends cleanly when it is asked to. */
    mongod: `
        const value = (name) => args[args.indexOf(name) + 1];
        const data = value("--dbpath");
        if (behaviour.dies) process.exit(14);
        fs.writeFileSync(data + "/WiredTiger", "");
        const listen = setInterval(() => {
            if (!fs.existsSync(home + "/hold-start")) {
                fs.writeFileSync(value("--bind_ip"), data);
                clearInterval(listen);
            }
        }, 20);
        const stay = setInterval(() => {}, 1000);
        process.on("SIGTERM", () => setInterval(() => {
            if (!fs.existsSync(home + "/hold-stop")) {
                fs.writeFileSync(data + "/clean", "");
                process.exit(behaviour.unclean ? 1 : 0);
            }
        }, 20));`,
    /** Evaluates the script that it is given, with a database behind the socket, or with members that answer. */
    mongosh: `
        const code = args[args.indexOf("--eval") + 1];
        if (args.includes("--nodb")) {
            const connect = async (uri) => ({
                runCommand: async () => {
                    const { host } = new URL(uri.replace("mongodb:", "http:"));
                    if (behaviour.members?.includes(host)) return { setName: "rs0" };
                    if (behaviour.newPods?.includes(host)) return {};
                    throw new Error("connect ECONNREFUSED " + host);
                },
            });
            new Function("require", "connect", code)(require, connect);
        } else {
            const [, host] = args.find((each) => each.startsWith("mongodb:")).split(/\\/+/);
            const data = fs.readFileSync(decodeURIComponent(host), "utf8");
            const database = (name) => ({
                adminCommand: () => ({ ok: 1 }),
                getSiblingDB: database,
                runCommand: (command) => fs.appendFileSync(data + "/commands", name + " " + JSON.stringify(command)),
            });
            new Function("db", code)(database("admin"));
        }`,
    /** Takes as long as there is something to wait for. */
    sync: `
        const wait = setInterval(() => {
            if (!fs.existsSync(home + "/hold-sync")) clearInterval(wait);
        }, 20);`,
};

const known = { memory: "1Gi", settings: {} };

/** The stub of the server, for other scripts than `prepare.sh`. */
export const mongodStub = stubs.mongod;

/** How the stubs behave. */
interface StubBehaviour {
    /** The server ends at its start, as without AVX. */
    dies?: boolean;
    /** The server does not end as it should. */
    unclean?: boolean;
    /** Hosts of pods that are members of a set. */
    members?: string[];
    /** The version of the server. @default 8.0 */
    version?: "7.0" | "8.0";
    /** Hosts of pods that run and belong to no set. */
    newPods?: string[];
}

/** The init container of a pod, with stubs for the server and its shell. */
export class PreparedPod {
    readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-mongodb-"));
    private running?: ChildProcess;

    constructor(private readonly ordinal: number) {
        for (const folder of ["bin", "settings", "certificates", "run", "volume"]) {
            fs.mkdirSync(path.join(this.home, folder));
        }
        fs.copyFileSync(askMembers, path.join(this.home, "settings/ask-members.js"));
        const script = mongodb.files(known as ServerPlace)["prepare.sh"] as string;
        fs.writeFileSync(path.join(this.home, "settings/prepare.sh"), script);
        for (const [program, body] of Object.entries(stubs)) {
            const head = [
                `#!${process.execPath}`,
                'const fs = require("node:fs");',
                "const args = process.argv.slice(2);",
                `const home = ${JSON.stringify(this.home)};`,
                "const behaviour = JSON.parse(process.env.STUB_BEHAVIOUR);",
                `fs.appendFileSync(home + "/calls", JSON.stringify(["${program}", ...args]) + "\\n");`,
            ];
            fs.writeFileSync(path.join(this.home, "bin", program), [...head, body].join("\n"), { mode: 0o755 });
        }
        for (const file of ["ca.crt", "server.crt", "server.key", "monitor.crt", "monitor.key", "keyfile"]) {
            // As a Secret's files are in a pod.
            fs.writeFileSync(path.join(this.home, "certificates", file), `content of ${file}\n`, { mode: 0o440 });
        }
    }

    path(...rest: string[]): string {
        return path.join(this.home, ...rest);
    }

    /** The server's data. */
    get data(): string {
        return this.path("volume", "data");
    }

    /** Which version was let at the data last. */
    get note(): string {
        return fs.readFileSync(this.path("volume", "written-by"), "utf8");
    }

    /** Every call of a program, with its arguments. */
    get calls(): string[][] {
        return fs.existsSync(this.path("calls"))
            ? fs
                  .readFileSync(this.path("calls"), "utf8")
                  .trim()
                  .split("\n")
                  .map((line) => JSON.parse(line) as string[])
            : [];
    }

    /** Starts the script; the process group can be ended as a whole. */
    spawn({ version = "8.0", ...behaviour }: StubBehaviour = {}): ChildProcess {
        const takesOver = mongodb.upgradesFrom![version];
        this.running = spawn("sh", [this.path("settings/prepare.sh")], {
            env: {
                PATH: `${this.path("bin")}:${process.env.PATH}`,
                POD_NAME: `carts-${this.ordinal}`,
                POD_HOST: "carts-%s.carts-headless.data.svc",
                DATA: this.data,
                PORT: "27017",
                SETTINGS: this.path("settings"),
                CERTIFICATES: this.path("certificates"),
                RUN: this.path("run"),
                ADMINISTRATOR: "CN=admin",
                RELEASE: version,
                ...(takesOver && { TAKES_OVER: takesOver.join(" ") }),
                STUB_BEHAVIOUR: JSON.stringify(behaviour),
            },
            detached: true,
            stdio: ["ignore", "pipe", "pipe"],
        });
        return this.running;
    }

    /** Runs the script to its end. */
    async prepare(behaviour: StubBehaviour = {}): Promise<Run> {
        const child = this.spawn(behaviour);
        let output = "";
        child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
        child.stderr!.on("data", (chunk: Buffer) => (output += chunk.toString()));
        const [status] = (await once(child, "close")) as [number | null];
        return { status, output };
    }

    /** Ends what runs still, and takes everything away. */
    remove(): void {
        if (this.running?.exitCode === null && this.running.signalCode === null) {
            process.kill(-this.running.pid!, "SIGKILL");
        }
        fs.rmSync(this.home, { recursive: true, force: true });
    }
}
