import { FaasKind, Scheme, type FaasPlatform } from "../../core/contracts";
import { functionFeatures } from "../function/features";
import type { OpenFaasArgs } from "./args";
import { Part, partService, ports } from "./installation";
import { functionNamespaceOf, namespaceOf } from "./namespaces";
import { knownSettings } from "./settings";

/**
 * The platform that an `OpenFaas` with these arguments is going to be, as far as functions are checked against it: a
 * program that checks everything before its first resource gives it to `validateFaasFunction`. Registers nothing.
 */
export function planOpenFaas(name: string, args: OpenFaasArgs): FaasPlatform {
    const names = { name, namespaceName: namespaceOf(name, args) };
    return {
        kind: FaasKind.OpenFaas,
        gateway: { ...partService(names, Part.Gateway, ports.gateway), scheme: Scheme.Http },
        functionNamespaces: [functionNamespaceOf(name, args)],
        features: [...functionFeatures[FaasKind.OpenFaas]!],
        callers: [],
        settings: { ...knownSettings(args) },
        telemetry: { targets: [], alerts: [], dashboards: [] },
    };
}
