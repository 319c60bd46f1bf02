import type * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../core/deletion";
import * as k8s from "../../core/kubernetes";
import type { Labels } from "../../core/labels";
import { fissionApiVersion } from "./crds/definitions";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type ResourceRequirements = k8s.types.input.core.v1.ResourceRequirements;
type MetricSpec = k8s.types.input.autoscaling.v2.MetricSpec;

/** An Environment: the image that runs functions of a language, and its warm pods. */
export interface EnvironmentSpec {
    /** The contract between Fission and the image. */
    version: 3;
    runtime: { image: pulumi.Input<string>; podspec: PodPatch };
    /** How many warm pods wait for functions. */
    poolsize: pulumi.Input<number>;
    resources: ResourceRequirements;
    /** Seconds that a pod waits for its last requests before it ends. */
    terminationGracePeriod: pulumi.Input<number>;
}

/** What is laid over a pod that Fission makes; containers are matched by their names. */
export type PodPatch = PodSpec;

/** A Package: the code of a function. */
export interface PackageSpec {
    environment: ObjectReference;
    deployment: {
        type: "literal";
        /** Base64 of a zip. */
        literal: pulumi.Input<string>;
    };
}

/** A Function: code or an image, and how it is run. */
export interface FunctionSpec {
    InvokeStrategy: { StrategyType: "execution"; ExecutionStrategy: ExecutionStrategy };
    environment: { name?: pulumi.Input<string>; namespace: pulumi.Input<string> };
    package: { packageref?: ObjectReference; functionName?: pulumi.Input<string> };
    /** Secrets that the function's pods get as files. */
    secrets?: pulumi.Input<ObjectReference[]>;
    /** Seconds that a call may take. */
    functionTimeout: number;
    /** Seconds without calls after which pods are given up. */
    idletimeout: number;
    /** Calls that one pod takes at a time. */
    requestsPerPod?: number;
    podspec?: PodSpec;
}

/** Who runs a function: pods from a pool, or a Deployment of its own. */
export interface ExecutionStrategy {
    ExecutorType: "poolmgr" | "newdeploy" | "container";
    MinScale?: number;
    MaxScale?: number;
    /** Seconds that a pod may take to become ready. */
    SpecializationTimeout: number;
    hpaMetrics?: MetricSpec[];
}

/** An HTTPTrigger: a path of the router that leads to a function. */
export interface HttpTriggerSpec {
    functionref: FunctionReference;
    /** Empty beside a prefix; upstream's definitions refuse it missing. */
    relativeurl: "";
    prefix: pulumi.Input<string>;
    methods: string[];
    /** Empty: any. */
    host?: pulumi.Input<string>;
}

/** A TimeTrigger: calls at set times. */
export interface TimeTriggerSpec {
    cron: string;
    functionref: FunctionReference;
    method: "POST";
    subpath: "/";
}

/** A MessageQueueTrigger: calls with the records of a topic. */
export interface MessageQueueTriggerSpec {
    messageQueueType: "kafka";
    mqtkind: "fission";
    functionref: FunctionReference;
    topic: string;
    respTopic?: string;
    errorTopic?: string;
    maxRetries: number;
    contentType: string;
}

/** An object of a namespace. */
export interface ObjectReference {
    name: pulumi.Input<string>;
    namespace: pulumi.Input<string>;
}

/** A function by its name, in the same namespace. */
export interface FunctionReference {
    type: "name";
    name: pulumi.Input<string>;
}

/** The kinds of Fission's objects that the library makes, and what each holds. */
interface FissionSpecs {
    Environment: EnvironmentSpec;
    Package: PackageSpec;
    Function: FunctionSpec;
    HTTPTrigger: HttpTriggerSpec;
    TimeTrigger: TimeTriggerSpec;
    MessageQueueTrigger: MessageQueueTriggerSpec;
}

/** Where an object lies and what it is called. */
export interface ObjectMetadata {
    name: pulumi.Input<string>;
    namespace: pulumi.Input<string>;
    labels: Labels;
}

/**
 * Makes one of Fission's objects.
 *
 * Of an Environment and a Function Fission copies the labels into the selector of a Deployment, which can't change: with
 * other labels they are made anew, since Fission would leave the old pods running.
 */
export function fissionObject<Kind extends keyof FissionSpecs>(
    kind: Kind,
    name: string,
    metadata: ObjectMetadata,
    spec: FissionSpecs[Kind],
    parent: pulumi.Resource,
    replaceOnChanges: string[] = [],
): k8s.apiextensions.CustomResource {
    const selecting = kind === "Environment" || kind === "Function";
    return new k8s.apiextensions.CustomResource(
        name,
        { apiVersion: fissionApiVersion, kind, metadata, spec },
        childOptions(
            parent,
            selecting
                ? { replaceOnChanges: ["metadata.labels", ...replaceOnChanges], deleteBeforeReplace: true }
                : { replaceOnChanges },
        ),
    );
}
