import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** An object as the API server keeps it. */
export interface StoredObject {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string; resourceVersion?: string; [field: string]: unknown };
    [field: string]: unknown;
}

/** A rule of a Role or ClusterRole, and where it holds: everywhere without a namespace. */
export interface AccessRule {
    namespace?: string;
    apiGroups?: string[];
    resources?: string[];
    verbs: string[];
}

/** What a request asks for. */
interface Target {
    group: string;
    resource: string;
    namespace?: string;
    name?: string;
    subresource?: string;
}

const plurals: Record<string, string> = {
    EndpointSlice: "endpointslices",
    Ingress: "ingresses",
    IngressClass: "ingressclasses",
    Node: "nodes",
    Secret: "secrets",
    Service: "services",
};

/**
 * As much of an API server as a controller needs that lists, watches and writes statuses, with the rights that it has:
 * everything else is forbidden. A real one can't be used here, since it takes no loopback addresses for endpoints.
 */
export class FakeApiServer {
    /** What was asked for without the right to it. */
    readonly forbidden: string[] = [];
    /** What was written last, as `ingresses/status NAMESPACE/NAME`. */
    readonly written = new Map<string, Buffer>();
    private readonly objects = new Map<string, StoredObject>();
    private readonly watches = new Set<{ target: Target; response: http.ServerResponse }>();
    private version = 1;

    private constructor(
        private readonly server: http.Server,
        private readonly rules: readonly AccessRule[],
    ) {}

    static async start(rules: readonly AccessRule[]): Promise<FakeApiServer> {
        const server = http.createServer();
        const api = new FakeApiServer(server, rules);
        server.on("request", (request, response) => void api.answer(request, response));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return api;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    /** Creates or changes an object, and tells those who watch. */
    put(object: StoredObject): void {
        const key = keyOf(object);
        const stored = { ...object, metadata: { uid: key, ...object.metadata, resourceVersion: `${++this.version}` } };
        const type = this.objects.has(key) ? "MODIFIED" : "ADDED";
        this.objects.set(key, stored);
        this.tell(type, stored);
    }

    get(kind: string, namespace: string | undefined, name: string): StoredObject | undefined {
        return this.objects.get(keyOf({ apiVersion: "", kind, metadata: { name, namespace } }));
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }

    private tell(type: string, object: StoredObject): void {
        for (const { target, response } of this.watches) {
            if (matches(target, object)) {
                response.write(`${JSON.stringify({ type, object })}\n`);
            }
        }
    }

    private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
        const url = new URL(request.url!, this.url);
        const target = parseTarget(url.pathname);
        if (!target) {
            return reply(response, 404, status(404, "NotFound"));
        }
        const watch = url.searchParams.get("watch") === "true" || url.searchParams.get("watch") === "1";
        const verb = request.method === "PUT" ? "update" : watch ? "watch" : target.name ? "get" : "list";
        if (!this.allows(verb, target)) {
            this.forbidden.push(`${verb} ${target.resource}${target.subresource ? `/${target.subresource}` : ""}`);
            return reply(response, 403, status(403, "Forbidden"));
        }
        if (verb === "update") {
            return this.update(request, response, target);
        }
        return verb === "watch" ? this.watch(url, response, target) : this.list(response, target);
    }

    private allows(verb: string, { group, resource, subresource, namespace }: Target): boolean {
        const full = subresource ? `${resource}/${subresource}` : resource;
        return this.rules.some(
            (rule) =>
                rule.verbs.includes(verb) &&
                rule.apiGroups?.includes(group) &&
                rule.resources?.includes(full) &&
                (rule.namespace === undefined || rule.namespace === namespace),
        );
    }

    /** Takes what is written for granted: clients send it in Kubernetes' binary form, in which texts stay readable. */
    private async update(request: http.IncomingMessage, response: http.ServerResponse, target: Target): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk as Buffer);
        }
        const [stored] = this.matching(target);
        if (!stored) {
            return reply(response, 404, status(404, "NotFound"));
        }
        this.written.set(
            `${target.resource}/${target.subresource} ${target.namespace}/${target.name}`,
            Buffer.concat(chunks),
        );
        reply(response, 200, stored);
    }

    private list(response: http.ServerResponse, target: Target): void {
        const items = this.matching(target);
        const kind = Object.keys(plurals).find((each) => plurals[each] === target.resource)!;
        const apiVersion = target.group === "" ? "v1" : `${target.group}/v1`;
        reply(response, 200, {
            apiVersion,
            kind: `${kind}List`,
            metadata: { resourceVersion: `${this.version}` },
            items,
        });
    }

    private watch(url: URL, response: http.ServerResponse, target: Target): void {
        response.writeHead(200, { "content-type": "application/json" });
        response.flushHeaders();
        const watch = { target, response };
        this.watches.add(watch);
        response.on("close", () => this.watches.delete(watch));
        if (url.searchParams.get("sendInitialEvents") === "true") {
            this.matching(target).forEach((object) => response.write(`${JSON.stringify({ type: "ADDED", object })}\n`));
            const kind = Object.keys(plurals).find((each) => plurals[each] === target.resource)!;
            const object = {
                apiVersion: target.group === "" ? "v1" : `${target.group}/v1`,
                kind,
                metadata: {
                    resourceVersion: `${this.version}`,
                    annotations: { "k8s.io/initial-events-end": "true" },
                },
            };
            response.write(`${JSON.stringify({ type: "BOOKMARK", object })}\n`);
        }
    }

    private matching(target: Target): StoredObject[] {
        return [...this.objects.values()].filter((object) => matches(target, object));
    }
}

function keyOf({ kind, metadata }: StoredObject): string {
    return `${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
}

function matches(target: Target, { kind, metadata }: StoredObject): boolean {
    return (
        plurals[kind] === target.resource &&
        (target.namespace === undefined || target.namespace === metadata.namespace) &&
        (target.name === undefined || target.name === metadata.name)
    );
}

function parseTarget(path: string): Target | undefined {
    const parts = path.split("/").filter(Boolean);
    const group = parts[0] === "api" ? "" : parts[1]!;
    const rest = parts.slice(parts[0] === "api" ? 2 : 3);
    const namespace = rest[0] === "namespaces" && rest.length > 2 ? rest[1] : undefined;
    const [resource, name, subresource] = namespace === undefined ? rest : rest.slice(2);
    return resource !== undefined && Object.values(plurals).includes(resource)
        ? { group, resource, namespace, name, subresource }
        : undefined;
}

function status(code: number, reason: string): object {
    return { apiVersion: "v1", kind: "Status", status: "Failure", code, reason, message: reason };
}

function reply(response: http.ServerResponse, code: number, body: object): void {
    response.writeHead(code, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
}
