import type { PodPeer, ServiceRef } from "../../core/contracts";
import { childOptions } from "../../core/deletion";
import { image } from "../../core/images";
import * as k8s from "../../core/kubernetes";
import { objectLabels } from "../../core/labels";
import { mirrored } from "../../core/registry";
import type { EgressRule } from "../../core/network";
import type { Permission } from "../../core/rbac";
import {
    type HardenedDeployment,
    type Resources,
    UpdateStrategy,
    type WorkloadContainer,
    type WorkloadVolume,
} from "../../core/workload";
import { builderPods, functionPods } from "./function-namespace";
import { copies, createPart, type Installation, metricsPort, type Part, partPods, partService } from "./installation";
import { environmentPort, fetcherPort, imagePort } from "./pods";
import {
    buildermgrPermissions,
    electionPermissions,
    executorPermissions,
    kubewatcherPermissions,
    routerIngressPermissions,
    routerPermissions,
    timerPermissions,
} from "./permissions";

/** The router's port for callers, and the one for Fission's own parts. */
export const routerPort = 8888;
const routerInternalPort = 8889;
const executorPort = 8888;
const builderPort = 8001;

/** For the parts that every call goes through. */
const busyResources: Resources = {
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { cpu: "1", memory: "512Mi" },
};

const metrics = { name: "metrics", port: metricsPort };

/**
 * Where calls arrive: behind a Service that nobody outside the cluster reaches by itself, and that pods inside reach
 * only as `callers` and ingresses say.
 */
export function createRouter(installation: Installation): HardenedDeployment {
    const { args, functionNamespaces } = installation;
    const internal = triggerParts(installation).map((part) => partPods(installation, part));
    const callers = args.callers ?? [];
    const router = createPart(installation, "router", {
        labels: { application: "fission-router" },
        replicas: copies(installation),
        permissions: routerPermissions,
        ownPermissions: routerIngressPermissions.map((each) => ({ ...each, namespaces: [functionNamespaces[0]!] })),
        network: {
            ingress: [
                { pods: internal, ports: [{ port: routerInternalPort }] },
                ...(callers.length > 0 ? [{ pods: callers, ports: [{ port: routerPort }] }] : []),
            ],
            egress: [
                {
                    pods: allFunctionPods(installation),
                    ports: [{ port: environmentPort }, { port: imagePort }],
                },
            ],
            services: [partService(installation, "executor", 80, executorPort)],
            apiServer: true,
        },
        service: { name: "router", ports: [{ name: "http", port: 80 }] },
        container: {
            args: [
                "--routerPort",
                `${routerPort}`,
                "--routerInternalPort",
                `${routerInternalPort}`,
                "--executorUrl",
                `http://executor.${installation.namespaceName}`,
            ],
            ports: [{ name: "http", port: routerPort }, { name: "internal", port: routerInternalPort }, metrics],
            environment: routerEnvironment(functionNamespaces[0]!),
            probes: {
                readiness: { http: { path: "/readyz" }, periodSeconds: 2, failureThreshold: 5 },
                liveness: { http: { path: "/router-healthz" }, initialDelaySeconds: 35 },
            },
            resources: busyResources,
        },
    });
    createInternalService(installation);
    return router;
}

/**
 * The values of Fission's chart v1.27.0; without some of them the router does not start.
 *
 * `POD_NAMESPACE` is where the router keeps Ingresses for triggers, and where it deletes one of the name of each
 * trigger that asks for none. In a namespace of functions it can't hit those of ingress routes, which are in Fission's own.
 */
function routerEnvironment(ingressNamespace: string): Record<string, string> {
    return {
        POD_NAMESPACE: ingressNamespace,
        ROUTER_ROUND_TRIP_TIMEOUT: "50ms",
        ROUTER_ROUNDTRIP_TIMEOUT_EXPONENT: "2",
        ROUTER_ROUND_TRIP_KEEP_ALIVE_TIME: "30s",
        ROUTER_ROUND_TRIP_DISABLE_KEEP_ALIVE: "false",
        ROUTER_ROUND_TRIP_MAX_RETRIES: "10",
        ROUTER_ENDPOINTSLICE_CACHE_MODE: "on",
        DEBUG_ENV: "false",
        USE_ENCODED_PATH: "false",
    };
}

/** For Fission's own parts only, apart from the Service that ingresses lead to. */
function createInternalService(installation: Installation): void {
    const { name, parent, namespace, args } = installation;
    new k8s.core.v1.Service(
        `${name}-router-internal`,
        {
            metadata: {
                name: "router-internal",
                namespace,
                labels: objectLabels({ app: "fission", instance: name, component: "router", labels: args.labels }),
                annotations: { "pulumi.com/skipAwait": "true" },
            },
            spec: {
                selector: partPods(installation, "router").podSelector,
                ports: [{ name: "internal", port: routerInternalPort, targetPort: "internal" }],
            },
        },
        childOptions(parent),
    );
}

/** Starts and ends the pods of functions. */
export function createExecutor(installation: Installation): HardenedDeployment {
    return createPart(installation, "executor", {
        // Two at a time would each clean up what the other has made.
        updateStrategy: UpdateStrategy.Recreate,
        permissions: executorPermissions,
        network: {
            ingress: [{ pods: [partPods(installation, "router")], ports: [{ port: executorPort }] }],
            egress: [
                {
                    pods: allFunctionPods(installation),
                    ports: [{ port: fetcherPort }, { port: environmentPort }],
                },
            ],
            apiServer: true,
        },
        service: { ports: [{ name: "http", port: 80 }] },
        container: {
            args: ["--executorPort", `${executorPort}`],
            ports: [{ name: "http", port: executorPort }, metrics],
            environment: {
                ...fetcherEnvironment(installation),
                RUNTIME_IMAGE_PULL_POLICY: "IfNotPresent",
                ENABLE_FUNCTION_SERVICES: "true",
                ENABLE_ISTIO: "false",
                POD_READY_TIMEOUT: "300s",
                OBJECT_REAPER_INTERVAL: "5",
                // Its pods live beside the Function and go with it by their owner references. A finalizer would only
                // keep Functions, and their namespace, from going when the executor has gone first.
                FINALIZER_ENABLED: "false",
                // Else an executor that starts anew deletes every pod of a function that another has made, and calls fail
                // until there are new ones.
                ADOPT_EXISTING_RESOURCES: "true",
                // This library makes the accounts and their rights, so that the executor needs no right to grant rights.
                SERVICEACCOUNT_CHECK_ENABLED: "false",
            },
            probes: {
                readiness: { http: { path: "/readyz" }, periodSeconds: 2, failureThreshold: 15 },
                liveness: { http: { path: "/healthz" }, initialDelaySeconds: 35 },
            },
            resources: busyResources,
        },
    });
}

/** Builds Packages, and says of those that need no build that they are ready. */
export function createBuildermgr(installation: Installation): HardenedDeployment {
    return createPart(installation, "buildermgr", {
        updateStrategy: UpdateStrategy.Recreate,
        permissions: buildermgrPermissions,
        network: {
            egress: [
                {
                    pods: installation.functionNamespaces.map(builderPods),
                    ports: [{ port: fetcherPort }, { port: builderPort }],
                },
            ],
            services: [partService(installation, "storagesvc", 80, 8000)],
            apiServer: true,
        },
        container: {
            args: ["--builderMgr", "--storageSvcUrl", `http://storagesvc.${installation.namespaceName}`],
            ports: [{ name: "health", port: 8081 }, metrics],
            environment: {
                ...fetcherEnvironment(installation),
                BUILDER_IMAGE_PULL_POLICY: "IfNotPresent",
                ENABLE_ISTIO: "false",
            },
            probes: {
                readiness: { http: { path: "/readyz" }, periodSeconds: 5 },
                liveness: { http: { path: "/healthz" }, initialDelaySeconds: 5 },
            },
        },
    });
}

/** The fetcher is put into the pods of functions and builds by the parts that make them. */
function fetcherEnvironment({ args }: Installation): Record<string, ReturnType<typeof image>> {
    return {
        FETCHER_IMAGE: mirrored(image("fission-fetcher"), args.registry),
        FETCHER_IMAGE_PULL_POLICY: "IfNotPresent",
        FETCHER_MINCPU: "10m",
        FETCHER_MINMEM: "32Mi",
        FETCHER_MAXCPU: "500m",
        FETCHER_MAXMEM: "128Mi",
    };
}

/** Calls functions at their times. */
export function createTimer(installation: Installation): HardenedDeployment {
    return createTriggerPart(installation, "timer", { flag: "--timer", permissions: timerPermissions });
}

/** Calls functions for what happens to objects of the cluster. */
export function createKubewatcher(installation: Installation): HardenedDeployment {
    return createTriggerPart(installation, "kubewatcher", {
        flag: "--kubewatcher",
        permissions: kubewatcherPermissions,
    });
}

/** The parts that call functions by themselves. */
type TriggerPart = Extract<Part, "timer" | "kubewatcher" | "mqtrigger-kafka">;

function triggerParts({ args }: Installation): TriggerPart[] {
    return ["timer", "kubewatcher", ...(args.kafka ? (["mqtrigger-kafka"] as const) : [])];
}

/** What one of them adds to what all have. */
interface TriggerPartArgs {
    flag: string;
    permissions: Permission[];
    container?: Pick<WorkloadContainer, "environment" | "mounts" | "ports">;
    egress?: EgressRule[];
    volumes?: WorkloadVolume[];
}

/** A part that calls functions by itself. One copy is elected to do so, also while another takes its place. */
export function createTriggerPart(
    installation: Installation,
    part: TriggerPart,
    { flag, permissions, container = {}, egress, volumes }: TriggerPartArgs,
): HardenedDeployment {
    const { namespaceName } = installation;
    const router: ServiceRef = {
        ...partService(installation, "router", routerInternalPort, routerInternalPort),
        service: "router-internal",
    };
    return createPart(installation, part, {
        replicas: copies(installation),
        permissions,
        ownPermissions: electionPermissions,
        network: { services: [router], egress, apiServer: true },
        volumes,
        container: {
            ...container,
            args: [flag, "--routerUrl", `http://router.${namespaceName}`],
            environment: {
                ROUTER_INTERNAL_URL: `http://router-internal.${namespaceName}:${routerInternalPort}`,
                LEADER_ELECTION_ENABLED: "true",
                ...container.environment,
            },
            withoutProbes: "nobody calls it, and it ends by itself when it loses its election",
        },
    });
}

function allFunctionPods({ functionNamespaces }: Installation): PodPeer[] {
    return functionNamespaces.flatMap(functionPods);
}
