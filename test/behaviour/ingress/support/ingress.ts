import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { Route, type RouteArgs, TraefikIngress, type TraefikIngressArgs } from "../../../../components";
import { fakeCluster, fakeService, record, type RecordedResource } from "../../../../components/testing";
import { buildModule } from "../../../../sandbox/tools/build";
import { traefikModule } from "../../../../sandbox/tools/modules";
import { freePort } from "../../../../sandbox/tools/ports";
import { type AccessRule, FakeApiServer, type StoredObject } from "./api-server";
import { TestAuthority } from "./certificates";
import { type Answer, call, type Call, callPlain } from "./client";
import { Upstream } from "./upstream";

/** The password of users who have a generated one, and its hash. */
export const password = "correct horse battery staple";
const passwordHash = "$2a$04$eBmssxj.O827amJNjMSWS.kH0.jBOjaYomD9X8m0q39ItojA0AgNa";

/** The file with the protections. */
const dynamicFile = "protections.yaml";

/** An ingress and its routes, all in the namespace `apps` unless they say otherwise. */
export interface Published {
    ingress?: Partial<TraefikIngressArgs>;
    /** By name; each is at `NAME.faas.localhost` unless it says otherwise, and asks for no login unless it names one. */
    routes: Record<string, Partial<RouteArgs>>;
    /** A call of the first route that is answered once all is in force. @default one from 127.0.0.1 */
    ready?: Partial<Call>;
}

interface StaticConfig {
    entryPoints: Record<string, { address: string }>;
    providers: { file: { directory: string } };
}

/** The real Traefik, as a process with the configuration, the rights and the objects that the components make. */
export class RunningIngress {
    private constructor(
        readonly api: FakeApiServer,
        private readonly authority: TestAuthority,
        private readonly upstream: Upstream,
        private readonly directory: string,
        private readonly ports: Record<"web" | "websecure" | "traefik", number>,
        private readonly process: ChildProcess,
    ) {}

    /** Starts it, and waits until its first route answers. */
    static async start(published: Published): Promise<RunningIngress> {
        const program = await buildModule(traefikModule, (line) => console.error(`traefik: ${line}`));
        const authority = new TestAuthority("behaviour tests");
        const resources = await evaluate(published, authority);
        const api = await FakeApiServer.start(accessRules(resources));
        const upstream = await Upstream.start();
        const ports = { web: await freePort(), websecure: await freePort(), traefik: await freePort() };
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-traefik-"));
        writeObjects(api, resources, upstream.port);
        placeFiles(directory, resources, ports);
        const process = run(program, directory, api.url);
        const running = new RunningIngress(api, authority, upstream, directory, ports, process);
        await running.settled({ host: Object.keys(published.routes)[0]!, path: "/settled", ...published.ready });
        return running;
    }

    /** Calls by https. A host without dots is one of the routes'. */
    call(request: Call): Promise<Answer> {
        const host = request.host.includes(".") ? request.host : `${request.host}.faas.localhost`;
        return call(this.ports.websecure, this.authority.certificate, { ...request, host });
    }

    /** The status alone. */
    async status(request: Call): Promise<number> {
        return (await this.call(request)).status;
    }

    /** Calls the port for plain http, or the one of metrics. */
    callPlain(entryPoint: "web" | "traefik", request: Call): Promise<Answer> {
        return callPlain(this.ports[entryPoint], request);
    }

    /** Changes files and objects to what another program makes of them, as `pulumi up` and then the kubelet would. */
    async update(published: Published): Promise<void> {
        const resources = await evaluate(published, this.authority);
        writeObjects(this.api, resources, this.upstream.port);
        this.placeProtections(fileOf(resources, dynamicFile));
    }

    /** Changes the file with the protections to any text. */
    placeProtections(text: string): void {
        placeDynamic(this.directory, text);
    }

    /** Where the service behind listens. */
    get upstreamPort(): number {
        return this.upstream.port;
    }

    /** All that Traefik has written. */
    get log(): string {
        return fs.readFileSync(path.join(this.directory, "log"), "utf8");
    }

    /** The lines of the access log. */
    get accessLog(): Record<string, unknown>[] {
        const lines = this.log.split("\n").filter((line) => line.includes('"RequestMethod"'));
        return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    }

    /** Ends it as the kubelet would, and returns its exit code once it has ended. */
    async terminate(): Promise<number | null> {
        const ended = new Promise<number | null>((resolve) => this.process.once("exit", resolve));
        this.process.kill("SIGTERM");
        return ended;
    }

    get isRunning(): boolean {
        return this.process.exitCode === null && this.process.signalCode === null;
    }

    async stop(): Promise<void> {
        if (this.isRunning) {
            const ended = new Promise((resolve) => this.process.once("exit", resolve));
            this.process.kill("SIGKILL");
            await ended;
        }
        await this.api.stop();
        await this.upstream.stop();
        this.authority.remove();
        fs.rmSync(this.directory, { recursive: true, force: true });
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

/** A handshake that fails for want of a client's certificate is an answer, too; an unknown certificate is none. */
function onlyAlerts(error: NodeJS.ErrnoException): undefined {
    if (!error.code?.startsWith("ERR_SSL_")) {
        throw error;
    }
}

/** Repeats a check until it no longer throws. */
export async function eventually<T>(check: () => Promise<T>, timeout = 30_000): Promise<T> {
    const deadline = Date.now() + timeout;
    for (;;) {
        try {
            return await check();
        } catch (error) {
            if (Date.now() > deadline) {
                throw error;
            }
        }
        await sleep(100);
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

/** The files that the pod would have, with addresses and paths of this machine. */
function placeFiles(directory: string, resources: readonly RecordedResource[], ports: Record<string, number>): void {
    const config = parse(fileOf(resources, "traefik.yaml")) as StaticConfig;
    for (const [name, entryPoint] of Object.entries(config.entryPoints)) {
        entryPoint.address = `127.0.0.1:${ports[name]}`;
    }
    config.providers.file.directory = path.join(directory, "dynamic");
    fs.writeFileSync(path.join(directory, "traefik.yaml"), stringify(config));
    fs.mkdirSync(config.providers.file.directory);
    placeDynamic(directory, fileOf(resources, dynamicFile));
}

/** As the kubelet does it: a new directory, to which a link is then turned. */
function placeDynamic(directory: string, text: string): void {
    const mount = path.join(directory, "dynamic");
    const version = fs.mkdtempSync(path.join(mount, "..version_"));
    fs.writeFileSync(path.join(version, dynamicFile), text, { mode: 0o600 });
    const link = path.join(mount, "..data");
    const before = fs.existsSync(link) ? fs.readlinkSync(link) : undefined;
    fs.symlinkSync(path.basename(version), `${link}_tmp`);
    fs.renameSync(`${link}_tmp`, link);
    if (before === undefined) {
        fs.symlinkSync(path.join("..data", dynamicFile), path.join(mount, dynamicFile));
    } else {
        fs.rmSync(path.join(mount, before), { recursive: true });
    }
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

function run(program: string, directory: string, api: string): ChildProcess {
    const kubeconfig = path.join(directory, "kubeconfig");
    const context = { name: "test", context: { cluster: "test", user: "test" } };
    const cluster = { name: "test", cluster: { server: api } };
    const users = [{ name: "test", user: {} }];
    fs.writeFileSync(
        kubeconfig,
        stringify({
            apiVersion: "v1",
            kind: "Config",
            clusters: [cluster],
            contexts: [context],
            users,
            "current-context": "test",
        }),
    );
    const log = fs.openSync(path.join(directory, "log"), "a");
    const child = spawn(program, [`--configFile=${path.join(directory, "traefik.yaml")}`], {
        env: { HOME: directory, TMPDIR: directory, KUBECONFIG: kubeconfig },
        stdio: ["ignore", log, log],
    });
    fs.closeSync(log);
    return child;
}
