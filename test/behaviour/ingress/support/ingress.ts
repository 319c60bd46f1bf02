import { stringify } from "yaml";
import { Route, type RouteArgs, TraefikIngress, type TraefikIngressArgs } from "../../../../components";
import { fakeCluster, fakeService, record, type RecordedResource } from "../../../../components/testing";
import { eventually } from "../../../support/eventually";
import { type AccessRule, FakeApiServer, type StoredObject } from "./api-server";
import { TestAuthority } from "./certificates";
import type { Answer, Call } from "./client";
import { dynamicFile, TraefikProcess } from "./traefik-process";
import { Upstream } from "./upstream";

/** The password of users who have a generated one, and its hash. */
export const password = "correct horse battery staple";
const passwordHash = "$2a$04$eBmssxj.O827amJNjMSWS.kH0.jBOjaYomD9X8m0q39ItojA0AgNa";

/** An ingress and its routes, all in the namespace `apps` unless they say otherwise. */
export interface Published {
    ingress?: Partial<TraefikIngressArgs>;
    /** By name; each is at `NAME.faas.localhost` unless it says otherwise, and asks for no login unless it names one. */
    routes: Record<string, Partial<RouteArgs>>;
    /** The ports of this machine at which logins by OIDC listen, by their protections. @default none do */
    logins?: Record<string, number>;
    /** A call of the first route that is answered once all is in force. @default one from 127.0.0.1 */
    ready?: Partial<Call>;
}

/** The real Traefik with the configuration, the rights and the objects that the components make. */
export class RunningIngress {
    private constructor(
        readonly api: FakeApiServer,
        private readonly authority: TestAuthority,
        private readonly upstream: Upstream,
        private readonly traefik: TraefikProcess,
        private readonly resources: readonly RecordedResource[],
    ) {}

    /** Starts it, and waits until its first route answers. */
    static async start(published: Published): Promise<RunningIngress> {
        const authority = new TestAuthority("behaviour tests");
        const resources = await evaluate(published, authority);
        const api = await FakeApiServer.start(accessRules(resources));
        const upstream = await Upstream.start();
        writeObjects(api, resources, upstream.port);
        const traefik = await TraefikProcess.start({
            staticConfig: fileOf(resources, "traefik.yaml"),
            protections: protectionsFile(resources, published),
            kubeconfig: kubeconfigFor(api),
        });
        const running = new RunningIngress(api, authority, upstream, traefik, resources);
        try {
            await running.settled({ host: Object.keys(published.routes)[0]!, path: "/settled", ...published.ready });
        } catch (error) {
            await running.stop();
            throw error;
        }
        return running;
    }

    /** Calls by https. A host without dots is one of the routes'. */
    call(request: Call): Promise<Answer> {
        return this.traefik.call(this.authority.certificate, { ...request, host: hostOf(request) });
    }

    /** The status alone, by HTTP/2. */
    statusOverHttp2(request: Call): Promise<number> {
        return this.traefik.statusOverHttp2(this.authority.certificate, { ...request, host: hostOf(request) });
    }

    /** The status alone. */
    async status(request: Call): Promise<number> {
        return (await this.call(request)).status;
    }

    /** Calls the port for plain http, or the one of metrics. */
    callPlain(entryPoint: "web" | "traefik", request: Call): Promise<Answer> {
        return this.traefik.callPlain(entryPoint, request);
    }

    /** Changes files and objects to what another program makes of them, as `pulumi up` and then the kubelet would. */
    async update(published: Published): Promise<void> {
        const resources = await evaluate(published, this.authority);
        writeObjects(this.api, resources, this.upstream.port);
        this.placeProtections(protectionsFile(resources, published));
    }

    /** The files that the pods of a login by OIDC are given, by their paths. */
    loginFiles(protection: string): Record<string, string> {
        const filesOf = (suffix: string): Record<string, string> => {
            const { inputs } = this.resources.find(({ name }) => name === `traefik-oauth2-${protection}-${suffix}`)!;
            return (inputs.data ?? inputs.stringData) as Record<string, string>;
        };
        const placed = (folder: string, files: Record<string, string>): [string, string][] =>
            Object.entries(files).map(([file, text]) => [`/etc/oauth2-proxy/${folder}/${file}`, text]);
        return Object.fromEntries([...placed("config", filesOf("config")), ...placed("secrets", filesOf("secret"))]);
    }

    /** Changes the file with the protections to any text. */
    placeProtections(text: string): void {
        this.traefik.placeProtections(text);
    }

    /** Where the service behind listens. */
    get upstreamPort(): number {
        return this.upstream.port;
    }

    /** All that Traefik has written. */
    get log(): string {
        return this.traefik.log;
    }

    /** The lines of the access log. */
    get accessLog(): Record<string, unknown>[] {
        const lines = this.log.split("\n").filter((line) => line.includes('"RequestMethod"'));
        return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    }

    /** Ends it as the kubelet would, and returns its exit code once it has ended. */
    terminate(): Promise<number | null> {
        return this.traefik.terminate();
    }

    get isRunning(): boolean {
        return this.traefik.isRunning;
    }

    async stop(): Promise<void> {
        await this.traefik.stop();
        await this.api.stop();
        await this.upstream.stop();
        this.authority.remove();
    }

    private async settled(request: Call): Promise<void> {
        await eventually(async () => {
            if (!this.isRunning) {
                throw new Error(`Traefik has ended:\n${this.log}`);
            }
            const answer = await this.call(request).catch(onlyAlerts);
            if (answer?.status === 404) {
                throw new Error(`${request.host} is not served yet:\n${this.log}`);
            }
        });
    }
}

function hostOf({ host }: Call): string {
    return host.includes(".") ? host : `${host}.faas.localhost`;
}

function kubeconfigFor(api: FakeApiServer): string {
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "test", cluster: { server: api.url } }],
        contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
        users: [{ name: "test", user: {} }],
        "current-context": "test",
    });
}

/** A handshake that fails for want of a client's certificate is an answer, too; an unknown certificate is none. */
function onlyAlerts(error: NodeJS.ErrnoException): undefined {
    if (!error.code?.startsWith("ERR_SSL_")) {
        throw error;
    }
}

const serverPairs = new WeakMap<TestAuthority, ReturnType<TestAuthority["issue"]>>();

async function evaluate(published: Published, authority: TestAuthority): Promise<readonly RecordedResource[]> {
    const pair = serverPairs.get(authority) ?? authority.issue("ingress", ["faas.localhost", "*.faas.localhost"]);
    serverPairs.set(authority, pair);
    const made: Record<string, object> = {
        "random:index/randomPassword:RandomPassword": { result: password, bcryptHash: passwordHash },
        "tls:index/locallySignedCert:LocallySignedCert": { certPem: pair.certificate },
        "tls:index/privateKey:PrivateKey": { privateKeyPem: pair.privateKey, privateKeyPemPkcs8: pair.privateKey },
    };
    const { resources } = await record(() => program(published), {
        outputs: ({ type }) => made[type] as Record<string, unknown> | undefined,
    });
    return resources;
}

function program({ ingress, routes }: Published): void {
    const cluster = fakeCluster();
    const { gateway } = new TraefikIngress("traefik", { cluster, ...ingress });
    for (const [name, args] of Object.entries(routes)) {
        const service = fakeService({ namespace: "apps", service: name });
        new Route(name, { cluster, gateway, service, insecureWithoutLogin: true, ...args });
    }
}

/** The rights of the Roles and ClusterRoles that are made. */
function accessRules(resources: readonly RecordedResource[]): AccessRule[] {
    return resources.flatMap(({ type, inputs }) => {
        const rules = inputs.rules as AccessRule[] | undefined;
        if (type === "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole") {
            return rules!;
        }
        return type === "kubernetes:rbac.authorization.k8s.io/v1:Role"
            ? rules!.map((rule) => ({ ...rule, namespace: inputs.metadata.namespace as string }))
            : [];
    });
}

/** What Traefik looks at, with pods behind every service that is routed to. */
function writeObjects(api: FakeApiServer, resources: readonly RecordedResource[], upstreamPort: number): void {
    const kinds = ["IngressClass", "Ingress", "Service", "Secret"];
    const wanted = resources.filter(
        ({ type, inputs }) => type.startsWith("kubernetes:") && kinds.includes(inputs.kind as string),
    );
    for (const { inputs } of wanted) {
        const { stringData = {}, ...object } = inputs as StoredObject & { stringData?: Record<string, string> };
        const data = Object.fromEntries(
            Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
        );
        api.put(object.kind === "Secret" ? { ...object, data } : object);
        if (object.kind === "Ingress") {
            servicesOf(object).forEach((service) =>
                serve(api, object.metadata.namespace!, service.name, service.port.number, [upstreamPort]),
            );
        }
    }
}

interface Backend {
    name: string;
    port: { number: number };
}

function servicesOf({ spec }: StoredObject): Backend[] {
    const { rules } = spec as { rules: { http?: { paths: { backend: { service: Backend } }[] } }[] };
    return rules.flatMap(({ http }) => http?.paths ?? []).map(({ backend }) => backend.service);
}

/** A Service with pods that listen on these ports of this machine, the first at 127.0.0.1, the next at 127.0.0.2. */
export function serve(api: FakeApiServer, namespace: string, name: string, port: number, targets: number[]): void {
    api.put({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace },
        spec: { type: "ClusterIP", ports: [{ name: "http", port, protocol: "TCP" }] },
    });
    targets.forEach((target, index) =>
        api.put({
            apiVersion: "discovery.k8s.io/v1",
            kind: "EndpointSlice",
            metadata: { name: `${name}-${index}`, namespace, labels: { "kubernetes.io/service-name": name } },
            addressType: "IPv4",
            ports: [{ name: "http", port: target, protocol: "TCP" }],
            endpoints: [{ addresses: [`127.0.0.${index + 1}`], conditions: { ready: true, serving: true } }],
        }),
    );
}

/** The protections, with logins at ports of this machine instead of those of pods. */
function protectionsFile(resources: readonly RecordedResource[], { logins = {} }: Published): string {
    return fileOf(resources, dynamicFile).replaceAll(
        /http:\/\/traefik-oauth2-([-a-z]+)\.traefik\.svc:4180/g,
        (_url, protection: string) => `http://127.0.0.1:${logins[protection]}`,
    );
}

function fileOf(resources: readonly RecordedResource[], name: string): string {
    const contents = resources.flatMap(({ inputs }) => {
        const data = (inputs.data ?? inputs.stringData) as Record<string, string> | undefined;
        return data?.[name] ?? [];
    });
    if (contents.length !== 1) {
        throw new Error(`there are ${contents.length} files ${name}`);
    }
    return contents[0]!;
}
