import type * as pulumi from "@pulumi/pulumi";
import { Scheme, type FaasKind, type FaasPlatform, type Telemetry } from "../../../core/contracts";
import { validateLabels } from "../../../core/labels";
import { checkName } from "../../../core/names";
import { validateNetworkRules } from "../../../core/network";
import { validateRegistry } from "../../../core/registry";
import { Checks } from "../../../core/validation";
import { functionFeatures } from "../features";
import { ServerContract } from "../server";
import { metricsPath } from "../server/settings";
import { functionPods, measuredPods } from "./labels";
import { functionAccount, functionNamespacesOf } from "./namespaces";
import type { FunctionPlatformArgs } from "./platform-args";
import { checkFunctionPlacement, placementSetting, runtimeImages } from "./settings";
import type { WorkloadPlatformSettings } from "./args";

/** What tells one platform without parts of its own from another. */
export interface PartlessPlatform {
    kind: FaasKind;
    /** Its own contract. */
    native: ServerContract;
    /** Where pods of its functions listen. */
    port: number;
    /** The port of its functions' Services. */
    servicePort: number;
    /** Arguments that it does not take, although its users may look for them, with what there is instead. */
    refused: Readonly<Record<string, string>>;
}

/** The contract of a platform whose functions have Services of their own and that has no gateway. */
export function describePlatform(
    { kind, port, servicePort, native }: PartlessPlatform,
    name: string,
    args: FunctionPlatformArgs,
    ready: pulumi.Input<string>,
): FaasPlatform {
    const functionNamespaces = functionNamespacesOf(name, args);
    const settings: WorkloadPlatformSettings = {
        ready,
        ...runtimeImages(args.images, args.registry),
        serviceAccount: functionAccount,
        functionPlacement: placementSetting(args.functionPlacement),
    };
    return {
        kind,
        gateway: {
            namespace: functionNamespaces[0]!,
            service: "",
            port: servicePort,
            targetPort: port,
            scheme: Scheme.Http,
            podSelector: functionPods(kind),
        },
        functionNamespaces,
        features: [...functionFeatures[kind]!],
        callers: args.callers ?? [],
        settings: { ...settings },
        telemetry: functionTelemetry(name, functionNamespaces, {
            kind,
            title: kind.charAt(0).toUpperCase() + kind.slice(1),
            contracts: [ServerContract.Portable, native],
            port,
        }),
    };
}

/** The functions of a platform, as monitoring looks at them. */
export interface MeasuredFunctions {
    kind: FaasKind;
    /** What the names of alerts begin with. */
    title: string;
    /** The contracts that functions may have. */
    contracts: readonly ServerContract[];
    /** Where our server listens. */
    port: number;
}

/** What there is to watch of functions that our server runs, by contract and namespace. An image may have no metrics. */
export function functionTelemetry(
    name: string,
    namespaces: readonly string[],
    { kind, title, contracts, port }: MeasuredFunctions,
): Telemetry {
    const targets = namespaces.flatMap((namespace) =>
        contracts.map((contract) => ({
            name: `${name}-${contract}-functions-in-${namespace}`,
            namespace,
            podSelector: measuredPods(kind, contract),
            port,
            path: metricsPath(contract),
        })),
    );
    const jobs = `job=~"${name}-(${contracts.join("|")})-functions-in-.+"`;
    return { targets, alerts: functionAlerts(title, jobs), dashboards: [] };
}

/** The metrics are those of our server; server/node/metrics.mts and its twin in Python name them. */
function functionAlerts(title: string, jobs: string): Telemetry["alerts"] {
    const by = "sum by (job, function)";
    return [
        {
            name: `${title}FunctionErrors`,
            expression: `${by} (rate(function_failures_total{${jobs}}[5m])) / ${by} (rate(function_calls_total{${jobs}}[5m])) > 0.05`,
            for: "10m",
            severity: "warning",
            summary: "{{ $value | humanizePercentage }} of the calls of {{ $labels.function }} fail.",
            description: "Look at the function's log.",
        },
        {
            name: `${title}FunctionBusy`,
            expression: `${by} (rate(function_refused_total{${jobs}}[5m])) > 0`,
            for: "10m",
            severity: "warning",
            summary: "{{ $labels.function }} refuses calls, since too many run and wait already.",
            description: "Give the function more copies (`scaling`), or look for what its calls wait for.",
        },
    ];
}

/** What is wrong with the arguments of such a platform. */
export function checkPlatform(
    checks: Checks,
    { kind, refused }: PartlessPlatform,
    name: string,
    args: FunctionPlatformArgs,
): void {
    checkRefused(checks, refused, args);
    checkName(checks, "name", name, "Deployment");
    checks.nonEmpty("functionNamespaces", args.functionNamespaces);
    const namespaces = functionNamespacesOf(name, args);
    namespaces.forEach((namespace, index) => {
        checkName(checks, `functionNamespaces[${index}]`, namespace, "Namespace");
        if (namespaces.indexOf(namespace) < index) {
            checks.fault(
                `functionNamespaces[${index}]`,
                `is "${namespace}" a second time; name each namespace of this ${kind} once`,
            );
        }
    });
    checks.nonEmpty("images.nodejs", args.images?.nodejs);
    checks.nonEmpty("images.python", args.images?.python);
    checks.nonEmpty("quota", args.quota);
    checks.list("callers", args.callers, (peer, nested) => checkName(nested, "namespace", peer.namespace, "Namespace"));
    checkEgress(checks, args);
    checkFunctionPlacement(checks, "functionPlacement", args.functionPlacement);
    checks.include(validateRegistry("registry", args.registry));
    checks.include(validateLabels("labels", args.labels));
}

/** From TypeScript the compiler refuses them too; not so from other languages and configuration files. */
function checkRefused(checks: Checks, refused: Readonly<Record<string, string>>, args: object): void {
    for (const [property, reason] of Object.entries(refused)) {
        if ((args as Record<string, unknown>)[property] !== undefined) {
            checks.fault(property, reason);
        }
    }
}

/** The rules are checked as part of network rules, and reported at the argument that holds them. */
function checkEgress(checks: Checks, { functionEgress }: FunctionPlatformArgs): void {
    const faults = validateNetworkRules("", { egress: functionEgress });
    checks.include(
        faults.map(({ propertyPath, reason }) => ({
            propertyPath: propertyPath.replace(/^egress/, "functionEgress"),
            reason,
        })),
    );
}
