import type * as pulumi from "@pulumi/pulumi";
import { type RouteArgs, routeHost } from "../../core/route";
import { isPlain } from "../../core/validation";
import { protectionsOf } from "../names";
import type { KongIngressArgs, KongRoute } from "./args";
import { planKongIngress } from "./plan";

/** A route as a `Route` would be given it. */
export function asRouteArgs(name: string, args: KongIngressArgs, route: KongRoute): RouteArgs {
    const { host, path, service, protections, insecureWithoutLogin } = route;
    return {
        cluster: args.cluster,
        gateway: planKongIngress(name, args),
        host,
        path,
        service,
        protections,
        insecureWithoutLogin,
        labels: args.labels,
    };
}

/** The host of a route that has one, or for which the ingress has a domain. */
export function hostOf(name: string, args: KongIngressArgs, route: KongRoute): pulumi.Input<string> {
    return routeHost(route.name, asRouteArgs(name, args, route));
}

/** The path without a slash at its end, which means the same. */
export function pathOf({ path = "/" }: KongRoute): string {
    return path.replace(/\/+$/, "") || "/";
}

/** The names of a route's protections: those for every route, and its own. */
export function protectionNames(args: KongIngressArgs, { protections = [] }: KongRoute): string[] {
    const everywhere = protectionsOf(args).flatMap(([name, { everyRoute }]) => (everyRoute ? [name] : []));
    return [...new Set([...everywhere, ...protections])];
}

/** Whether the configuration has credentials or keys in it. */
export function holdsSecrets(args: KongIngressArgs): boolean {
    return (
        protectionsOf(args).some(([, { apiKey, basicAuth }]) => apiKey ?? basicAuth) ||
        (args.routes ?? []).some(({ certificate }) => certificate !== undefined)
    );
}

/** Whether a value is known and equal to another known one. */
export function sameText(left: pulumi.Input<string>, right: pulumi.Input<string>): boolean {
    return isPlain(left) && isPlain(right) && left === right;
}
