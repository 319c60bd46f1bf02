import * as pulumi from "@pulumi/pulumi";
import { assertValid } from "../../core/errors";
import { Checks, durationSeconds } from "../../core/validation";
import type { SecurityHeaders } from "../args";
import { publicHttpsPort } from "../service";
import type { KongIngressArgs } from "./args";
import { consumersOf } from "./consumers";
import type { AllCredentials } from "./credentials";
import type { KongCertificate, KongConfiguration, KongPlugin, KongRouteEntity, KongService } from "./entities";
import { answerHeaders } from "./headers";
import type { KnownCredentials, KnownProtection, KnownRoute } from "./known";
import { uuidOf } from "./names";
import { pluginsOf } from "./protection-plugins";
import { hostOf, pathOf, protectionNames } from "./routes";
import { checkKnown } from "./validate-routes";

/** All that the configuration is made of, when it is known. */
interface KnownParts {
    routes: KnownRoute[];
    protections: Record<string, KnownProtection>;
    headers: pulumi.Unwrap<SecurityHeaders>;
    credentials: KnownCredentials;
    httpsPort: number;
    responseSeconds: number;
}

/**
 * All that Kong serves, as JSON. Kong reads it when it starts. It is secret when it holds credentials or keys.
 *
 * @throws {@link ArgumentsError} through the output, when a value that was not known before is wrong.
 */
export function declarativeConfig(
    name: string,
    args: KongIngressArgs,
    { passwords, apiKeys }: AllCredentials,
): pulumi.Output<string> {
    const parts: pulumi.Output<unknown> = pulumi.output({
        routes: routeInputs(name, args),
        protections: args.protections ?? {},
        headers: args.securityHeaders ?? {},
        credentials: { ...passwords, ...apiKeys },
        httpsPort: publicHttpsPort(args),
        responseSeconds: pulumi.output(args.timeouts?.response ?? "60s").apply((text) => durationSeconds(text)),
    });
    return parts.apply((known) => {
        const { routes, protections } = known as KnownParts;
        const checks = new Checks();
        checkKnown(checks, protections, routes);
        assertValid(`KongIngress ${name}`, checks.faults);
        return JSON.stringify(configuration(name, known as KnownParts), undefined, 2);
    });
}

function routeInputs(name: string, args: KongIngressArgs): unknown[] {
    return (args.routes ?? []).map((route) => ({
        name: route.name,
        host: hostOf(name, args, route),
        path: pathOf(route),
        address: pulumi.interpolate`${route.service.service}.${route.service.namespace}.svc`,
        port: route.service.port,
        scheme: route.service.scheme,
        protections: protectionNames(args, route),
        certificate: route.certificate,
    }));
}

function configuration(name: string, parts: KnownParts): KongConfiguration {
    return {
        _format_version: "3.0",
        _transform: false,
        services: parts.routes.map((route) => serviceOf(route, parts)),
        routes: [anythingElse(parts)],
        plugins: [
            {
                name: "prometheus",
                config: { status_code_metrics: true, latency_metrics: true, bandwidth_metrics: true },
            },
        ],
        consumers: consumersOf(name, parts.protections, parts.credentials),
        certificates: parts.routes.flatMap((route) => certificateOf(name, route)),
    };
}

function serviceOf(route: KnownRoute, parts: KnownParts): KongService {
    const milliseconds = Math.max(1, Math.round(parts.responseSeconds * 1000));
    const retry = protectionsOf(route, parts).find(([, each]) => each.retry)?.[1].retry;
    return {
        name: route.name,
        protocol: "http",
        host: route.address,
        port: route.port,
        retries: (retry?.attempts ?? 1) - 1,
        connect_timeout: 10_000,
        read_timeout: milliseconds,
        write_timeout: milliseconds,
        routes: [routeOf(route, parts)],
    };
}

function protectionsOf({ protections }: KnownRoute, parts: KnownParts): [name: string, protection: KnownProtection][] {
    return protections.map((name) => [name, parts.protections[name]!]);
}

function routeOf(route: KnownRoute, parts: KnownParts): KongRouteEntity {
    const protections = protectionsOf(route, parts);
    const headers = protections.flatMap(([, each]) => each.headers ?? []);
    return {
        name: route.name,
        hosts: [route.host],
        paths: pathsOf(route.path),
        ...transport(parts),
        // A body goes to the service as it comes, unless it must be there in whole to be measured or sent again.
        request_buffering: protections.some(([, each]) => each.bodyLimit ?? each.retry),
        plugins: [
            ...protections.flatMap(([name, protection]) => pluginsOf(name, protection)),
            withoutIdentity(protections.some(([, { apiKey, basicAuth, jwt }]) => apiKey ?? basicAuth ?? jwt)),
            answerHeaders(parts.headers, headers),
        ],
    };
}

/** What all routes have: https, with a redirect where Kong can name its port; the request and the answer as they are. */
function transport({ httpsPort }: KnownParts) {
    return {
        protocols: ["https" as const],
        https_redirect_status_code: httpsPort === 443 ? (301 as const) : (426 as const),
        strip_path: false,
        preserve_host: true,
        response_buffering: false,
    };
}

/** As Kubernetes means a prefix: `/a` and what is below it, not `/ab`. */
function pathsOf(path: string): string[] {
    return path === "/" ? ["/"] : [`~${path.replace(/[$()*+.]/g, "\\$&")}$`, `${path}/`];
}

/** Headers by which Kong tells services who has logged in, and by which a client could say so itself. */
const identityHeaders = [
    "X-Consumer-ID",
    "X-Consumer-Custom-ID",
    "X-Consumer-Username",
    "X-Consumer-Groups",
    "X-Credential-Identifier",
    "X-Anonymous-Consumer",
];

/** Kong's logins overwrite all of these but the last. */
function withoutIdentity(login: boolean): KongPlugin {
    const headers = [...(login ? [] : identityHeaders), "X-Authenticated-Groups"];
    return { name: "request-transformer", config: { remove: { headers } } };
}

/** Answers for every other host and path, so that they have the headers of every answer, too. */
function anythingElse(parts: KnownParts): KongRouteEntity {
    return {
        // No route has that name: they have no underscores.
        name: "_anything-else",
        paths: ["/"],
        ...transport(parts),
        request_buffering: false,
        plugins: [
            { name: "request-termination", config: { status_code: 404, message: "Not found" } },
            answerHeaders(parts.headers, []),
        ],
    };
}

function certificateOf(instance: string, { name, host, certificate }: KnownRoute): KongCertificate[] {
    return certificate
        ? [
              {
                  id: uuidOf(instance, "certificate", name),
                  cert: certificate.certificate,
                  key: certificate.privateKey,
                  snis: [{ name: host }],
              },
          ]
        : [];
}
