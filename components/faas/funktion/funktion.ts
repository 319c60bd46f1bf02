import * as pulumi from "@pulumi/pulumi";
import type { FaasPlatform } from "../../core/contracts";
import { assertValid } from "../../core/errors";
import { inCluster } from "../../core/provider";
import { FunctionRuntime } from "../function";
import {
    createFunctionNamespaces,
    describePlatform,
    functionNamespacesOf,
    type FunctionPlatformArgs,
    runtimeImages,
} from "../function/workload";
import type { FunktionArgs } from "./args";
import { funktionPlatform, validateFunktion } from "./platform";
import { createRecord, RecordKind } from "./records";

/**
 * Funktion: functions as plain Deployments, with the signature, ports and ConfigMaps of Funktion v1.0.14, on images of
 * today and without its operator.
 *
 * Red Hat gave Funktion up in 2017, and no Kubernetes since 1.16 runs its operator. This component makes namespaces for
 * functions, all "restricted", with the ConfigMaps of kind Runtime by which Funktion's tools know the languages; what the
 * operator made of a function, `FaasFunction` makes.
 *
 * @example
 * ```ts
 * const funktion = new Funktion("funktion", { cluster });
 * const hello = new FaasFunction("hello", {
 *     cluster,
 *     platform: funktion.platform,
 *     runtime: "nodejs",
 *     contract: "native",
 *     handler: "hello.default", // module.exports = (context, callback) => callback(200, "Hello")
 *     code: new pulumi.asset.FileAsset("hello.js"),
 * });
 * ```
 * @example Functions of two teams, which may call out.
 * ```ts
 * const funktion = new Funktion("funktion", {
 *     cluster,
 *     functionNamespaces: ["shop", "billing"],
 *     functionEgress: [{ internet: true, ports: [{ port: 443 }] }],
 * });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class Funktion extends pulumi.ComponentResource {
    /** What functions, ingresses and monitoring need to know of it. */
    readonly platform: FaasPlatform;

    constructor(name: string, args: FunktionArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`Funktion ${name}`, validateFunktion(name, args));
        super("kubernetes-faas:index:Funktion", name, {}, inCluster(args.cluster, opts));
        void pulumi.log.warn(abandoned, this);

        const namespaces = createFunctionNamespaces(name, funktionPlatform.kind, args, this);
        const records = createRuntimeRecords(name, args, namespaces, this);
        const ready = pulumi.all([namespaces, ...records]).apply(() => "true");

        this.platform = describePlatform(funktionPlatform, name, args, ready);
        this.registerOutputs({ platform: this.platform });
    }
}

const abandoned =
    "Funktion was given up by its makers in 2017 and gets no updates. Its functions run on current images here; " +
    "prefer another platform: portable functions move to fission without a change (docs/funktion.md).";

/** The languages, as Funktion's tools list them. */
function createRuntimeRecords(
    name: string,
    args: FunktionArgs,
    ready: pulumi.Output<string>,
    parent: pulumi.Resource,
): pulumi.Output<string>[] {
    return functionNamespacesOf(name, args).flatMap((namespace) =>
        Object.values(FunctionRuntime).map((runtime) =>
            createRecord(
                `${name}-${runtime}-in-${namespace}`,
                {
                    cluster: args.cluster,
                    namespace: ready.apply(() => namespace),
                    kind: RecordKind.Runtime,
                    resourceName: runtime,
                    labels: args.labels,
                    data: runtimeData(runtime, args),
                },
                parent,
            ),
        ),
    );
}

function runtimeData(
    runtime: FunctionRuntime,
    { images, registry }: FunctionPlatformArgs,
): Record<string, pulumi.Input<string>> {
    const { nodejsImage, pythonImage } = runtimeImages(images, registry);
    return runtime === FunctionRuntime.Nodejs
        ? { fileExtensions: "js,mjs,cjs", image: nodejsImage }
        : { fileExtensions: "py", image: pythonImage };
}
