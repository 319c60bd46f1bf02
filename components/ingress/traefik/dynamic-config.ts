import * as pulumi from "@pulumi/pulumi";
import { IngressKind } from "../../core/contracts";
import { assertValid } from "../../core/errors";
import { yaml } from "../../core/lazy-modules";
import { Checks } from "../../core/validation";
import type { IngressTls } from "../args";
import { protectionsOf } from "../names";
import { checkProtections } from "../validate-protections";
import type { TraefikIngressArgs } from "./args";
import { forgeableHeaders, loginParts } from "./logins";
import { type HashedUser, type KnownProtection, middlewareOf, securityHeaders } from "./middlewares";
import { securityHeadersName } from "./names";

/** The users of each basic auth, by the protection's name. */
export type HashedUsers = Record<string, HashedUser[]>;

/** A part of the configuration. */
type Part = Record<string, unknown>;

/**
 * Traefik's dynamic configuration as YAML: the protections. Traefik takes over a change within about a minute, without a
 * restart. It is secret when it holds users.
 *
 * @throws {@link ArgumentsError} through the output, when a value that was not known before is wrong.
 */
export function dynamicConfig(name: string, args: TraefikIngressArgs, users: HashedUsers): pulumi.Output<string> {
    const { middlewares: loginMiddlewares, ...logins } = loginParts(name, args);
    return pulumi
        .output({
            // The hashes come with `users`; all that is known of logins later is in oauth2-proxy's own configuration.
            protections: Object.fromEntries(protectionsOf(args).filter(([, { oidc }]) => !oidc)) as Record<
                string,
                pulumi.Input<KnownProtection>
            >,
            headers: args.securityHeaders ?? {},
            proxies: args.trustedProxies ?? [],
            users,
        })
        .apply(({ protections, headers, proxies, users: hashed }) => {
            const known = protections as Record<string, KnownProtection>;
            assertKnown(name, known);
            const middlewares = Object.entries(known).flatMap(([protection, value]) => {
                const context = { name: protection, trustedProxies: proxies, users: hashed[protection] ?? [] };
                const middleware = middlewareOf(value, context);
                return middleware ? [[protection, middleware]] : [];
            });
            return templateSafe(
                yaml.stringify({
                    http: {
                        middlewares: {
                            [securityHeadersName]: securityHeaders(headers, forgeableHeaders(args)),
                            ...(Object.fromEntries(middlewares) as Part),
                            ...loginMiddlewares,
                        },
                        ...logins,
                    },
                    tls: { options: tlsOptions(args.tls ?? {}, known) },
                }),
            );
        });
}

/** Again, since some of it was not known when the arguments were checked. */
function assertKnown(name: string, protections: Record<string, KnownProtection>): void {
    const checks = new Checks();
    checkProtections(checks, IngressKind.Traefik, protections);
    assertValid(`TraefikIngress ${name}`, checks.faults);
}

/** The options for every host, and those of hosts that ask clients for certificates. */
function tlsOptions(tls: IngressTls, protections: Record<string, KnownProtection>): Part {
    const common = {
        minVersion: tls.minimumVersion === "1.3" ? "VersionTLS13" : "VersionTLS12",
        ...(tls.cipherSuites ? { cipherSuites: tls.cipherSuites } : {}),
    };
    const options: Part = { default: common };
    for (const [name, { mutualTls, everyRoute }] of Object.entries(protections)) {
        if (mutualTls) {
            options[everyRoute ? "default" : name] = {
                ...common,
                clientAuth: { caFiles: [mutualTls.caCertificate], clientAuthType: "RequireAndVerifyClientCert" },
            };
        }
    }
    return options;
}

/** Traefik reads its files as Go templates, in which two braces begin an action. */
function templateSafe(text: string): string {
    return text.replaceAll("{{", '{{ "{{" }}');
}
