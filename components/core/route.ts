import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster, IngressGateway, ServiceRef } from "./contracts";
import { childOptions } from "./deletion";
import { assertValid, type Fault } from "./errors";
import { objectLabels, type Labels } from "./labels";
import { createPolicy, ingressPolicySpec } from "./network";
import { inCluster } from "./provider";
import { Checks } from "./validation";

/** Arguments of a {@link Route}. */
export interface RouteArgs {
    cluster: Cluster;
    /** The ingress that publishes the service. */
    gateway: IngressGateway;
    /** The host name that clients ask for. */
    host: pulumi.Input<string>;
    /** Everything below this path belongs to the route. @default `/` */
    path?: string;
    /** What answers. The route's objects live in its namespace. */
    service: ServiceRef;
    /** Names of the gateway's protections, in the order in which a request meets them. */
    protections?: string[];
    /** A TLS Secret in the service's namespace. @default the gateway's own certificate */
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
        super("kubernetes-faas:index:Route", name, {}, inCluster(args.cluster, opts));

        createIngress(this, name, args);
        admitGateway(this, name, args);

        this.url = routeUrl(args);
        this.registerOutputs({ url: this.url });
    }
}

/** What a route's NetworkPolicy adds to the route's name. */
export const gatewaySuffix = "-gateway";

/** What is wrong with the arguments of a {@link Route}; empty when nothing is. */
export function validateRoute(args: RouteArgs): Fault[] {
    const checks = new Checks();
    checks.hostName("host", args.host);
    checks.path("path", args.path);
    if (args.gateway.protectionAnnotation === undefined) {
        checks.fault(
            "gateway",
            `is ${args.gateway.kind}, which is configured as a whole; give this route to the ingress component's \`routes\``,
        );
    }
    const declared = args.gateway.protections.map((protection) => protection.name);
    checks.list("protections", args.protections, (name, each) => each.oneOf("", name, declared));
    if (!args.insecureWithoutLogin && !asksForLogin(args)) {
        checks.fault("protections", noLogin(args));
    }
    return checks.faults;
}

function asksForLogin(args: RouteArgs): boolean {
    return args.gateway.protections.some(
        (protection) => protection.authenticates && args.protections?.includes(protection.name),
    );
}

function noLogin(args: RouteArgs): string {
    const logins = args.gateway.protections.filter((protection) => protection.authenticates).map(({ name }) => name);
    const offered = logins.length > 0 ? `name one of ${logins.join(", ")}` : "declare one in the ingress component";
    return `has none that asks for a login; ${offered}, or set insecureWithoutLogin: true to publish to everybody`;
}

function createIngress(parent: Route, name: string, args: RouteArgs): k8s.networking.v1.Ingress {
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
                ingressClassName: args.gateway.className,
                tls: [{ hosts: [args.host], secretName: args.tlsSecretName }],
                rules: [
                    {
                        host: args.host,
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

/** Nothing depends on the Ingress's address, so it is not waited for. */
function ingressAnnotations(args: RouteArgs): Record<string, string> {
    const named = (args.protections ?? []).map(
        (name) => args.gateway.protections.find((protection) => protection.name === name)!.reference,
    );
    return {
        "pulumi.com/skipAwait": "true",
        ...args.gateway.routeAnnotations,
        ...(named.length > 0 ? { [args.gateway.protectionAnnotation!]: named.join(",") } : {}),
    };
}

function admitGateway(parent: Route, name: string, args: RouteArgs): k8s.networking.v1.NetworkPolicy {
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

function routeUrl(args: RouteArgs): pulumi.Output<string> {
    return pulumi.all([args.host, args.gateway.httpsPort]).apply(([host, port]) => {
        const authority = port === undefined || port === 443 ? host : `${host}:${port}`;
        return `https://${authority}${args.path ?? "/"}`;
    });
}
