import type { z } from "zod";
import {
    CertManagerKind,
    type ClusterIssuerReference,
    type Fault,
    type IngressGateway,
    planTraefikIngress,
    Route,
    type RouteArgs,
    TraefikIngress,
    type TraefikIngressArgs,
    validateRoute,
    validateTraefikIngress,
} from "../../components";
import { Checks, isPlain } from "../../components/core/validation";
import { type ArgumentsFrom, withSecrets } from "../config/secrets";
import type { IngressSetup, IngressStack, Publication } from "./ingress";
import { traefikSchema } from "./schema";

type TraefikConfiguration = z.output<typeof traefikSchema>;
type TraefikSetup = IngressSetup<TraefikConfiguration>;

/** Traefik, to which functions and other stacks add routes. */
export const traefik: IngressStack<TraefikConfiguration> = {
    validate(setup, publications) {
        const { args, byKey } = traefikArgs(setup);
        const checks = new Checks();
        checks.at("ingress").include(byKey(validateTraefikIngress(setup.name, args)));
        const gateway = planTraefikIngress(setup.name, args);
        for (const publication of publications) {
            // Those of functions are checked with the functions.
            if (publication.functionName === undefined) {
                checks.at(publication.key).include(validateRoute(routeArgs(setup, gateway, publication)));
            }
        }
        checks.include(twiceFaults(publications));
        return checks.faults;
    },
    plan: (setup) => planTraefikIngress(setup.name, traefikArgs(setup).args),
    open(setup, opts) {
        const { args } = traefikArgs(setup);
        const { gateway, passwords, caCertificate } = new TraefikIngress(setup.name, args, opts);
        return {
            gateway,
            publish(publications, dependsOn) {
                const others = publications.filter(({ functionName }) => functionName === undefined);
                const routes = others.map((publication) => {
                    const args = routeArgs(setup, gateway, publication);
                    return [publication.name, new Route(publication.name, args, { dependsOn }).url] as const;
                });
                return {
                    gateway,
                    urls: Object.fromEntries(routes),
                    passwords,
                    caCertificate: caCertificate ?? issuerOf(setup)?.caCertificate,
                };
            },
        };
    },
};

/** What the component is given; its faults are found by `byKey` in the configuration. */
function traefikArgs(setup: TraefikSetup): {
    args: TraefikIngressArgs;
    byKey: ArgumentsFrom<TraefikConfiguration>["byKey"];
} {
    const { configuration, cluster, secrets } = setup;
    const { args, byKey } = withSecrets(traefikSchema, configuration, secrets);
    const { controller: _controller, routes: _routes, certificates, ...rest } = args;
    const issuer = issuerOf(setup);
    return {
        args: {
            cluster,
            ...rest,
            certificates: issuer ? { ...certificates, issuer: { name: issuer.name } } : certificates,
        },
        byKey,
    };
}

/** The issuer of the ingress's certificates, where the stack has made it. */
function issuerOf({ configuration, issuers }: TraefikSetup): ClusterIssuerReference | undefined {
    const { name, kind } = configuration.certificates?.issuer ?? {};
    return name === undefined || kind === CertManagerKind.Issuer ? undefined : issuers?.[name];
}

function routeArgs(
    { cluster, configuration }: TraefikSetup,
    gateway: IngressGateway,
    { host, path, service, protections, insecureWithoutLogin }: Publication,
): RouteArgs {
    const { labels } = configuration;
    return { cluster, gateway, host, path, service, protections, insecureWithoutLogin, labels };
}

/** Two that lead from one place to two, or whose objects would have one name. A function checks its own routes. */
function twiceFaults(publications: readonly Publication[]): Fault[] {
    const checks = new Checks();
    publications.forEach((publication, index) => {
        const others = publications
            .slice(0, index)
            .filter(({ functionName }) => functionName === undefined || functionName !== publication.functionName);
        const same = others.find((other) => placeOf(other) !== undefined && placeOf(other) === placeOf(publication));
        const { key, host, path = "/" } = publication;
        if (same) {
            checks.fault(
                `${key}.path`,
                `is "${path}" of host "${host as string}", which ${same.key} has; give another path or host`,
            );
        }
        const namesake = others.find(({ name }) => name === publication.name);
        if (namesake) {
            checks.fault(key, `would be called "${publication.name}", as ${namesake.key} is; choose another name`);
        }
    });
    return checks.faults;
}

/** Host and path, where both are known; a slash at the end means nothing. */
function placeOf({ host, path = "/" }: Publication): string | undefined {
    return isPlain(host) ? JSON.stringify([host, path.replace(/\/+$/, "")]) : undefined;
}
