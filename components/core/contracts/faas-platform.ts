import type * as pulumi from "@pulumi/pulumi";
import type { PodPeer, ServiceRef } from "./service";
import type { Telemetry } from "./telemetry";

/** The serverless platforms. */
export const FaasKind = {
    Fission: "fission",
    Funktion: "funktion",
    Kubeless: "kubeless",
    OpenFaas: "openfaas",
    OpenWhisk: "openwhisk",
} as const;
export type FaasKind = (typeof FaasKind)[keyof typeof FaasKind];

/** What a function may ask for; a platform lists those that it honours. */
export const FunctionFeature = {
    /** Code given inline, in the languages of the portable contract. */
    Code: "code",
    /** A container image that listens by itself. */
    Image: "image",
    Environment: "environment",
    Secrets: "secrets",
    /** Secrets as files. */
    SecretFiles: "secretFiles",
    /** Packages that are installed when a pod starts. */
    Dependencies: "dependencies",
    /** Routes that answer some methods only. */
    RouteMethods: "routeMethods",
    /** A port of the image's own choice. */
    ImagePort: "imagePort",
    Schedule: "schedule",
    Scaling: "scaling",
    ScaleToZero: "scaleToZero",
    /** A number of copies that follows the processor's use. */
    CpuScaling: "cpuScaling",
    Resources: "resources",
    Timeout: "timeout",
    /** An end of calls that an image answers too slowly. */
    ImageTimeout: "imageTimeout",
    Placement: "placement",
} as const;
export type FunctionFeature = (typeof FunctionFeature)[keyof typeof FunctionFeature];

/** How to log in to the platform's gateway. */
export interface FaasCredentials {
    username: pulumi.Input<string>;
    /** Secret. */
    password: pulumi.Input<string>;
}

/** A serverless platform that runs in a cluster. Made by the components in `components/faas`. */
export interface FaasPlatform {
    kind: FaasKind;
    /**
     * Where function calls arrive. On a platform without a gateway, where each function has a Service of its own: what
     * those have in common, with an empty `service`; `functionUrl` says where one answers.
     */
    gateway: ServiceRef;
    /** Namespaces in which functions may live; the first is the default. */
    functionNamespaces: string[];
    /** What functions may ask for on this platform. */
    features: FunctionFeature[];
    /** Pods that call functions (gateway, warm-up, timers): the peers of a function's NetworkPolicy. */
    callers: PodPeer[];
    /** Without it the gateway asks for no login of its own. */
    credentials?: FaasCredentials;
    /** Facts that the platform's own function code needs, such as image names. */
    settings?: Record<string, pulumi.Input<string>>;
    telemetry: Telemetry;
}
