import * as pulumi from "@pulumi/pulumi";
import type { PodPeer, ServiceRef } from "../../core/contracts";
import { assertValid } from "../../core/errors";
import { inCluster } from "../../core/provider";
import { Route } from "../../core/route";
import type { FaasFunctionArgs } from "./args";
import { functionDriver } from "./drivers";
import { addToProgram } from "./program-functions";
import { resolveFunction } from "./resolve";
import { routeNames } from "./route-names";

/**
 * A function on any of the platforms: the same code, the same answer to the same HTTP request.
 *
 * @example
 * ```ts
 * const hello = new FaasFunction("hello", {
 *     cluster,
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
    /** The pods that the function runs in: the peer by which `allowFrom` opens a database to it. */
    readonly pods: PodPeer;
    /** The URLs under which ingresses publish the function, in the order of `routes`. */
    readonly urls: pulumi.Output<string[]>;

    /**
     * @throws {@link ArgumentsError} with everything that is wrong: values, the code, what the platform cannot do.
     */
    constructor(name: string, args: FaasFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
        const { fn, faults } = resolveFunction(name, args);
        assertValid(`FaasFunction ${name}`, faults);
        assertValid(`FaasFunction ${name}`, addToProgram(name, fn));
        super("kubernetes-faas:index:FaasFunction", name, {}, inCluster(args.cluster, opts));

        const deployed = functionDriver(args.platform.kind).deploy(name, fn, this);
        const urls = publish(this, name, args, deployed.service);

        this.functionName = fn.functionName;
        this.service = deployed.service;
        this.path = deployed.path;
        this.pods = deployed.pods;
        this.urls = pulumi.all(urls);
        this.registerOutputs({
            functionName: this.functionName,
            service: this.service,
            path: this.path,
            pods: this.pods,
            urls: this.urls,
        });
    }
}

/** One `Route` for each route that names an ingress. */
function publish(
    parent: FaasFunction,
    name: string,
    args: FaasFunctionArgs,
    service: ServiceRef,
): pulumi.Output<string>[] {
    const names = routeNames(name, args.routes ?? []);
    return (args.routes ?? []).flatMap((route, index) => {
        if (!route.ingress || route.host === undefined) {
            return [];
        }
        const { ingress: gateway, host, path, protections, insecureWithoutLogin } = route;
        const { cluster, labels } = args;
        const published = new Route(
            names[index]!,
            { cluster, gateway, host, path, service, protections, insecureWithoutLogin, labels },
            { parent },
        );
        return [published.url];
    });
}
