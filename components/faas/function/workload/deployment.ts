import type * as pulumi from "@pulumi/pulumi";
import type { PodPeer } from "../../../core/contracts";
import { quantityValue } from "../../../core/validation";
import type {
    Autoscaling,
    HardenedDeploymentArgs,
    Resources,
    VolumeMount,
    WorkloadContainer,
} from "../../../core/workload";
import { FunctionRuntime, type FunctionResources } from "../args";
import type { ResolvedFunction } from "../driver";
import { functionDirectory, livePath, serverPort, terminationGraceSeconds } from "../server";
import { defaultHealthPaths } from "../server/settings";
import { functionSecrets, plainVariables } from "../variables";
import type { FunctionWorkloadShape } from "./args";
import type { CodeConfig } from "./code";
import { dependencyParts } from "./dependencies";
import { functionLabels, metricsLabels } from "./labels";
import { schedulePods } from "./schedules";
import { secretFileParts } from "./secret-files";
import { functionPlacement, runtimeImage, workloadSettings } from "./settings";

/** A function's code as its pods get it. */
export interface MountedCode {
    /** Name of the ConfigMap. */
    config: pulumi.Input<string>;
    paths: CodeConfig["paths"];
    command: string[];
}

const codeVolume = "code";
const defaultPortName = "http";
const defaultMaximum = 3;
const defaultMemoryRequest = "64Mi";

/** Seconds in which an image's pod that is to end still gets calls, until every proxy knows. */
const imageSleepSeconds = 5;
/** Seconds that an image's pod has for its last calls. */
const imageGraceSeconds = 60;

/** Variables that make the languages' images do without files that they cannot write. */
const runtimeEnvironment: Readonly<Record<FunctionRuntime, Record<string, string>>> = {
    [FunctionRuntime.Nodejs]: { HOME: "/tmp", NODE_ENV: "production" },
    [FunctionRuntime.Python]: { HOME: "/tmp", PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" },
};

/**
 * The function's Deployment with its Service.
 *
 * @param name the function's logical name
 * @param code nothing for an image
 */
export function functionDeployment(
    name: string,
    fn: ResolvedFunction,
    shape: FunctionWorkloadShape,
    namespace: pulumi.Input<string>,
    code: MountedCode | undefined,
): HardenedDeploymentArgs {
    const secretFiles = secretFileParts(fn);
    const mount: VolumeMount = { volume: codeVolume, path: functionDirectory };
    const image = code ? runtimeImage(fn.platform, fn.runtime!)! : fn.image!;
    const variables = plainVariables(name, fn);
    const dependencies = dependencyParts(fn, { image, code: mount, variables });
    const container = code ? codeContainer(fn, shape, code.command) : imageContainer(fn, shape);
    return {
        cluster: fn.cluster,
        namespace,
        ...functionLabels(fn, shape),
        podLabels: { ...shape.podLabels, ...(code ? metricsLabels(shape) : {}) },
        podAnnotations: shape.podAnnotations,
        resourceName: fn.functionName,
        placement: functionPlacement(fn),
        registry: fn.registry,
        identity: { existingServiceAccount: workloadSettings(fn.platform).serviceAccount ?? "default" },
        containers: [
            {
                ...container,
                image,
                environment: {
                    ...withoutSecrets(fn, { ...container.environment, ...shape.environment }),
                    ...secretFiles.environment,
                    ...variables,
                },
                environmentFromSecrets: secretVariables(fn),
                resources: resources(fn.resources),
                mounts: [
                    ...(code ? [mount] : []),
                    ...dependencies.mounts,
                    ...secretFiles.mounts,
                    ...(shape.mounts ?? []),
                ],
            },
        ],
        initContainers: dependencies.initContainers,
        volumes: [
            ...(code ? [{ name: codeVolume, configMap: { name: code.config, files: code.paths } }] : []),
            ...dependencies.volumes,
            ...secretFiles.volumes,
            ...(shape.volumes ?? []),
        ],
        service: { ports: [{ name: portName(shape), port: shape.servicePort }] },
        network: network(fn, shape, namespace),
        terminationGracePeriodSeconds: code ? terminationGraceSeconds(fn) : imageGraceSeconds,
        ...replication(fn, shape),
    };
}

/** The port that the function's container listens on. */
export function containerPort(fn: ResolvedFunction, shape: FunctionWorkloadShape): number {
    return fn.image === undefined ? (shape.port ?? serverPort(shape.contract)) : fn.port;
}

function portName(shape: FunctionWorkloadShape): string {
    return shape.portName ?? defaultPortName;
}

type ContainerCore = Omit<WorkloadContainer, "image">;

function codeContainer(fn: ResolvedFunction, shape: FunctionWorkloadShape, command: string[]): ContainerCore {
    const health = { http: { path: (shape.healthPaths ?? defaultHealthPaths(shape.contract))[0]! } };
    return {
        name: shape.containerName ?? "function",
        command,
        environment: runtimeEnvironment[fn.runtime!],
        ports: [{ name: portName(shape), port: containerPort(fn, shape) }],
        probes: {
            startup: { ...health, periodSeconds: 1, failureThreshold: 120 },
            readiness: { ...health, periodSeconds: 5 },
            // A call that computes all the time lets nothing else answer, and has its time.
            liveness: {
                http: { path: livePath },
                periodSeconds: 10,
                failureThreshold: 3 + Math.ceil(fn.timeoutSeconds / 10),
            },
        },
    };
}

function imageContainer(fn: ResolvedFunction, shape: FunctionWorkloadShape): ContainerCore {
    return {
        name: shape.containerName ?? "function",
        environment: { HOME: "/tmp", PORT: `${fn.port}` },
        ports: [{ name: portName(shape), port: fn.port }],
        probes: { readiness: { tcp: {}, periodSeconds: 2 } },
        lifecycle: { preStopSleepSeconds: imageSleepSeconds },
    };
}

/** What the library sets, as far as the function sets it not itself by a secret. */
function withoutSecrets(
    fn: ResolvedFunction,
    given: Record<string, pulumi.Input<string>>,
): Record<string, pulumi.Input<string>> {
    const secret = functionSecrets(fn).map(({ variable }) => variable);
    return Object.fromEntries(Object.entries(given).filter(([variable]) => !secret.includes(variable)));
}

function secretVariables(fn: ResolvedFunction): WorkloadContainer["environmentFromSecrets"] {
    return Object.fromEntries(
        functionSecrets(fn).map(({ variable, secretName, key }) => [variable, { name: secretName, key }]),
    );
}

function resources({ cpuRequest, cpuLimit, memoryRequest, memoryLimit }: FunctionResources = {}): Resources {
    return {
        requests: { cpu: cpuRequest, memory: memoryRequest ?? smaller(defaultMemoryRequest, memoryLimit) },
        limits: { cpu: cpuLimit, memory: memoryLimit },
    };
}

function smaller(amount: string, limit: string | undefined): string {
    return limit !== undefined && quantityValue(limit)! < quantityValue(amount)! ? limit : amount;
}

/** Who calls the function, and the way to what its start needs. */
function network(
    fn: ResolvedFunction,
    shape: FunctionWorkloadShape,
    namespace: pulumi.Input<string>,
): HardenedDeploymentArgs["network"] {
    const pods: PodPeer[] = [...fn.platform.callers, ...schedulePods(fn, namespace)];
    const ports = [{ port: containerPort(fn, shape) }];
    return { ingress: pods.length > 0 ? [{ pods, ports }] : [], egress: fn.dependencies?.egress };
}

type Replication = Pick<
    HardenedDeploymentArgs,
    "annotations" | "replicas" | "autoscaling" | "scaledElsewhere" | "initialReplicas" | "disruptionBudget"
>;

/**
 * Wins the number of pods back from an autoscaler that was there before, which keeps the field as its own.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
const patchForce = { "pulumi.com/patchForce": "true" };

function replication({ scaling }: ResolvedFunction, shape: FunctionWorkloadShape): Replication {
    const minimum = scaling?.minimum ?? 1;
    const maximum = scaling?.maximum ?? Math.max(defaultMaximum, minimum);
    const { annotations } = shape;
    if (shape.scaledElsewhere) {
        return {
            annotations,
            scaledElsewhere: true,
            initialReplicas: minimum,
            disruptionBudget: minimum > 1 ? {} : undefined,
        };
    }
    if (scaling === undefined || minimum === maximum) {
        return { annotations: { ...annotations, ...patchForce }, replicas: minimum };
    }
    const autoscaling: Autoscaling = {
        minReplicas: minimum,
        maxReplicas: maximum,
        cpuPercent: scaling.targetCpuPercent,
    };
    return { annotations, autoscaling };
}
