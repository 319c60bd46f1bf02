import { image } from "../../core/images";
import type { HardenedDeployment } from "../../core/workload";
import { createPart, type Installation, Part, partHost, partPods, partService, ports } from "./installation";
import { serverTimeout, timeoutOf } from "./timeouts";

/** The cluster's name that the gateway and the queue-worker ask for when nobody tells them another. */
const natsCluster = "faas-cluster";

/** What waits at most, together: above it the oldest call is dropped, which beats a server out of memory. */
const mostQueued = "64MB";

/** The queue of calls, in memory, and what calls the functions one after the other. */
export function createQueue(installation: Installation): HardenedDeployment {
    const nats = createNats(installation);
    createQueueWorker(installation, nats);
    return nats;
}

/** Its clients need no login, so only they reach it. */
function createNats(installation: Installation): HardenedDeployment {
    const clients = [Part.Gateway, Part.QueueWorker].map((part) => partPods(installation, part));
    return createPart(installation, Part.Nats, {
        containers: [
            {
                name: "nats",
                image: image("nats-streaming"),
                command: ["/nats-streaming-server"],
                args: ["--store", "memory", "--cluster_id", natsCluster, "--max_bytes", mostQueued],
                ports: [{ name: "client", port: ports.nats }],
                probes: { readiness: { tcp: {}, periodSeconds: 2 }, liveness: { tcp: {}, initialDelaySeconds: 10 } },
                resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
            },
        ],
        service: { ports: [{ name: "client", scheme: "tcp" }] },
        network: { ingress: [{ pods: clients, ports: [{ port: ports.nats }] }] },
    });
}

/** Calls back to the gateway, without a login: that is how upstream made it. */
function createQueueWorker(installation: Installation, nats: HardenedDeployment): void {
    const { args } = installation;
    createPart(
        installation,
        Part.QueueWorker,
        {
            containers: [
                {
                    name: "queue-worker",
                    image: image("openfaas-queue-worker"),
                    environment: {
                        faas_nats_address: partHost(installation, Part.Nats),
                        faas_nats_port: `${ports.nats}`,
                        faas_gateway_address: partHost(installation, Part.Gateway),
                        faas_gateway_port: `${ports.gateway}`,
                        // A call that is not acknowledged by then is made again.
                        ack_wait: serverTimeout(timeoutOf(args)),
                    },
                    withoutProbes: "it listens on no port, and ends by itself when it loses the queue for good",
                    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
                },
            ],
            network: {
                egress: args.callbackEgress,
                services: [
                    partService(installation, Part.Nats, ports.nats),
                    partService(installation, Part.Gateway, ports.gateway),
                ],
            },
        },
        [nats],
    );
}
