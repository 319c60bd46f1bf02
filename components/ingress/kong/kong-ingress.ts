import * as pulumi from "@pulumi/pulumi";
import { rolledConfig, rolledSecret } from "../../core/config-objects";
import type { IngressGateway, Telemetry } from "../../core/contracts";
import { assertValid } from "../../core/errors";
import { image } from "../../core/images";
import { objectLabels } from "../../core/labels";
import { HardenedNamespace } from "../../core/namespace";
import { inCluster } from "../../core/provider";
import { admitGateway, routeUrl } from "../../core/route";
import { HardenedDeployment, type WorkloadVolume } from "../../core/workload";
import { namespaceOf } from "../names";
import { addressOf, createService } from "../service";
import type { KongIngressArgs } from "./args";
import { createCertificate, type KongPlace } from "./certificates";
import { type AllCredentials, createCredentials } from "./credentials";
import { declarativeConfig } from "./declarative";
import { environment, preStopCommand, terminationGracePeriodSeconds } from "./environment";
import { configurationFile, paths, ports } from "./names";
import { planKongIngress } from "./plan";
import { asRouteArgs, holdsSecrets, hostOf } from "./routes";
import { kongTelemetry } from "./telemetry";
import { validateKongIngress } from "./validate";

/**
 * A hardened way into the cluster by Kong 3.9, the last line with an open-source edition: TLS from 1.2 on, plain HTTP
 * answered with a redirect, security headers on every answer, protections that routes name, and API keys by team.
 *
 * It runs without a database: all routes are arguments, and a change of any of them rolls the pods. It has no rights in
 * the cluster; the admin API and the manager are off; metrics and health are on a port that no Service leads to.
 *
 * @example
 * ```ts
 * const ingress = new KongIngress("kong", {
 *     cluster,
 *     certificates: { selfSigned: {} },
 *     domain: "faas.example.com",
 *     protections: {
 *         partners: { apiKey: { holders: [{ name: "billing" }, { name: "shipping" }] } },
 *         calm: { rateLimit: { requests: 100, period: "1m" }, everyRoute: true },
 *     },
 *     routes: [{ name: "hello", service: executor, protections: ["partners"] }],
 * });
 * export const url = ingress.urls["hello"];
 * export const key = ingress.apiKeys["partners"]!["billing"];
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class KongIngress extends pulumi.ComponentResource {
    /** What functions and monitoring need to know of it. It takes no `Route`: give it `routes`. */
    readonly gateway: IngressGateway;
    /** The routes' URLs by the routes' names. */
    readonly urls: Record<string, pulumi.Output<string>>;
    /** The passwords, generated and given ones, by protection and user. Secret. */
    readonly passwords: Record<string, Record<string, pulumi.Output<string>>>;
    /** The API keys, generated and given ones, by protection and holder. Secret. */
    readonly apiKeys: Record<string, Record<string, pulumi.Output<string>>>;
    /** With `certificates.selfSigned`: the authority's certificate in PEM, for clients to trust. */
    readonly caCertificate?: pulumi.Output<string>;
    readonly telemetry: Telemetry;

    constructor(name: string, args: KongIngressArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`KongIngress ${name}`, validateKongIngress(name, args));
        super("kubernetes-faas:index:KongIngress", name, {}, inCluster(args.cluster, opts));

        const planned = planKongIngress(name, args);
        const place = { parent: this, name, namespace: createNamespace(this, name, args), args };
        const credentials = createCredentials(this, name, args);
        const service = createService({ ...place, app: "kong" }, planned.pods);
        const certificate = createCertificate(place);
        createDeployment(place, [
            createConfiguration(place, credentials),
            { name: "certificate", secret: { name: certificate.secretName } },
            { name: "prefix", emptyDir: { sizeLimit: "1Gi" } },
        ]);
        this.urls = openRoutes(place);

        this.gateway = { ...planned, address: addressOf(service) };
        this.passwords = credentials.passwords;
        this.apiKeys = credentials.apiKeys;
        this.caCertificate = certificate.caCertificate;
        this.telemetry = kongTelemetry(name, planned.pods);
        this.registerOutputs({
            gateway: this.gateway,
            urls: this.urls,
            passwords: this.passwords,
            apiKeys: this.apiKeys,
            caCertificate: this.caCertificate,
            telemetry: this.telemetry,
        });
    }
}

function createNamespace(parent: KongIngress, name: string, args: KongIngressArgs): pulumi.Output<string> {
    const { cluster, labels } = args;
    const namespace = new HardenedNamespace(
        `${name}-namespace`,
        { cluster, resourceName: namespaceOf(name, args), labels },
        { parent },
    );
    return namespace.name;
}

/** In a Secret only where there are secrets, since nobody sees in a preview what changes in a Secret. */
function createConfiguration({ parent, name, namespace, args }: KongPlace, all: AllCredentials): WorkloadVolume {
    const object = {
        cluster: args.cluster,
        namespace,
        labels: objectLabels({ app: "kong", instance: name, labels: args.labels }),
        data: { [configurationFile]: declarativeConfig(name, args, all) },
    };
    return holdsSecrets(args)
        ? {
              name: "configuration",
              secret: { name: rolledSecret(`${name}-configuration-secret`, object, { parent }).metadata.name },
          }
        : {
              name: "configuration",
              configMap: { name: rolledConfig(`${name}-configuration`, object, { parent }).metadata.name },
          };
}

function createDeployment({ parent, name, namespace, args }: KongPlace, volumes: WorkloadVolume[]): void {
    const { cluster, placement, registry, labels, autoscaling } = args;
    const prefix = { volume: "prefix", path: paths.prefix };
    new HardenedDeployment(
        name,
        {
            cluster,
            namespace,
            app: "kong",
            labels,
            placement,
            registry,
            ...(autoscaling ? { autoscaling } : { replicas: args.replicas ?? 2 }),
            network: {
                ingress: [{ anyone: true, ports: [{ port: ports.web }, { port: ports.websecure }] }],
                services: (args.routes ?? []).map(({ service }) => service),
                dns: true,
            },
            terminationGracePeriodSeconds,
            tmpSize: "256Mi",
            volumes,
            initContainers: [
                {
                    name: "clear-stale-pid",
                    image: image("kong"),
                    // A node that comes back finds the volume as it was.
                    command: ["rm", "-rf", `${paths.prefix}/pids`],
                    mounts: [prefix],
                },
            ],
            containers: [
                {
                    name: "kong",
                    image: image("kong"),
                    environment: environment(args),
                    ports: Object.entries(ports).map(([portName, port]) => ({ name: portName, port })),
                    mounts: [
                        { volume: "configuration", path: paths.configuration },
                        { volume: "certificate", path: paths.certificate },
                        prefix,
                    ],
                    lifecycle: { preStopCommand },
                    probes: {
                        startup: { http: { path: "/status", port: ports.status }, periodSeconds: 5 },
                        readiness: { http: { path: "/status/ready", port: ports.status } },
                        liveness: { http: { path: "/status", port: ports.status }, timeoutSeconds: 5 },
                    },
                    resources: args.resources ?? {
                        requests: { cpu: "100m", memory: "512Mi" },
                        limits: { cpu: "2", memory: "1Gi", ephemeralStorage: "2Gi" },
                    },
                },
            ],
        },
        { parent },
    );
}

/** The way in to the pods behind each route, and the routes' URLs. */
function openRoutes({ parent, name, args }: KongPlace): Record<string, pulumi.Output<string>> {
    return Object.fromEntries(
        (args.routes ?? []).map((route) => {
            const routeArgs = asRouteArgs(name, args, route);
            admitGateway(parent, `${name}-${route.name}`, routeArgs);
            return [route.name, routeUrl(hostOf(name, args, route), routeArgs)];
        }),
    );
}
