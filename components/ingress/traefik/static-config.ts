import * as pulumi from "@pulumi/pulumi";
import { yaml } from "../../core/lazy-modules";
import { IngressExposure } from "../args";
import type { AcmeCertificates } from "../certificates";
import { namespaceOf, protectionsOf } from "../names";
import { exposureOf, publicHttpsPort } from "../service";
import { kindOf } from "../support";
import type { TraefikIngressArgs } from "./args";
import { acmeResolver, classNameOf, fileReference, paths, ports, securityHeadersName } from "./names";

/** Seconds for which a pod that ends still takes requests, until load balancers have noticed, and then finishes them. */
const drain = { accept: "15s", finish: "30s" };

/** Seconds until a pod that ends is killed. */
export const terminationGracePeriodSeconds = 60;

/** A part of the configuration. */
type Part = Record<string, unknown>;

/**
 * Traefik's static configuration as YAML: what it listens on and where it looks for the rest. A change rolls the pods.
 * https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/
 */
export function staticConfig(name: string, args: TraefikIngressArgs): pulumi.Output<string> {
    return pulumi
        .output({
            exposure: exposureOf(args),
            httpsPort: publicHttpsPort(args),
            proxies: args.trustedProxies ?? [],
            balancers: args.proxyProtocolFrom ?? [],
            timeouts: args.timeouts ?? {},
            resolvers: args.certificates?.acme ? resolvers(args.certificates.acme) : undefined,
        })
        .apply(({ resolvers: certificatesResolvers, ...known }) =>
            yaml.stringify(
                {
                    global: { checkNewVersion: false, sendAnonymousUsage: false },
                    core: { strictTLSOptions: true },
                    log: { level: "INFO", format: "json" },
                    ...(args.accessLog === false ? {} : { accessLog }),
                    // On an entry point of their own, which no route is on and no Service leads to.
                    ping: { entryPoint: "traefik" },
                    metrics: { prometheus: { entryPoint: "traefik", addRoutersLabels: true } },
                    entryPoints: entryPoints(args, known),
                    serversTransport: {
                        forwardingTimeouts: {
                            dialTimeout: "10s",
                            responseHeaderTimeout: known.timeouts.response ?? "60s",
                        },
                    },
                    providers: providers(name, args, known),
                    ...(certificatesResolvers ? { certificatesResolvers } : {}),
                },
                { aliasDuplicateObjects: false },
            ),
        );
}

/** Neither headers nor queries, where passwords and tokens are. */
const accessLog: Part = {
    format: "json",
    fields: {
        headers: { defaultMode: "drop", names: { "User-Agent": "keep" } },
        queryParameters: { defaultMode: "drop" },
    },
};

/** What is known of the arguments when the configuration is written. */
interface KnownArgs {
    exposure: IngressExposure;
    httpsPort: number;
    proxies: string[];
    balancers: string[];
    timeouts: { request?: string; response?: string; idle?: string };
}

function entryPoints(args: TraefikIngressArgs, known: KnownArgs): Record<keyof typeof ports, Part> {
    const http = {
        // Else a header may pass for another one behind the protections, as X_Forwarded_For.
        aliasHeadersStrategy: "delete",
        encodedCharacters: encodedCharacters(args.encodedPaths ?? false),
    };
    const lifeCycle = { requestAcceptGraceTimeout: drain.accept, graceTimeOut: drain.finish };
    const common = {
        transport: {
            lifeCycle,
            respondingTimeouts: {
                readTimeout: known.timeouts.request ?? "60s",
                idleTimeout: known.timeouts.idle ?? "180s",
            },
        },
        ...(known.proxies.length > 0 ? { forwardedHeaders: { trustedIPs: known.proxies } } : {}),
        ...(known.balancers.length > 0 ? { proxyProtocol: { trustedIPs: known.balancers } } : {}),
    };
    return {
        // As long as the others, so that health says 503 and metrics are read to the end.
        traefik: { address: `:${ports.traefik}`, http, transport: { lifeCycle } },
        web: {
            address: `:${ports.web}`,
            ...common,
            // By its number: by its name, clients would be sent to the port of the pods.
            http: {
                ...http,
                redirections: { entryPoint: { to: `:${known.httpsPort}`, scheme: "https", permanent: true } },
            },
            ...(args.certificates?.issuer ? { allowACMEByPass: true } : {}),
        },
        websecure: {
            address: `:${ports.websecure}`,
            // Routes that name no entry point are on this one alone.
            asDefault: true,
            ...common,
            http: {
                ...http,
                tls: args.certificates?.acme ? { certResolver: acmeResolver } : {},
                middlewares: [securityHeadersName, ...everyRouteNames(args)].map(fileReference),
            },
        },
    };
}

function everyRouteNames(args: TraefikIngressArgs): string[] {
    return protectionsOf(args)
        .filter(([, protection]) => protection.everyRoute && kindOf(protection) !== "mutualTls")
        .map(([name]) => name);
}

function encodedCharacters(allowed: boolean): Part {
    const characters = ["Slash", "BackSlash", "NullCharacter", "Semicolon", "Percent", "QuestionMark", "Hash"];
    return Object.fromEntries(characters.map((character) => [`allowEncoded${character}`, allowed]));
}

function providers(name: string, args: TraefikIngressArgs, { exposure }: KnownArgs): Part {
    const own = namespaceOf(name, args);
    // Addresses of nodes it may not read there.
    const publishes = args.routeNamespaces === undefined || exposure === IngressExposure.LoadBalancer;
    return {
        // A directory: of a single file that the kubelet replaces, only the first change would be seen.
        file: { directory: paths.dynamicConfig, watch: true },
        kubernetesIngress: {
            ingressClass: classNameOf(name, args),
            // A service without pods answers 503 behind its protections, instead of 404.
            allowEmptyServices: true,
            // Else a route to /a, with its protections, would take /ab.
            strictPrefixMatching: true,
            ...(publishes ? { ingressEndpoint: { publishedService: `${own}/${name}` } } : {}),
            ...(args.routeNamespaces
                ? { namespaces: [...new Set([own, ...args.routeNamespaces])], disableClusterScopeResources: true }
                : {}),
        },
    };
}

function resolvers({ email, server, challenge = "http", dnsProvider }: AcmeCertificates): pulumi.Output<Part> {
    const challenges: Record<string, Part> = {
        http: { httpChallenge: { entryPoint: "web" } },
        tls: { tlsChallenge: {} },
        dns: { dnsChallenge: { provider: dnsProvider?.code } },
    };
    return pulumi.output({ email, server }).apply((known): Part => ({
        [acmeResolver]: {
            acme: {
                email: known.email,
                ...(known.server === undefined ? {} : { caServer: known.server }),
                storage: `${paths.acme}/acme.json`,
                ...challenges[challenge],
            },
        },
    }));
}
