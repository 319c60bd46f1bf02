import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as semver from "semver";
import { images } from "../../../../components";
import { cached } from "../../../../sandbox/tools/cache";
import { downloadAll, isReachable, type Release } from "../../../../sandbox/tools/download";
import { freePort } from "../../../../sandbox/tools/ports";
import { eventually } from "../../../support/eventually";
import { callPlain } from "./client";

const version = images["oauth2-proxy"].tag;

/** The official release for this machine. https://github.com/oauth2-proxy/oauth2-proxy/blob/v7.15.3/dist.sh */
function release(): Release {
    const name = `oauth2-proxy-${version}.${process.platform}-${process.arch.replace("x64", "amd64")}`;
    const url = `https://github.com/oauth2-proxy/oauth2-proxy/releases/download/${version}/${name}.tar.gz`;
    return { name: "oauth2-proxy", url, checksums: `${url}-sha256sum.txt`, member: `${name}/oauth2-proxy` };
}

/**
 * The oauth2-proxy on PATH, else its official release; or why there is none. It is no package of a registry that it
 * could be built from.
 */
export async function findOAuth2Proxy(): Promise<{ program: string } | { missing: string }> {
    const { stdout } = spawnSync("oauth2-proxy", ["--version"], { encoding: "utf8" });
    const found = /v(\d+\.\d+\.\d+)/.exec(stdout ?? "")?.[1];
    if (found !== undefined && semver.satisfies(found, "^7.15.2")) {
        return { program: "oauth2-proxy" };
    }
    const wanted = release();
    if (!(await isReachable(wanted.url))) {
        return { missing: `there is no oauth2-proxy ^7.15.2 on PATH, and ${new URL(wanted.url).host} is out of reach` };
    }
    const directory = await cached(
        "oauth2-proxy",
        version,
        (line) => console.error(`oauth2-proxy: ${line}`),
        (into) => downloadAll([wanted], into, (line) => console.error(`oauth2-proxy: ${line}`)),
    );
    return { program: path.join(directory, wanted.name) };
}

/** The files of the pod by the paths at which they are mounted. */
export type PodFiles = Record<string, string>;

/** The real oauth2-proxy as a process of this machine: only addresses and paths are other ones than in its pod. */
export class OAuth2ProxyProcess {
    private constructor(
        private readonly directory: string,
        private readonly metricsPort: number,
        private readonly process: ChildProcess,
    ) {}

    /** Starts it with the files of its pod, at a port of this machine. */
    static async start(program: string, files: PodFiles, port: number): Promise<OAuth2ProxyProcess> {
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-oauth2-proxy-"));
        const metricsPort = await freePort();
        for (const [file, text] of Object.entries(files)) {
            const local = path.join(directory, file);
            fs.mkdirSync(path.dirname(local), { recursive: true });
            fs.writeFileSync(local, onThisMachine(text, directory, port, metricsPort), { mode: 0o600 });
        }
        const log = fs.openSync(path.join(directory, "log"), "a");
        const config = path.join(
            directory,
            Object.keys(files).find((file) => file.endsWith(".cfg"))!,
        );
        const child = spawn(program, [`--config=${config}`], { stdio: ["ignore", log, log] });
        fs.closeSync(log);
        const running = new OAuth2ProxyProcess(directory, metricsPort, child);
        try {
            await running.ready(port);
        } catch (error) {
            await running.stop();
            throw error;
        }
        return running;
    }

    /** What Prometheus reads. */
    async metrics(): Promise<string> {
        return (await callPlain(this.metricsPort, { host: "localhost", path: "/metrics" })).text;
    }

    /** All that it has written. */
    get log(): string {
        return fs.readFileSync(path.join(this.directory, "log"), "utf8");
    }

    /** Ends it; its files are removed. */
    async stop(): Promise<void> {
        if (this.process.exitCode === null && this.process.signalCode === null) {
            const ended = new Promise((resolve) => this.process.once("exit", resolve));
            this.process.kill("SIGKILL");
            await ended;
        }
        fs.rmSync(this.directory, { recursive: true, force: true });
    }

    private async ready(port: number): Promise<void> {
        await eventually(async () => {
            if (this.process.exitCode !== null) {
                throw new Error(`oauth2-proxy has ended:\n${this.log}`);
            }
            const { status } = await callPlain(port, { host: "localhost", path: "/ready" });
            if (status !== 200) {
                throw new Error(`oauth2-proxy is not ready (${status}):\n${this.log}`);
            }
        });
    }
}

function onThisMachine(text: string, directory: string, port: number, metricsPort: number): string {
    return text
        .replaceAll("/etc/oauth2-proxy/", `${directory}/etc/oauth2-proxy/`)
        .replace("0.0.0.0:4180", `127.0.0.1:${port}`)
        .replace("0.0.0.0:44180", `127.0.0.1:${metricsPort}`);
}
