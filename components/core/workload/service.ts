import type * as pulumi from "@pulumi/pulumi";
import { Scheme, type ServiceRef } from "../contracts";
import { childOptions } from "../deletion";
import * as k8s from "../kubernetes";
import type { ContainerPort, WorkloadContainer } from "./container-args";
import { mapInput } from "../inputs";
import { ServiceType, type WorkloadArgs, type WorkloadService, type WorkloadServicePort } from "./workload-args";
import type { WorkloadNames } from "./workload-names";

/** Arguments of a workload that may have a Service. */
export interface ServedArgs extends WorkloadArgs {
    service?: WorkloadService;
}

/** A Service's port together with the container's port behind it. */
interface ResolvedPort extends WorkloadServicePort {
    target: ContainerPort;
}

const skipAwait = { "pulumi.com/skipAwait": "true" };

/**
 * The Service in front of a workload's pods. It is not waited for, since the workload itself is (each wait for a
 * Service takes about ten seconds); one of type LoadBalancer is, until it has its address. Returns a reference to each
 * of its ports, in order.
 */
export function createService(parent: pulumi.Resource, names: WorkloadNames, args: ServedArgs): ServiceRef[] {
    const service = args.service;
    if (!service) {
        return [];
    }
    const ports = resolvePorts(args.containers, service);
    const type = service.type ?? ServiceType.ClusterIp;
    const resource = new k8s.core.v1.Service(
        names.name,
        {
            metadata: {
                name: service.name ?? names.resourceName,
                namespace: args.namespace,
                labels: names.labels,
                annotations: mapInput(type, (known) =>
                    known === ServiceType.LoadBalancer
                        ? { ...service.annotations }
                        : { ...skipAwait, ...service.annotations },
                ),
            },
            spec: {
                type,
                selector: names.selector,
                ports: ports.map(servicePort),
                loadBalancerSourceRanges: service.loadBalancerSourceRanges,
                externalTrafficPolicy: trafficPolicy(service),
                publishNotReadyAddresses: service.publishNotReadyAddresses,
            },
        },
        childOptions(parent),
    );
    return ports.map((port) => reference(resource, names, args.namespace, port));
}

/** The headless Service that gives each pod of a StatefulSet a name of its own. */
export function createHeadlessService(
    parent: pulumi.Resource,
    names: WorkloadNames,
    args: WorkloadArgs,
): k8s.core.v1.Service {
    const ports = args.containers.flatMap((container) => container.ports ?? []);
    return new k8s.core.v1.Service(
        `${names.name}-headless`,
        {
            metadata: {
                name: `${names.resourceName}-headless`,
                namespace: args.namespace,
                labels: names.labels,
                annotations: skipAwait,
            },
            spec: {
                clusterIP: "None",
                selector: names.selector,
                ports: ports.map((target) => servicePort({ name: target.name, target })),
                // Members find each other by name before they are ready.
                publishNotReadyAddresses: true,
            },
        },
        childOptions(parent),
    );
}

function resolvePorts(containers: readonly WorkloadContainer[], service: WorkloadService): ResolvedPort[] {
    const targets = containers.flatMap((container) => container.ports ?? []);
    const wanted = service.ports ?? (containers[0]!.ports ?? []).map(({ name }): WorkloadServicePort => ({ name }));
    return wanted.map((port) => ({ ...port, target: targets.find(({ name }) => name === port.name)! }));
}

function servicePort(port: ResolvedPort): k8s.types.input.core.v1.ServicePort {
    return {
        name: port.name,
        port: port.port ?? port.target.port,
        targetPort: port.name,
        protocol: port.target.protocol,
        nodePort: port.nodePort,
    };
}

function trafficPolicy({ keepClientAddress }: WorkloadService): pulumi.Input<string> | undefined {
    return keepClientAddress === undefined
        ? undefined
        : mapInput(keepClientAddress, (keep) => (keep ? "Local" : "Cluster"));
}

function reference(
    resource: k8s.core.v1.Service,
    names: WorkloadNames,
    namespace: pulumi.Input<string>,
    port: ResolvedPort,
): ServiceRef {
    return {
        namespace,
        service: resource.metadata.name,
        port: port.port ?? port.target.port,
        targetPort: port.target.port,
        scheme: port.scheme ?? Scheme.Http,
        podSelector: names.selector,
    };
}
