import * as pulumi from "@pulumi/pulumi";
import {
    type Cluster,
    type IngressGateway,
    type Protection,
    RouteCertificates,
    Scheme,
    type ServiceRef,
} from "./contracts";
import { childOptions } from "./deletion";
import { ArgumentsError, assertValid, type Fault } from "./errors";
import { mapInput } from "./inputs";
import * as k8s from "./kubernetes";
import { objectLabels, type Labels } from "./labels";
import { createPolicy, ingressPolicySpec } from "./network";
import { inCluster } from "./provider";
import { Checks, isHostWithin, isPlain } from "./validation";

/** Arguments of a {@link Route}. */
export interface RouteArgs {
    cluster: Cluster;
    /** The ingress that publishes the service. */
    gateway: IngressGateway;
    /**
     * The host name that clients ask for; `*.example.com` stands for every host right below `example.com`.
     * @default the logical name below the gateway's domain, where it has one
     */
    host?: pulumi.Input<string>;
    /** Everything below this path belongs to the route. @default `/` */
    path?: string;
    /** What answers. The route's objects live in its namespace. */
    service: ServiceRef;
    /** Names of the gateway's protections, in the order in which a request meets them. */
    protections?: string[];
    /**
     * A TLS Secret in the service's namespace. @default the gateway's own certificate; with a cert-manager issuer the
     * route's name with `-tls`, which the issuer fills
     */
    tlsSecretName?: pulumi.Input<string>;
    /** Publishes the service without a protection that asks for a login. @default false */
    insecureWithoutLogin?: boolean;
    labels?: Labels;
}

/**
 * A host and path of an ingress that leads to a service: an Ingress that names the gateway's protections, and a
 * NetworkPolicy that lets the gateway's pods in to the service's pods and nobody else.
 *
 * Any stack may add routes to a gateway that takes them as objects of their own (Traefik). One that is configured as a
 * whole (Kong without a database) takes them in its constructor.
 *
 * @example
 * ```ts
 * const route = new Route("hello", {
 *     cluster,
 *     gateway,
 *     host: "hello.example.com",
 *     service: { namespace: "apps", service: "hello", port: 80, scheme: "http", podSelector: { app: "hello" } },
 *     protections: ["login"],
 * });
 * export const url = route.url;
 * ```
 */
export class Route extends pulumi.ComponentResource {
    /** The route's URL. */
    readonly url: pulumi.Output<string>;

    constructor(name: string, args: RouteArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`Route ${name}`, validateRoute(args));
        const host = routeHost(name, args);
        claim(name, host, args);
        super("kubernetes-faas:index:Route", name, {}, inCluster(args.cluster, opts));

        createIngress(this, name, host, args);
        admitGateway(this, name, args);

        this.url = routeUrl(host, args);
        this.registerOutputs({ url: this.url });
    }
}

/** What a route's NetworkPolicy adds to the route's name. */
export const gatewaySuffix = "-gateway";

/** What is wrong with the arguments of a {@link Route}; empty when nothing is. */
export function validateRoute(args: RouteArgs): Fault[] {
    const checks = new Checks();
    if (args.gateway.protectionAnnotation === undefined) {
        checks.fault(
            "gateway",
            `is ${args.gateway.kind}, which is configured as a whole; give this route to the ingress component's \`routes\``,
        );
    }
    checks.oneOf("service.scheme", args.service.scheme, [Scheme.Http, Scheme.Https]);
    checkRoute(checks, args);
    return checks.faults;
}

/** What every route must be like, whether it is an object of its own or a part of an ingress component. */
export function checkRoute(checks: Checks, args: RouteArgs): void {
    checkHost(checks, args);
    checks.path("path", args.path);
    if (args.gateway.namespaces && isPlain(args.service.namespace)) {
        checks.oneOf("service.namespace", args.service.namespace, args.gateway.namespaces);
    }
    const declared = args.gateway.protections.map((protection) => protection.name);
    checks.list("protections", args.protections, (name, each) => each.oneOf("", name, declared));
    checkDomains(checks, args);
    if (!args.insecureWithoutLogin && !asksForLogin(args)) {
        checks.fault("protections", noLogin(args));
    }
}

function checkHost(checks: Checks, { host, gateway, tlsSecretName }: RouteArgs): void {
    if (host === undefined && gateway.domain === undefined) {
        checks.fault("host", 'is missing, and the gateway has no domain; give one: "hello.example.com"');
    }
    checks.hostName("host", host, { wildcard: true });
    const wildcard = typeof host === "string" && host.startsWith("*.");
    if (wildcard && tlsSecretName === undefined && gateway.certificates === RouteCertificates.AcmeHost) {
        checks.fault(
            "host",
            `is "${host}", for which ACME gives a certificate only by DNS; name each host, ` +
                "give tlsSecretName, or use the DNS challenge in the ingress component's certificates.acme",
        );
    }
}

/** A login whose cookie belongs to a domain would ask again and again at other hosts. */
function checkDomains(checks: Checks, { host, gateway, protections }: RouteArgs): void {
    const place = host ?? gateway.domain;
    checks.list("protections", protections, (name, each) => {
        const domain = gateway.protections.find((protection) => protection.name === name)?.domain;
        if (typeof domain !== "string" || typeof place !== "string") {
            return;
        }
        const mayBeBelow = host === undefined && isHostWithin(domain, place);
        if (!mayBeBelow && !isHostWithin(place.replace(/^\*\./, ""), domain)) {
            each.fault("", `is "${name}", which holds for ${domain} and hosts below it only; give such a host`);
        }
    });
}

function asksForLogin(args: RouteArgs): boolean {
    return args.gateway.protections.some(
        ({ name, authenticates, everyRoute }) => authenticates && (everyRoute || args.protections?.includes(name)),
    );
}

function noLogin(args: RouteArgs): string {
    const logins = args.gateway.protections.filter((protection) => protection.authenticates).map(({ name }) => name);
    const offered = logins.length > 0 ? `name one of ${logins.join(", ")}` : "declare one in the ingress component";
    return `has none that asks for a login; ${offered}, or set insecureWithoutLogin: true to publish to everybody`;
}

/** The host that a route asks for, or its name below the gateway's domain. */
export function routeHost(name: string, { host, gateway }: RouteArgs): pulumi.Input<string> {
    return host ?? mapInput(gateway.domain!, (known) => `${name}.${known}`);
}

/** Who has which host and path, by program run (its root resource). */
const claimsByRun = new WeakMap<object, Map<string, string>>();

/**
 * Refuses a second route to the same host and path in one program: the controller would choose one of them, and with it
 * its protections. Routes of other programs are not known here.
 */
function claim(name: string, host: pulumi.Input<string>, { cluster, gateway, path }: RouteArgs): void {
    const run = pulumi.runtime.getStackResource();
    if (!run || !isPlain(host) || !isPlain(gateway.className)) {
        return;
    }
    const claims = claimsByRun.get(run) ?? new Map<string, string>();
    claimsByRun.set(run, claims);
    const place = JSON.stringify([cluster.name, gateway.className, host, path ?? "/"]);
    const other = claims.get(place);
    if (other !== undefined) {
        throw new ArgumentsError(`Route ${name}`, [
            {
                propertyPath: "path",
                reason: `is "${path ?? "/"}" of host "${host as string}", which Route ${other} has; give another path or host`,
            },
        ]);
    }
    claims.set(place, name);
}

function createIngress(
    parent: Route,
    name: string,
    host: pulumi.Input<string>,
    args: RouteArgs,
): k8s.networking.v1.Ingress {
    const { className, classByAnnotation } = args.gateway;
    return new k8s.networking.v1.Ingress(
        name,
        {
            metadata: {
                name,
                namespace: args.service.namespace,
                labels: objectLabels({ app: "route", instance: name, labels: args.labels }),
                annotations: ingressAnnotations(args),
            },
            spec: {
                ...(classByAnnotation ? {} : { ingressClassName: className }),
                tls: [{ hosts: [host], secretName: args.tlsSecretName ?? issuedSecret(name, args.gateway) }],
                rules: [
                    {
                        host,
                        http: {
                            paths: [
                                {
                                    path: args.path ?? "/",
                                    pathType: "Prefix",
                                    backend: {
                                        service: { name: args.service.service, port: { number: args.service.port } },
                                    },
                                },
                            ],
                        },
                    },
                ],
            },
        },
        childOptions(parent),
    );
}

function issuedSecret(name: string, { certificates }: IngressGateway): string | undefined {
    return certificates === RouteCertificates.Issuer ? `${name}-tls` : undefined;
}

/** Nothing depends on the Ingress's address, so it is not waited for. */
function ingressAnnotations({ gateway, protections = [], tlsSecretName }: RouteArgs): Labels {
    const named = protections.map((name) => gateway.protections.find((protection) => protection.name === name)!);
    const references = named.flatMap(({ reference, everyRoute }) => (everyRoute ? [] : (reference ?? [])));
    return {
        "pulumi.com/skipAwait": "true",
        ...(gateway.classByAnnotation ? { "kubernetes.io/ingress.class": gateway.className } : {}),
        ...gateway.routeAnnotations,
        // A certificate that is there already is nobody's to issue.
        ...(tlsSecretName === undefined ? gateway.certificateAnnotations : {}),
        ...annotationsOf(named),
        ...(references.length > 0 ? { [gateway.protectionAnnotation!]: references.join(",") } : {}),
    };
}

function annotationsOf(protections: readonly Protection[]): Record<string, string> {
    return Object.assign({}, ...protections.map(({ annotations }) => annotations)) as Record<string, string>;
}

/** The NetworkPolicy that lets the gateway's pods in to the service's pods. */
export function admitGateway(parent: pulumi.Resource, name: string, args: RouteArgs): k8s.networking.v1.NetworkPolicy {
    const { cluster, gateway, labels, service } = args;
    return createPolicy(
        name + gatewaySuffix,
        { cluster, namespace: service.namespace, labels },
        ingressPolicySpec(service.podSelector, [
            { pods: [gateway.pods], ports: [{ port: service.targetPort ?? service.port }] },
        ]),
        { parent },
    );
}

/** The URL of a route, with the gateway's port where it is not 443. */
export function routeUrl(hostName: pulumi.Input<string>, args: RouteArgs): pulumi.Output<string> {
    return pulumi.all([hostName, args.gateway.httpsPort]).apply(([host, port]) => {
        const authority = port === undefined || port === 443 ? host : `${host}:${port}`;
        return `https://${authority}${args.path ?? "/"}`;
    });
}
