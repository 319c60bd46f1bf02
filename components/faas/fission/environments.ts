import * as pulumi from "@pulumi/pulumi";
import { image } from "../../core/images";
import { objectLabels } from "../../core/labels";
import { placementSpec } from "../../core/placement";
import { mirrored } from "../../core/registry";
import { FunctionRuntime } from "../function";
import type { FissionArgs, FissionEnvironment } from "./args";
import { generation, type Installation } from "./installation";
import { fissionObject } from "./objects";
import { environmentPod, functionResources, serverVariables } from "./pods";

/** Upstream's images, by language. */
const images = { nodejs: "fission-node-env", python: "fission-python-env" } as const;

/** The languages that an installation offers, each with what it says about it. */
export function offeredEnvironments({ environments }: FissionArgs): [FunctionRuntime, FissionEnvironment][] {
    const offered: Partial<Record<FunctionRuntime, FissionEnvironment>> = environments ?? { nodejs: {}, python: {} };
    return Object.values(FunctionRuntime).flatMap((runtime) => {
        const environment = offered[runtime];
        return environment ? [[runtime, environment] as [FunctionRuntime, FissionEnvironment]] : [];
    });
}

/** The image that runs functions of a language. */
export function environmentImage(
    { registry }: FissionArgs,
    runtime: FunctionRuntime,
    environment: FissionEnvironment,
): pulumi.Input<string> {
    return mirrored(environment.image ?? image(images[runtime]), registry);
}

/** Seconds that a function's pod waits for its last requests. */
export function drainSeconds(args: FissionArgs): number {
    return args.drainSeconds ?? 30;
}

/**
 * The Environments, each in every function namespace. Answers with the name by language, known when all of them are
 * there.
 *
 * @param ready known when the webhook answers, and when the key that their pods need is there
 */
export function createEnvironments(
    installation: Installation,
    ready: pulumi.Output<unknown>,
): Partial<Record<FunctionRuntime, pulumi.Output<string>>> {
    return Object.fromEntries(
        offeredEnvironments(installation.args).map(([runtime, environment]) => {
            const names = installation.functionNamespaces.map((namespace) =>
                createEnvironment(installation, runtime, environment, namespace, ready),
            );
            return [runtime, pulumi.all(names).apply(() => runtime as string)];
        }),
    );
}

function createEnvironment(
    installation: Installation,
    runtime: FunctionRuntime,
    environment: FissionEnvironment,
    namespace: string,
    ready: pulumi.Output<unknown>,
): pulumi.Output<string> {
    const { name, args, parent } = installation;
    const object = fissionObject(
        "Environment",
        `${name}-${runtime}-in-${namespace}`,
        {
            name: runtime,
            namespace: ready.apply(() => namespace),
            labels: objectLabels({ app: "fission", instance: name, component: "functions", labels: args.labels }),
        },
        {
            version: 3,
            runtime: {
                image: environmentImage(args, runtime, environment),
                podspec: environmentPod(runtime, serverVariables(runtime), {
                    placement: placementSpec(args.functionPlacement),
                    registry: args.registry,
                    // The fetcher reads the key when it starts, so that another key needs other pods.
                    fetcherVariables: [{ name: "FISSION_INTERNAL_AUTH_GENERATION", value: `${generation(args)}` }],
                }),
            },
            poolsize: environment.poolSize ?? 1,
            resources: functionResources(environment.resources),
            terminationGracePeriod: drainSeconds(args),
        },
        parent,
    );
    return object.metadata.name;
}
