import * as pulumi from "@pulumi/pulumi";
import type { ServiceRef } from "../../core/contracts";
import { assertValid } from "../../core/errors";
import { inCluster } from "../../core/provider";
import { Route } from "../../core/route";
import type { FaasFunctionArgs } from "./args";
import { functionDriver } from "./drivers";
import { resolveFunction } from "./resolve";

/**
 * A function on any of the platforms: the same code, the same answer to the same HTTP request.
 *
 * @example
 * ```ts
 * const hello = new FaasFunction("hello", {
 *     cluster: cluster.cluster,
 *     platform: fission.platform,
 *     runtime: "nodejs",
 *     handler: "hello.handler",
 *     code: new pulumi.asset.FileAsset("hello.js"),
 *     routes: [{ path: "/hello", ingress: gateway, host: "faas.example.com", protections: ["login"] }],
 * });
 * ```
 */
export class FaasFunction extends pulumi.ComponentResource {
    /** The function's name on the platform. */
    readonly functionName: string;
    /** Where the function answers inside the cluster. */
    readonly service: ServiceRef;
    /** The path at `service` that reaches the function. */
    readonly path: string;
    /** The URLs under which ingresses publish the function, in the order of `routes`. */
    readonly urls: pulumi.Output<string[]>;

    /**
     * @throws {@link ArgumentsError} with everything that is wrong: values, the code, what the platform cannot do.
     */
    constructor(name: string, args: FaasFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
        const { fn, faults } = resolveFunction(name, args);
        assertValid(`FaasFunction ${name}`, faults);
        super("kubernetes-faas:index:FaasFunction", name, {}, inCluster(args.cluster, opts));

        const deployed = functionDriver(args.platform.kind).deploy(name, fn, this);
        const urls = publish(this, name, args, deployed.service);

        this.functionName = fn.functionName;
        this.service = deployed.service;
        this.path = deployed.path;
        this.urls = pulumi.all(urls);
        this.registerOutputs({
            functionName: this.functionName,
            service: this.service,
            path: this.path,
            urls: this.urls,
        });
    }
}

/** One `Route` for each route that names an ingress; `name-route`, then `name-route-1` and so on. */
function publish(
    parent: FaasFunction,
    name: string,
    args: FaasFunctionArgs,
    service: ServiceRef,
): pulumi.Output<string>[] {
    return (args.routes ?? []).flatMap((route, index) => {
        if (!route.ingress || route.host === undefined) {
            return [];
        }
        const published = new Route(
            index === 0 ? `${name}-route` : `${name}-route-${index}`,
            {
                cluster: args.cluster,
                gateway: route.ingress,
                host: route.host,
                path: route.path,
                service,
                protections: route.protections,
                insecureWithoutLogin: route.insecureWithoutLogin,
                labels: args.labels,
            },
            { parent },
        );
        return [published.url];
    });
}
