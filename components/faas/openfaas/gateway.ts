import * as pulumi from "@pulumi/pulumi";
import type { PodPeer } from "../../core/contracts";
import { image } from "../../core/images";
import { mapInput } from "../../core/inputs";
import type { EgressRule, IngressRule } from "../../core/network";
import type { HardenedDeployment, WorkloadContainer } from "../../core/workload";
import type { OpenFaasArgs } from "./args";
import {
    createPart,
    functionPods,
    functionPort,
    type Installation,
    loginMount,
    loginPath,
    loginVolume,
    Part,
    partHost,
    partPods,
    partService,
    ports,
    queuesCalls,
} from "./installation";
import { providerPermissions } from "./permissions";
import { callTimeout, serverTimeout, timeoutOf } from "./timeouts";

/**
 * Where calls arrive, and beside it faas-netes, which finds functions in the cluster.
 *
 * The variables are those that the Community Edition reads (openfaas/faas 0.27.14 gateway/types/readconfig.go,
 * openfaas/faas-netes 0.18.17 pkg/config/read_config.go); the chart sets more, which have no effect.
 *
 * @param needed what has to run before: the gateway ends when it does not reach its queue
 */
export function createGateway(installation: Installation, needed: HardenedDeployment[]): HardenedDeployment {
    const { args, functionNamespace } = installation;
    return createPart(
        installation,
        Part.Gateway,
        {
            containers: [gatewayContainer(installation), providerContainer(installation)],
            volumes: [loginVolume(installation)],
            permissions: providerPermissions(args, functionNamespace),
            service: {
                ports: [
                    { name: "http", port: ports.gateway },
                    { name: "metrics", port: ports.metrics },
                ],
            },
            network: {
                ingress: ingress(installation),
                egress: [{ pods: [functionPods(installation)], ports: [{ port: functionPort }] }, outside(args)],
                services: [
                    ...(queuesCalls(args) ? [partService(installation, Part.Nats, ports.nats)] : []),
                    partService(installation, Part.Prometheus, ports.prometheus),
                ],
                apiServer: true,
            },
        },
        needed,
    );
}

/** The port of faas-netes is open to nobody: it takes calls without a login. */
function ingress(installation: Installation): IngressRule[] {
    const { args } = installation;
    const callers: PodPeer[] = [
        partPods(installation, Part.Alertmanager),
        ...(queuesCalls(args) ? [partPods(installation, Part.QueueWorker)] : []),
        ...(args.cronConnector ? [partPods(installation, Part.CronConnector)] : []),
        ...(args.callers ?? []),
    ];
    return [
        { pods: callers, ports: [{ port: ports.gateway }] },
        { pods: [partPods(installation, Part.Prometheus)], ports: [{ port: ports.metrics }] },
    ];
}

/**
 * The Community Edition ends at its start unless it reaches https://checkip.amazonaws.com, and asks the registry of an
 * image that is deployed at the gateway whether everybody may pull it (pkg/config/connectivity.go, pkg/handlers/validate.go).
 */
function outside({ proxy }: OpenFaasArgs): EgressRule {
    if (!proxy) {
        return { internet: true, ports: [{ port: 443 }] };
    }
    const { pods, cidrs } = proxy.endpoint;
    return { pods: pods && [pods], cidrs, ports: [{ port: mapInput(proxy.url, portOf) }] };
}

function gatewayContainer(installation: Installation): WorkloadContainer {
    const { args, functionNamespace } = installation;
    const seconds = timeoutOf(args);
    return {
        name: "gateway",
        image: image("openfaas-gateway"),
        command: ["./gateway"],
        ports: [
            { name: "http", port: ports.gateway },
            { name: "metrics", port: ports.metrics },
        ],
        environment: {
            // The slash at the end counts: paths are put right behind it.
            functions_provider_url: `http://127.0.0.1:${ports.provider}/`,
            function_namespace: functionNamespace,
            ...login,
            read_timeout: serverTimeout(seconds),
            write_timeout: serverTimeout(seconds),
            upstream_timeout: callTimeout(seconds),
            // Looks a function up before it is called, so that an unknown one is 404 and a pod that starts is waited for.
            scale_from_zero: "true",
            faas_prometheus_host: partHost(installation, Part.Prometheus),
            faas_prometheus_port: `${ports.prometheus}`,
            ...(queuesCalls(args)
                ? { faas_nats_address: partHost(installation, Part.Nats), faas_nats_port: `${ports.nats}` }
                : {}),
        },
        probes: {
            // The answer is that of faas-netes, so both are ready, or neither is.
            readiness: { http: { path: "/healthz" }, periodSeconds: 5, timeoutSeconds: 5 },
            liveness: { tcp: {}, initialDelaySeconds: 10 },
        },
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
        mounts: [loginMount],
    };
}

function providerContainer({ args, functionNamespace }: Installation): WorkloadContainer {
    const seconds = timeoutOf(args);
    return {
        name: "faas-netes",
        image: image("openfaas-faas-netes"),
        command: ["./faas-netes"],
        ports: [{ name: "provider", port: ports.provider }],
        environment: {
            port: `${ports.provider}`,
            function_namespace: functionNamespace,
            ...login,
            // The first is also how long it waits for a function; its own default is ten seconds.
            read_timeout: serverTimeout(seconds),
            write_timeout: serverTimeout(seconds),
            http_probe: "true",
            set_nonroot_user: "true",
            ...proxyEnvironment(args),
        },
        probes: {
            readiness: { http: { path: "/healthz" }, periodSeconds: 5 },
            liveness: { tcp: {}, initialDelaySeconds: 30 },
        },
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
        mounts: [loginMount],
    };
}

const login = { basic_auth: "true", secret_mount_path: loginPath };

/**
 * Only what goes by TLS goes through the proxy: the check at the start and the registries, but not the calls of functions,
 * which are plain HTTP to the addresses of pods. The API server is excepted by the address that every pod knows of it.
 */
function proxyEnvironment({ proxy }: OpenFaasArgs): Record<string, pulumi.Input<string>> {
    if (!proxy) {
        return {};
    }
    const exceptions = pulumi.all(["$(KUBERNETES_SERVICE_HOST)", ...(proxy.exceptions ?? [])]);
    return { https_proxy: proxy.url, no_proxy: exceptions.apply((hosts) => hosts.join(",")) };
}

/** The port that a proxy's URL names, or that of its scheme. */
function portOf(url: string): number {
    const { port, protocol } = new URL(url);
    return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
