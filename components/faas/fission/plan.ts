import { FaasKind, Scheme, type FaasPlatform } from "../../core/contracts";
import { functionFeatures } from "../function/features";
import type { FissionArgs } from "./args";
import { environmentImage, offeredEnvironments } from "./environments";
import { functionNamespacesOf, namespaceOf } from "./namespaces";

/**
 * The platform that a `Fission` with these arguments is going to be, as far as functions are checked against it: a
 * program that checks everything before its first resource gives it to `validateFaasFunction`. Registers nothing.
 */
export function planFission(name: string, args: FissionArgs): FaasPlatform {
    const environments = offeredEnvironments(args).flatMap(([runtime, environment]) => [
        [`${runtime}Environment`, runtime],
        [`${runtime}Image`, environmentImage(args, runtime, environment)],
    ]);
    return {
        kind: FaasKind.Fission,
        gateway: {
            namespace: namespaceOf(name, args),
            service: "router",
            port: 80,
            scheme: Scheme.Http,
            podSelector: {},
        },
        functionNamespaces: functionNamespacesOf(name, args),
        features: [...functionFeatures[FaasKind.Fission]!],
        callers: [],
        settings: {
            ...(Object.fromEntries(environments) as FaasPlatform["settings"]),
            ...(args.kafka ? { kafka: "true" } : {}),
        },
        telemetry: { targets: [], alerts: [], dashboards: [] },
    };
}
