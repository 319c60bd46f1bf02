import * as pulumi from "@pulumi/pulumi";
import type { FaasPlatform } from "../../core/contracts";
import { assertValid } from "../../core/errors";
import { inCluster } from "../../core/provider";
import { createFunctionNamespaces, describePlatform } from "../function/workload";
import type { KubelessArgs } from "./args";
import { kubelessPlatform, validateKubeless } from "./platform";

/**
 * Kubeless: functions as plain Deployments, with the handlers, variables and metrics of Kubeless v1.0.8, on images of
 * today and without its controller.
 *
 * VMware archived Kubeless in 2021, and no Kubernetes since 1.22 runs its controller. This component makes namespaces for
 * functions, all "restricted"; what the controller made of a function, `FaasFunction` makes. There is nothing that runs
 * beside the functions, and so nothing that costs anything.
 *
 * @example
 * ```ts
 * const kubeless = new Kubeless("kubeless", { cluster });
 * const hello = new FaasFunction("hello", {
 *     cluster,
 *     platform: kubeless.platform,
 *     runtime: "nodejs",
 *     contract: "native",
 *     handler: "hello.handler", // module.exports = { handler: (event, context) => event.data }
 *     code: new pulumi.asset.FileAsset("hello.js"),
 * });
 * ```
 * @example Functions of two teams, which may call out.
 * ```ts
 * const kubeless = new Kubeless("kubeless", {
 *     cluster,
 *     functionNamespaces: ["shop", "billing"],
 *     functionEgress: [{ internet: true, ports: [{ port: 443 }] }],
 *     quota: { "requests.cpu": "20", "requests.memory": "40Gi" },
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class Kubeless extends pulumi.ComponentResource {
    /** What functions, ingresses and monitoring need to know of it. */
    readonly platform: FaasPlatform;

    constructor(name: string, args: KubelessArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`Kubeless ${name}`, validateKubeless(name, args));
        super("kubernetes-faas:index:Kubeless", name, {}, inCluster(args.cluster, opts));
        void pulumi.log.warn(archived, this);

        const ready = createFunctionNamespaces(name, kubelessPlatform.kind, args, this);

        this.platform = describePlatform(kubelessPlatform, name, args, ready);
        this.registerOutputs({ platform: this.platform });
    }
}

const archived =
    "Kubeless was archived by its makers in 2021 and gets no updates. Its functions run on current images here; " +
    "for new functions prefer fission, to which portable functions move without a change (docs/kubeless.md).";
