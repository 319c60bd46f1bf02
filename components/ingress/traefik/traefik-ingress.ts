import * as pulumi from "@pulumi/pulumi";
import { hotConfig, hotSecret, rolledConfig } from "../../core/config-objects";
import type { IngressGateway, PodPeer, Telemetry } from "../../core/contracts";
import { childOptions } from "../../core/deletion";
import { assertValid } from "../../core/errors";
import { image } from "../../core/images";
import * as k8s from "../../core/kubernetes";
import { objectLabels, selectorLabels } from "../../core/labels";
import { HardenedNamespace } from "../../core/namespace";
import { createPolicy, type NetworkRules } from "../../core/network";
import { inCluster } from "../../core/provider";
import { HardenedDeployment, UpdateStrategy, type WorkloadVolume } from "../../core/workload";
import { namespaceOf } from "../names";
import { ports as loginPorts } from "../oauth2-proxy/names";
import { createLogins, loginPods, loginsOf } from "../oauth2-proxy/oauth2-proxy";
import { addressOf, createService } from "../service";
import type { TraefikIngressArgs } from "./args";
import { type AcmeParts, createAcme, createCertificate } from "./certificates";
import { dynamicConfig, type HashedUsers } from "./dynamic-config";
import { classNameOf, paths, ports } from "./names";
import { traefikPermissions } from "./permissions";
import { describeGateway } from "./plan";
import { staticConfig, terminationGracePeriodSeconds } from "./static-config";
import { traefikTelemetry } from "./telemetry";
import { createUsers } from "./users";
import { validateTraefikIngress } from "./validate";

/**
 * A hardened way into the cluster by Traefik v3.7: TLS from 1.2 on, plain HTTP answered with a redirect, security headers
 * on every answer, and protections that routes name. Any stack adds a `Route`; it needs no definitions of Traefik's own.
 *
 * It sees the addresses of clients: the Service keeps them, and headers that claim others are dropped unless they come
 * from `trustedProxies`. Its dashboard and API are off; metrics and health are on a port that no Service leads to.
 *
 * @example
 * ```ts
 * const ingress = new TraefikIngress("traefik", {
 *     cluster,
 *     certificates: { selfSigned: {} },
 *     domain: "faas.example.com",
 *     protections: {
 *         login: { basicAuth: { users: [{ name: "alice" }] } },
 *         office: { ipAllowList: { ranges: ["203.0.113.0/24"] }, everyRoute: true },
 *     },
 * });
 * const service = { namespace: "apps", service: "hello", port: 80, scheme: "http", podSelector: { app: "hello" } } as const;
 * const route = new Route("hello", { cluster, gateway: ingress.gateway, service, protections: ["login"] });
 * export const password = ingress.passwords["login"]!["alice"];
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class TraefikIngress extends pulumi.ComponentResource {
    /** What routes, functions and monitoring need to know of it. */
    readonly gateway: IngressGateway;
    /** The passwords, generated and given ones, by protection and user; none of those given as hashes. Secret. */
    readonly passwords: Record<string, Record<string, pulumi.Output<string>>>;
    /** With `certificates.selfSigned`: the authority's certificate in PEM, for clients to trust. */
    readonly caCertificate?: pulumi.Output<string>;
    readonly telemetry: Telemetry;

    constructor(name: string, args: TraefikIngressArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`TraefikIngress ${name}`, validateTraefikIngress(name, args));
        super("kubernetes-faas:index:TraefikIngress", name, {}, inCluster(args.cluster, opts));

        const { name: namespace } = createNamespace(this, name, args);
        const pods = podsOf(name, args);
        const users = createUsers(this, name, args);
        createClass(this, name, args);
        const place = { parent: this, name, namespace, args };
        const service = createService({ ...place, app: "traefik" }, pods);
        this.caCertificate = createCertificate(place);
        createDeployment(place, {
            settings: createStaticConfig(place),
            protections: createDynamicConfig(place, users.hashed),
            acme: createAcme(place),
        });
        openBackends(place, pods);
        createLogins(place, pods);

        this.gateway = {
            ...describeGateway(name, args),
            className: classNameOf(name, args),
            address: addressOf(service),
            pods,
        };
        this.passwords = users.passwords;
        this.telemetry = traefikTelemetry(name, args, pods);
        this.registerOutputs({
            gateway: this.gateway,
            passwords: this.passwords,
            caCertificate: this.caCertificate,
            telemetry: this.telemetry,
        });
    }
}

/** Where the parts live. */
interface Place {
    parent: TraefikIngress;
    name: string;
    namespace: pulumi.Output<string>;
    args: TraefikIngressArgs;
}

function createNamespace(parent: TraefikIngress, name: string, args: TraefikIngressArgs): HardenedNamespace {
    const { cluster, labels } = args;
    return new HardenedNamespace(
        `${name}-namespace`,
        { cluster, resourceName: namespaceOf(name, args), labels },
        { parent },
    );
}

/** Known before they are made, for the Service and the network rules. */
function podsOf(name: string, args: TraefikIngressArgs): PodPeer {
    return { namespace: namespaceOf(name, args), podSelector: selectorLabels({ app: "traefik", instance: name }) };
}

/** The class by which routes choose this ingress; one that may read no IngressClasses has none. */
function createClass(parent: TraefikIngress, name: string, args: TraefikIngressArgs): void {
    if (args.routeNamespaces) {
        return;
    }
    new k8s.networking.v1.IngressClass(
        name,
        {
            metadata: { name: classNameOf(name, args), labels: labelsOf(name, args) },
            spec: { controller: "traefik.io/ingress-controller" },
        },
        childOptions(parent),
    );
}

function labelsOf(name: string, { labels }: TraefikIngressArgs) {
    return objectLabels({ app: "traefik", instance: name, labels });
}

function createStaticConfig({ parent, name, namespace, args }: Place): WorkloadVolume {
    const config = rolledConfig(
        `${name}-static`,
        {
            cluster: args.cluster,
            namespace,
            labels: labelsOf(name, args),
            data: { "traefik.yaml": staticConfig(name, args) },
        },
        { parent },
    );
    return { name: "static", configMap: { name: config.metadata.name } };
}

/** In a Secret only where there are users, since nobody sees in a preview what changes in a Secret. */
function createDynamicConfig({ parent, name, namespace, args }: Place, users: HashedUsers): WorkloadVolume {
    const object = {
        cluster: args.cluster,
        namespace,
        labels: labelsOf(name, args),
        resourceName: `${name}-dynamic`,
        data: { "protections.yaml": dynamicConfig(name, args, users) },
    };
    if (Object.keys(users).length > 0) {
        const secret = hotSecret(`${name}-dynamic-secret`, object, { parent });
        return { name: "dynamic", secret: { name: secret.metadata.name } };
    }
    const config = hotConfig(`${name}-dynamic`, object, { parent });
    return { name: "dynamic", configMap: { name: config.metadata.name } };
}

/** What the pods are given. */
interface PodParts {
    settings: WorkloadVolume;
    protections: WorkloadVolume;
    acme: AcmeParts;
}

function createDeployment({ parent, name, namespace, args }: Place, { settings, protections, acme }: PodParts): void {
    const { cluster, placement, registry, labels, autoscaling } = args;
    const alone = args.certificates?.acme !== undefined;
    new HardenedDeployment(
        name,
        {
            cluster,
            namespace,
            app: "traefik",
            labels,
            placement,
            registry,
            ...(autoscaling ? { autoscaling } : { replicas: args.replicas ?? (alone ? 1 : 2) }),
            // Two pods can't use the volume of ACME at a time.
            updateStrategy: alone ? UpdateStrategy.Recreate : undefined,
            permissions: traefikPermissions(namespaceOf(name, args), args),
            network: networkOf(name, args),
            terminationGracePeriodSeconds,
            // Bodies that are read whole lie here, when they are large.
            tmpSize: "512Mi",
            volumes: [settings, protections, ...acme.volumes],
            containers: [
                {
                    name: "traefik",
                    image: image("traefik"),
                    args: [`--configFile=${paths.staticConfig}/traefik.yaml`],
                    ports: Object.entries(ports).map(([portName, port]) => ({ name: portName, port })),
                    environmentFromResources: { GOMEMLIMIT: "limits.memory" },
                    ...(acme.container.environmentFromSecrets
                        ? { environmentFromSecrets: acme.container.environmentFromSecrets }
                        : {}),
                    mounts: [
                        { volume: settings.name, path: paths.staticConfig },
                        { volume: protections.name, path: paths.dynamicConfig },
                        ...(acme.container.mounts ?? []),
                    ],
                    probes: {
                        readiness: { http: { path: "/ping", port: ports.traefik }, failureThreshold: 1 },
                        liveness: { http: { path: "/ping", port: ports.traefik } },
                    },
                    resources: args.resources ?? {
                        requests: { cpu: "100m", memory: "128Mi" },
                        limits: { cpu: "1", memory: "512Mi" },
                    },
                },
            ],
        },
        { parent },
    );
}

function networkOf(name: string, args: TraefikIngressArgs): NetworkRules {
    const logins = loginsOf(args).map(([protection]) => loginPods(name, protection, args));
    return {
        ingress: [{ anyone: true, ports: [{ port: ports.web }, { port: ports.websecure }] }],
        egress: [
            ...(args.certificates?.acme ? [{ internet: true, ports: [{ port: 443 }, { port: 53 }] }] : []),
            ...(logins.length > 0 ? [{ pods: logins, ports: [{ port: loginPorts.http }] }] : []),
        ],
        apiServer: true,
        dns: true,
    };
}

/** The way to the pods behind routes, whatever ports they have; these pods' own policies say whether they let it in. */
function openBackends({ parent, name, namespace, args }: Place, { podSelector }: PodPeer): void {
    const peers = args.routeNamespaces?.map((each) => ({
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": each } },
    }));
    createPolicy(
        `${name}-backends`,
        { cluster: args.cluster, namespace, labels: args.labels },
        {
            podSelector: { matchLabels: podSelector },
            policyTypes: ["Egress"],
            egress: [{ to: peers ?? [{ namespaceSelector: {} }] }],
        },
        { parent },
    );
}
