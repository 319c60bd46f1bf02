import type * as pulumi from "@pulumi/pulumi";
import type { ServiceRef } from "../../core/contracts";
import type { Resources } from "../../core/workload";
import type { IngressArgs } from "../args";
import type { OwnCertificate } from "../certificates";

/** A host and path that lead to a service: what a `Route` is to other ingresses. */
export interface KongRoute {
    /** Unique in the ingress; what metrics call it. */
    name: string;
    /**
     * The host name that clients ask for; `*.example.com` stands for every host below `example.com`.
     * @default the route's name below the ingress's domain, where it has one
     */
    host?: pulumi.Input<string>;
    /** Everything below this path belongs to the route. @default `/` */
    path?: string;
    /** What answers, by HTTP. The route's NetworkPolicy lives in its namespace. */
    service: ServiceRef;
    /** Names of the ingress's protections. Kong runs them in an order of its own. */
    protections?: string[];
    /** The certificate of the route's host. @default the ingress's own */
    certificate?: OwnCertificate;
    /** Publishes the service without a protection that asks for a login. @default false */
    insecureWithoutLogin?: boolean;
}

/** Arguments of {@link KongIngress}. */
export interface KongIngressArgs extends IngressArgs {
    /** Everything that the ingress publishes. Other stacks can't add to it. @default nothing: every request gets 404 */
    routes?: KongRoute[];
    /** @default requests of 100m and 512Mi, limits of 2 and 1Gi, with 2Gi of the node's disk */
    resources?: Resources;
}
