import type * as pulumi from "@pulumi/pulumi";
import {
    type FaasPlatform,
    type Fault,
    type FunctionRoute,
    type IngressGateway,
    type ServiceRef,
} from "../../components";
import { mapInput } from "../../components/core/inputs";
import { Checks } from "../../components/core/validation";
import { routeNames } from "../../components/faas/function/route-names";
import type { FunctionConfiguration, RouteConfiguration } from "../config/functions";
import type { Configuration } from "../config/schema";
import type { Publication } from "./ingress";
import type { IngressRouteConfiguration } from "./schema";

/** Leaves room for what the names of a route's objects add to it, with any controller. */
const longestName = 40;

/** Whether a function's route is published, and not for callers inside the cluster alone. */
function isPublished({ host, protections, insecureWithoutLogin }: RouteConfiguration): boolean {
    return host !== undefined || protections !== undefined || insecureWithoutLogin !== undefined;
}

/** The host below the gateway's domain that belongs to a name. */
function hostOf(name: string, { domain }: IngressGateway): pulumi.Input<string> | undefined {
    return domain === undefined ? undefined : mapInput(domain, (known) => `${name}.${known}`);
}

/**
 * The routes of a function as its component takes them.
 *
 * @param gateway what functions publish their routes by; without it the ingress publishes them, and the platform is told
 * each path once
 */
export function functionRoutes(
    name: string,
    { routes }: FunctionConfiguration,
    gateway: IngressGateway | undefined,
): FunctionRoute[] | undefined {
    if (gateway) {
        return routes?.map((route) =>
            isPublished(route) ? { ...route, ingress: gateway, host: route.host ?? hostOf(name, gateway) } : route,
        );
    }
    return routes
        ?.filter((route, index) => !isPublished(route) || routes.findIndex(({ path }) => path === route.path) === index)
        .map(({ path }) => ({ path, methods: methodsAt(path, routes) }));
}

/** The methods that any of a function's routes at a path takes, which the ingress then tells apart. */
function methodsAt(path: string, routes: readonly RouteConfiguration[]): FunctionRoute["methods"] {
    const here = routes.filter((route) => route.path === path);
    return here.some(({ methods }) => methods === undefined)
        ? undefined
        : [...new Set(here.flatMap(({ methods }) => methods ?? []))];
}

/** What a stack publishes. */
export interface Published {
    configuration: Configuration;
    /** The ingress, as far as it is known before it is made. */
    gateway: IngressGateway;
    platform: FaasPlatform;
    /** Where a function answers. */
    serviceOf: (functionName: string) => ServiceRef;
}

/** Everything that a stack publishes, first what is no function's. */
export function publicationsOf({ configuration, gateway, platform, serviceOf }: Published): Publication[] {
    const { ingress, functions } = configuration;
    const others = Object.entries(ingress?.routes ?? {}).flatMap(([name, route]) => {
        const service = serviceBehind(route, platform);
        const { host = hostOf(name, gateway), path, protections, insecureWithoutLogin } = route;
        const key = `ingress.routes.${name}`;
        return service ? [{ key, name, host, path, service, protections, insecureWithoutLogin }] : [];
    });
    const ofFunctions = Object.entries(functions).flatMap(([functionName, { routes = [] }]) => {
        const names = routeNames(functionName, routes, longestName);
        const service = serviceOf(functionName);
        return routes.flatMap((route, index): Publication[] => {
            const { host = hostOf(functionName, gateway), path, protections, insecureWithoutLogin } = route;
            const key = `functions.${functionName}.routes[${index}]`;
            const place = { key, name: names[index]!, host, path, service, functionName };
            return isPublished(route) ? [{ ...place, protections, insecureWithoutLogin }] : [];
        });
    });
    return [...others, ...ofFunctions];
}

function serviceBehind(route: IngressRouteConfiguration, platform: FaasPlatform): ServiceRef | undefined {
    if (route.to === "gateway") {
        return hasGateway(platform) ? platform.gateway : undefined;
    }
    const { namespace, service, port, targetPort, scheme, podSelector } = route;
    return { namespace, service, port, targetPort, scheme, podSelector };
}

const hasGateway = ({ gateway }: FaasPlatform): boolean => gateway.service !== "";

/** What is wrong with the configuration of what is published, whichever controller there is. */
export function publicationFaults({ ingress, functions }: Configuration, platform: FaasPlatform): Fault[] {
    const checks = new Checks();
    Object.entries(ingress?.routes ?? {}).forEach(([name, route]) => {
        const nested = checks.at(`ingress.routes.${name}`);
        nested.dnsLabel("", name, { maximum: longestName });
        if (route.to === "service") {
            nested.dnsLabel("namespace", route.namespace);
            nested.dnsLabel("service", route.service);
            nested.port("port", route.port);
            nested.port("targetPort", route.targetPort);
        } else if (!hasGateway(platform)) {
            nested.fault(
                "to",
                `is "gateway", and ${platform.kind} has none: each function has a Service of its own; ` +
                    "leave it out, and give protections to the routes of functions",
            );
        }
    });
    if (ingress === undefined) {
        checkUnpublished(checks, functions);
    }
    return checks.faults;
}

function checkUnpublished(checks: Checks, functions: Configuration["functions"]): void {
    for (const [name, { routes = [] }] of Object.entries(functions)) {
        routes.forEach((route, index) => {
            if (isPublished(route)) {
                checks.fault(
                    `functions.${name}.routes[${index}]`,
                    "is to be published, and the stack has no ingress; add `ingress: { controller: traefik }`, " +
                        "or leave out host, protections and insecureWithoutLogin",
                );
            }
        });
    }
}
