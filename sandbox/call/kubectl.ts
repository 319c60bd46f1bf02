import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import type { KubernetesObject } from "../client";
import { SandboxError } from "../tools/error";
import type { ObjectReader } from "./find";

/** Which cluster kubectl works with. */
export interface ClusterPlace {
    /** Path of a kubeconfig. @default what `KUBECONFIG` says, else `~/.kube/config` */
    kubeconfig?: string;
    /** @default the kubeconfig's current context */
    context?: string;
}

/** A local port that leads to a Service. */
export interface Forward {
    readonly port: number;
    stop(): Promise<void>;
}

/** How long a port-forward may take to be there, in milliseconds. */
const forwardTimeout = 30_000;

/** Works with any cluster as its user does: logins, proxies and plugins of a kubeconfig are kubectl's. */
export class Kubectl implements ObjectReader {
    private readonly file: string;
    private readonly options: readonly string[];

    /** @param command kubectl and the arguments that come first */
    constructor([file, ...first]: readonly string[], { kubeconfig, context }: ClusterPlace) {
        this.file = file!;
        this.options = [
            ...first,
            ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
            ...(context === undefined ? [] : ["--context", context]),
        ];
    }

    /** @throws SandboxError with what kubectl says, when the cluster does not answer or refuses. */
    async get(path: string): Promise<KubernetesObject | undefined> {
        try {
            const { stdout } = await promisify(execFile)(this.file, [...this.options, "get", "--raw", path], {
                maxBuffer: 256 * 1024 * 1024,
            });
            return JSON.parse(stdout) as KubernetesObject;
        } catch (error) {
            const { stderr, code } = error as { stderr?: string; code?: number | string };
            if (/\(NotFound\)|could not find the requested resource/.test(stderr ?? "")) {
                return undefined;
            }
            throw new SandboxError(
                code === "ENOENT"
                    ? "there is no kubectl on PATH, by which clusters are reached"
                    : `kubectl get --raw ${path} failed: ${stderr?.trim() || String(error)}`,
            );
        }
    }

    /**
     * Opens a local port that leads to a pod behind a Service.
     *
     * @throws SandboxError with what kubectl says, when no pod is ready or the cluster refuses.
     */
    async forward(namespace: string, service: string, port: number): Promise<Forward> {
        const words = ["port-forward", "--address", "127.0.0.1", "-n", namespace, `service/${service}`, `:${port}`];
        const child = spawn(this.file, [...this.options, ...words], { stdio: ["ignore", "pipe", "pipe"] });
        const ended = new Promise<void>((resolve) => {
            child.once("close", () => resolve());
            child.once("error", () => resolve());
        });
        const stop = (): Promise<void> => {
            child.kill();
            return ended;
        };
        let output = "";
        const local = new Promise<number>((resolve) => {
            const collect = (chunk: Buffer): void => {
                output += chunk.toString();
                const found = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
                if (found !== undefined) {
                    resolve(Number(found));
                }
            };
            child.stdout.on("data", collect);
            child.stderr.on("data", collect);
        });
        const timer = setTimeout(() => child.kill(), forwardTimeout);
        const found = await Promise.race([local, ended]);
        clearTimeout(timer);
        if (typeof found !== "number") {
            throw new SandboxError(`kubectl ${words.join(" ")} ended: ${output.trim() || "it said nothing"}`);
        }
        return { port: found, stop };
    }
}
