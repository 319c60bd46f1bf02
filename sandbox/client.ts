import * as fs from "node:fs";
import * as https from "node:https";

import { parse } from "yaml";

/** A Kubernetes object as the API server returns it. */
export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: {
        name: string;
        namespace?: string;
        uid?: string;
        resourceVersion?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
        [key: string]: unknown;
    };
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the kind decides; callers know it
    [key: string]: any;
}

/** Something that happened to an object of a collection. */
export interface WatchEvent {
    type: "ADDED" | "MODIFIED" | "DELETED";
    object: KubernetesObject;
}

/** An answer of the API server that is no success. */
export class ApiError extends Error {
    override readonly name = "ApiError";
    constructor(
        /** HTTP status code. */
        readonly status: number,
        /** `reason` of the Status object, such as `NotFound`. */
        readonly reason: string,
        message: string,
    ) {
        super(message);
    }
}

interface Kubeconfig {
    clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
    users: { user: { "client-certificate-data": string; "client-key-data": string } }[];
}

/** Speaks to the API server of a sandbox, for tests and for the sandbox itself. */
export class SandboxClient {
    private readonly server: string;
    private readonly agent: https.Agent;

    /** @param kubeconfig text or path of a kubeconfig with a client certificate */
    constructor(kubeconfig: string) {
        const text = kubeconfig.includes("\n") ? kubeconfig : fs.readFileSync(kubeconfig, "utf8");
        const { clusters, users } = parse(text) as Kubeconfig;
        const { cluster } = clusters[0]!;
        const { user } = users[0]!;
        const decode = (data: string): Buffer => Buffer.from(data, "base64");
        this.server = cluster.server;
        this.agent = new https.Agent({
            ca: decode(cluster["certificate-authority-data"]),
            cert: decode(user["client-certificate-data"]),
            key: decode(user["client-key-data"]),
            keepAlive: true,
            // An idle connection must not keep a test process alive.
            timeout: 30_000,
        });
    }

    /**
     * Sends one request and returns the parsed answer.
     *
     * @param path such as `/api/v1/namespaces/default/pods`
     * @throws ApiError when the answer is no success
     */
    async request<T = KubernetesObject>(
        method: string,
        path: string,
        body?: unknown,
        contentType = "application/json",
    ): Promise<T> {
        const { status, text } = await this.send(method, path, body, contentType);
        if (status >= 300) {
            throw apiError(status, `${method} ${path}`, text);
        }
        return (text.startsWith("{") ? JSON.parse(text) : text) as T;
    }

    /** The object at a path, or undefined when there is none. */
    async get(path: string): Promise<KubernetesObject | undefined> {
        try {
            return await this.request("GET", path);
        } catch (error) {
            if (error instanceof ApiError && error.status === 404) {
                return undefined;
            }
            throw error;
        }
    }

    /** The objects of a collection. */
    async list(path: string): Promise<KubernetesObject[]> {
        return (await this.request<{ items: KubernetesObject[] }>("GET", path)).items;
    }

    /** The version that a collection has now, from which {@link eventsSince} goes on. */
    async versionOf(path: string): Promise<string> {
        return (await this.request<{ metadata: { resourceVersion: string } }>("GET", path)).metadata.resourceVersion;
    }

    /**
     * What has happened in a collection since it had a version, in the order in which it did.
     *
     * @throws Error when the API server no longer knows that version, which is some minutes old then
     */
    async eventsSince(path: string, version: string): Promise<WatchEvent[]> {
        const watch = new URL(path, this.server);
        // The server sends at once what it has; after a second it ends its answer.
        const query = { watch: "true", resourceVersion: version, timeoutSeconds: "1" };
        Object.entries(query).forEach(([name, value]) => watch.searchParams.set(name, value));
        const { status, text } = await this.send("GET", watch.pathname + watch.search, undefined, "");
        if (status >= 300) {
            throw apiError(status, `GET ${path}`, text);
        }
        const events = text
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line) as WatchEvent | { type: "ERROR"; object: { message: string } });
        return events.map((event) => {
            if (event.type === "ERROR") {
                throw new Error(`GET ${path}: ${event.object.message}`);
            }
            return event;
        });
    }

    /** Creates an object in the collection at a path. */
    async create(path: string, object: unknown): Promise<KubernetesObject> {
        return this.request("POST", path, object);
    }

    /** Changes an object by a JSON merge patch. */
    async patch(path: string, patch: unknown): Promise<KubernetesObject> {
        return this.request("PATCH", path, patch, "application/merge-patch+json");
    }

    /** Creates or changes the object at a path by server-side apply. */
    async apply(path: string, object: unknown, fieldManager = "kubernetes-faas-sandbox"): Promise<KubernetesObject> {
        const query = `?fieldManager=${fieldManager}&force=true`;
        return this.request("PATCH", path + query, object, "application/apply-patch+yaml");
    }

    /** Deletes the object at a path; none there is no error. */
    async delete(path: string): Promise<void> {
        try {
            await this.request("DELETE", path);
        } catch (error) {
            if (!(error instanceof ApiError && error.status === 404)) {
                throw error;
            }
        }
    }

    /** Closes idle connections. */
    close(): void {
        this.agent.destroy();
    }

    private send(
        method: string,
        path: string,
        body: unknown,
        contentType: string,
    ): Promise<{ status: number; text: string }> {
        return new Promise((resolve, reject) => {
            const request = https.request(
                new URL(path, this.server),
                {
                    method,
                    agent: this.agent,
                    headers: { Accept: "application/json", ...(body !== undefined && { "Content-Type": contentType }) },
                },
                (response) => {
                    const chunks: Buffer[] = [];
                    response
                        .on("data", (chunk: Buffer) => chunks.push(chunk))
                        .on("error", reject)
                        .on("end", () =>
                            resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString("utf8") }),
                        );
                },
            );
            request.on("timeout", () => request.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
            request.on("error", reject);
            request.end(body === undefined ? undefined : JSON.stringify(body));
        });
    }
}

function apiError(status: number, what: string, text: string): ApiError {
    let reason = "";
    let message = text.trim();
    try {
        const parsed = JSON.parse(text) as { reason?: string; message?: string };
        reason = parsed.reason ?? "";
        message = parsed.message ?? message;
    } catch {
        // Not every answer is a Status object.
    }
    return new ApiError(status, reason, `${what}: ${status} ${message}`);
}
