import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../../../core/labels";
import type { VolumeMount, WorkloadVolume } from "../../../core/workload";
import type { ServerContract } from "../server";

/**
 * What a platform without a controller for functions says of a function's objects; everything else follows from the
 * function itself. The function's Deployment and Service are called like the function.
 */
export interface FunctionWorkloadShape {
    /** The platform, as the label `app.kubernetes.io/component` of every object: `kubeless`. */
    platform: string;
    /** Which signature the code has. */
    contract: ServerContract;
    /** The port that our server listens on; an image listens on the function's `port`. @default that of the contract */
    port?: number;
    /** The Service's port. */
    servicePort: number;
    /** Name of the Service's and the container's port. @default `http` */
    portName?: string;
    /** Paths that our server answers with its health. @default those of the contract */
    healthPaths?: string[];
    /** Name of the only container. @default `function` */
    containerName?: string;
    /** Further labels of every object and of the pods. */
    labels?: Labels;
    /** Further labels of the pods only, for programs that find functions by them. */
    podLabels?: Labels;
    /** Annotations of the Deployment. */
    annotations?: Labels;
    podAnnotations?: Labels;
    /** Variables that the platform promises to functions. The function's own win. */
    environment?: Record<string, pulumi.Input<string>>;
    /** Volumes beside those of the code, the dependencies and the Secrets. */
    volumes?: WorkloadVolume[];
    /** Where the function finds these volumes. */
    mounts?: VolumeMount[];
    /**
     * Leaves the number of pods to the platform, as OpenFaaS does; `scaling` of the function then means what the platform
     * makes of it. @default false: the function's `scaling` becomes a number of pods or an autoscaler
     */
    scaledElsewhere?: boolean;
    /** Header fields of the calls that schedules make; `{now}` becomes the time, `{pod}` the calling pod's UID. */
    scheduleHeaders?: Record<string, string>;
}

/** Facts that such a platform tells the functions on it: the contract's `settings`. All text, so that any stack can read it. */
export interface WorkloadPlatformSettings {
    /** Known when the function namespaces are there, with what must be in them before any pod starts. */
    ready: pulumi.Input<string>;
    /** The image that runs functions in Node, as it is pulled. */
    nodejsImage: pulumi.Input<string>;
    /** The image that runs functions in Python, as it is pulled. */
    pythonImage: pulumi.Input<string>;
    /** The ServiceAccount of functions in every function namespace: it has no rights, and the platform's pull secrets. */
    serviceAccount: pulumi.Input<string>;
    /**
     * The `Placement` of functions that have none, as `placementSetting` writes it. Plain, since it decides which fields a
     * function's objects have. @default anywhere
     */
    functionPlacement?: string;
}
