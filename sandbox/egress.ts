/**
 * The way from the API server into the cluster network, which has nothing in it: a process that connects what the API
 * server dials at a Service, for a webhook, an aggregated API or a proxied request, with the local process that
 * `routeService` named. Started as `node egress.js <directory of the sandbox>`.
 */
import * as fs from "node:fs";
import * as http from "node:http";
import * as net from "node:net";
import type { Duplex } from "node:stream";

import { Activation } from "./activation";
import { type KubernetesObject, SandboxClient } from "./client";
import { layoutOf } from "./control-plane";
import { readRoutes } from "./routes";

interface ServicePort {
    readonly name?: string;
    readonly port: number;
}

const layout = layoutOf(process.argv[2]!);
const client = new SandboxClient(layout.kubeconfig);
const activation = new Activation(layout, client);

function serve(): void {
    const server = http.createServer((_, response) => response.writeHead(405).end("CONNECT only\n"));
    server.on("connect", (request: http.IncomingMessage, socket: Duplex, head: Buffer) => {
        socket.on("error", () => socket.destroy());
        connect(request.url!, socket, head).catch((error: Error) => refuse(socket, error.message));
    });
    fs.rmSync(layout.egressSocket, { force: true });
    server.listen(layout.egressSocket);
}

async function connect(address: string, socket: Duplex, head: Buffer): Promise<void> {
    const port = await localPort(address);
    if (port === undefined) {
        refuse(
            socket,
            `nothing answers at ${address}: the sandbox simulates pods, and no local process was routed there`,
        );
        return;
    }
    const local = net.connect(port, "127.0.0.1");
    local.on("error", (error) => {
        refuse(socket, `the local process behind ${address} can't be reached: ${error.message}`);
    });
    local.on("connect", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        local.write(head);
        socket.pipe(local).pipe(socket);
    });
    socket.on("close", () => local.destroy());
}

/** The reason phrase is the one part of the answer that the API server repeats in its error. */
function refuse(socket: Duplex, reason: string): void {
    socket.end(`HTTP/1.1 502 ${reason.replace(/\s+/g, " ")}\r\n\r\n`);
}

/** A route that was set counts before what can run in place of a pod. */
async function localPort(address: string): Promise<number | undefined> {
    const routes = readRoutes(layout);
    const dialled = await servicesAt(new URL(`http://${address}`));
    const routed = dialled.map(({ key }) => routes[key]).find((port) => port !== undefined);
    if (routed !== undefined) {
        return routed;
    }
    for (const { service } of dialled) {
        const port = await activation.portOf(service);
        if (port !== undefined) {
            return port;
        }
    }
    return undefined;
}

/** A Service whose port was dialled. */
interface Dialled {
    /** As in the routes. */
    readonly key: string;
    readonly service: KubernetesObject;
}

/** Services that own a cluster address, or that the pod with this address stands behind. */
async function servicesAt({ hostname, port }: URL): Promise<Dialled[]> {
    // A URL has no port where it is the scheme's own.
    const dialled = Number(port || 80);
    const services = await client.list("/api/v1/services");
    const owners = services.filter((service) => specOf(service).clusterIP === hostname);
    if (owners.length > 0) {
        return owners.map((service) => ({ key: routeKeyOf(service, dialled), service }));
    }
    const slices = await client.list("/apis/discovery.k8s.io/v1/endpointslices");
    return slices
        .filter(({ endpoints }) =>
            (endpoints as { addresses: string[] }[] | null)?.some(({ addresses }) => addresses.includes(hostname)),
        )
        .flatMap((slice) => servicePorts(slice, services, dialled));
}

function servicePorts(slice: KubernetesObject, services: readonly KubernetesObject[], dialled: number): Dialled[] {
    const { namespace, labels } = slice.metadata;
    const service = services.find(
        ({ metadata }) => metadata.namespace === namespace && metadata.name === labels?.["kubernetes.io/service-name"],
    );
    const names = (slice.ports as ServicePort[] | null)?.filter(({ port }) => port === dialled).map(({ name }) => name);
    const ports = service ? (specOf(service).ports ?? []) : [];
    return ports
        .filter(({ name }) => names?.some((each) => (each ?? "") === (name ?? "")))
        .map(({ port }) => ({ key: routeKeyOf(service!, port), service: service! }));
}

const specOf = ({ spec }: KubernetesObject): { clusterIP?: string; ports?: ServicePort[] } => spec as object;

const routeKeyOf = ({ metadata }: KubernetesObject, port: number): string =>
    `${metadata.namespace}/${metadata.name}:${port}`;

serve();
