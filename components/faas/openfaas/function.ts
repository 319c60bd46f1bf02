import type * as pulumi from "@pulumi/pulumi";
import { FaasKind, FunctionFeature } from "../../core/contracts";
import type { Fault } from "../../core/errors";
import { Checks, isPlain } from "../../core/validation";
import { type DeployedFunction, type FunctionDriver, HandlerContract, type ResolvedFunction } from "../function";
import { platformsWith } from "../function/features";
import { ServerContract } from "../function/server";
import { functionServicePorts } from "../function/url";
import { deployFunctionWorkload, type FunctionWorkloadShape, validateFunctionWorkload } from "../function/workload";
import { mostFunctions, mostReplicas } from "./limits";
import { platformSettings } from "./settings";
import { callTimeout, serverTimeout } from "./timeouts";

/**
 * How OpenFaaS runs functions: as Deployments and Services of the library, made so that the gateway lists, calls and
 * scales them like those that it made itself (openfaas/faas-netes 0.18.17, pkg/k8s and pkg/handlers).
 */
export const openFaasFunctionDriver: FunctionDriver = { validate, deploy, checkCount };

function deploy(name: string, fn: ResolvedFunction, parent: pulumi.ComponentResource): DeployedFunction {
    return deployFunctionWorkload(name, fn, shapeOf(fn), parent);
}

/** The label by which the gateway knows functions, on the Deployment and on its pods. */
const functionLabel = "faas_function";
/** What the gateway scales by, on the pods. */
const scalingLabels = "com.openfaas.";

/** Where OpenFaaS' own images look for Secrets. */
const secretsPath = "/var/openfaas/secrets";
/** What the name of the volume with the Secrets ends in; the gateway lists Secrets by it. */
const secretsSuffix = "-projected-secrets";

const defaultMaximum = 3;

function shapeOf(fn: ResolvedFunction): FunctionWorkloadShape {
    const { minimum, maximum } = scalingOf(fn);
    return {
        platform: fn.platform.kind,
        contract: ServerContract.Portable,
        servicePort: functionServicePorts[FaasKind.OpenFaas],
        // The gateway asks for the log of a container of this name.
        containerName: fn.functionName,
        labels: { [functionLabel]: fn.functionName },
        podLabels: { "com.openfaas.scale.min": `${minimum}`, "com.openfaas.scale.max": `${maximum}` },
        environment: fn.image === undefined ? {} : watchdogEnvironment(fn),
        ...secretVolumes(fn),
        scaledElsewhere: true,
    };
}

function scalingOf({ scaling }: Pick<ResolvedFunction, "scaling">): { minimum: number; maximum: number } {
    const minimum = scaling?.minimum ?? 1;
    return { minimum, maximum: scaling?.maximum ?? Math.max(defaultMaximum, minimum) };
}

/** The timeout, as the watchdog in images that are made from OpenFaaS' templates reads it. */
function watchdogEnvironment({ timeoutSeconds }: ResolvedFunction): Record<string, string> {
    const server = serverTimeout(timeoutSeconds);
    return { exec_timeout: callTimeout(timeoutSeconds), read_timeout: server, write_timeout: server };
}

function secretVolumes({ functionName, secretFiles = [] }: ResolvedFunction): Partial<FunctionWorkloadShape> {
    if (secretFiles.length === 0) {
        return {};
    }
    const name = `${functionName}${secretsSuffix}`;
    return {
        volumes: [{ name, projectedSecrets: { names: secretFiles.map(({ secretName }) => secretName) } }],
        mounts: [{ volume: name, path: secretsPath }],
    };
}

/** What OpenFaaS cannot do with a function that is right by itself. */
function validate(fn: ResolvedFunction): Fault[] {
    const checks = new Checks();
    if (fn.contract === HandlerContract.Native) {
        checks.fault(
            "contract",
            'is "native", but OpenFaaS takes functions as images only; build one with `faas-cli build` and give it as ' +
                "`image`, or leave contract out",
        );
    }
    checkScaling(checks, fn);
    checkTimeout(checks, fn);
    checkLabels(checks, fn);
    checkSecretFiles(checks, fn);
    return checks.faults.length > 0 ? checks.faults : validateFunctionWorkload(fn, shapeOf(fn));
}

function checkScaling(checks: Checks, fn: ResolvedFunction): void {
    for (const property of ["minimum", "maximum"] as const) {
        const value = fn.scaling?.[property];
        if (value !== undefined && value > mostReplicas) {
            checks.fault(
                `scaling.${property}`,
                `is ${value}, above the ${mostReplicas} pods that OpenFaaS Community Edition allows a function; ` +
                    `give at most ${mostReplicas}, or use ${others(fn, FunctionFeature.Scaling)}`,
            );
        }
    }
}

function checkTimeout(checks: Checks, { platform, timeoutSeconds }: ResolvedFunction): void {
    const most = platformSettings(platform).timeoutSeconds;
    if (isPlain(most) && timeoutSeconds > Number(most)) {
        checks.fault(
            "timeoutSeconds",
            `is ${timeoutSeconds}, but this OpenFaas gives calls up after ${most as string} seconds; ` +
                "give the function less, or raise `timeoutSeconds` of the OpenFaas",
        );
    }
}

function checkLabels(checks: Checks, { labels = {} }: ResolvedFunction): void {
    for (const label of Object.keys(labels)) {
        if (label === functionLabel || label.startsWith(scalingLabels)) {
            checks.fault(`labels.${label}`, "is set by the library, since the gateway goes by it; see `scaling`");
        }
    }
}

/** The gateway looks for a volume of this name, which cannot be cut. */
function checkSecretFiles(checks: Checks, { functionName, secretFiles = [] }: ResolvedFunction): void {
    if (secretFiles.length > 0) {
        checks.dnsLabel("functionName", functionName, { maximum: 63 - secretsSuffix.length });
    }
}

/** Beyond this number the gateway answers every call, of every function, with 405 from its next start on. */
function checkCount(fn: ResolvedFunction, known: number): Fault[] {
    return known < mostFunctions
        ? []
        : [
              {
                  propertyPath: "platform",
                  reason:
                      `is an OpenFaas with ${known} functions of this program, the most that its Community Edition ` +
                      `calls; remove one, or use ${others(fn, FunctionFeature.Code)}`,
              },
          ];
}

/** The other platforms that honour a feature, in words. */
function others({ platform }: ResolvedFunction, feature: FunctionFeature): string {
    return platformsWith(feature)
        .filter((kind) => kind !== platform.kind)
        .join(" or ");
}
