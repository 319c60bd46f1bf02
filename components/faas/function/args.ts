import type * as pulumi from "@pulumi/pulumi";
import type { Cluster, FaasPlatform, IngressGateway, SecretBinding } from "../../core/contracts";
import type { Labels } from "../../core/labels";
import type { EgressRule } from "../../core/network";
import type { Placement } from "../../core/placement";
import type { Registry } from "../../core/registry";

/** The languages of the portable handler. */
export const FunctionRuntime = { Nodejs: "nodejs", Python: "python" } as const;
export type FunctionRuntime = (typeof FunctionRuntime)[keyof typeof FunctionRuntime];

/** Which signature the code has. */
export const HandlerContract = {
    /** `handler(request, context)`, the same on every platform. */
    Portable: "portable",
    /** The platform's own convention; the code is passed through as it is. */
    Native: "native",
} as const;
export type HandlerContract = (typeof HandlerContract)[keyof typeof HandlerContract];

/** The HTTP methods that a route answers. */
export const HttpMethod = {
    Delete: "DELETE",
    Get: "GET",
    Head: "HEAD",
    Options: "OPTIONS",
    Patch: "PATCH",
    Post: "POST",
    Put: "PUT",
} as const;
export type HttpMethod = (typeof HttpMethod)[keyof typeof HttpMethod];

/** A key of a Secret that the function sees as an environment variable. */
export interface FunctionSecret {
    /** Name of the environment variable. */
    variable: string;
    /** Name of a Secret in the function's namespace. */
    secretName: pulumi.Input<string>;
    /** Key in the Secret. */
    key: string;
}

/** A connection's Secret whose keys the function sees as `PREFIX_HOST`, `PREFIX_PASSWORD` and so on. */
export interface FunctionBinding {
    /** Prefix of the environment variables, in capitals: `ORDERS`. */
    prefix: string;
    binding: SecretBinding;
    /**
     * Shows the keys as files as well, such as a certificate that a client wants by its path. They lie in the folder that
     * the variable `PREFIX_DIRECTORY` names. @default false
     */
    asFiles?: boolean;
}

/** A Secret whose keys the function sees as files. */
export interface FunctionSecretFiles {
    /**
     * Name of a Secret in the function's namespace. Its keys are the files `/secrets/NAMESPACE/SECRET/KEY`, on every
     * platform; the name is plain, since the code reads it as part of the path.
     */
    secretName: string;
}

/** Where the configuration of a package manager lies, with the credentials of a private registry in it. */
export interface DependencyConfiguration {
    /** Name of a Secret in the function's namespace. */
    secretName: pulumi.Input<string>;
    /** Its key that holds an `.npmrc` or a `pip.conf`. */
    key: string;
}

/**
 * Packages that are installed whenever a pod starts, by an init container beside the code: those of `package.json` (as
 * `package-lock.json` says where there is one) or of `requirements.txt`. No script and no build of a package is run.
 *
 * What is installed at the start can be missing at the start: an image, or the packages among the code's own files, need
 * no registry.
 */
export interface FunctionDependencies {
    /** URL of the registry or index. @default the public one of npm or pip */
    registryUrl?: pulumi.Input<string>;
    /** The package manager's configuration file. @default none */
    configuration?: DependencyConfiguration;
    /**
     * The way to the registry: `{ internet: true, ports: [{ port: 443 }] }` for the public ones. An init container has
     * the network of its pod, so it stays open for the function as well.
     */
    egress: EgressRule[];
    /** The most disk that the packages may take, with what is needed while they are installed. @default `512Mi` */
    size?: pulumi.Input<string>;
}

/** A path under which the platform's gateway, and the ingress if one is named, answers with the function. */
export interface FunctionRoute {
    /** Begins with `/`. */
    path: string;
    /** @default `["GET", "POST"]` on Fission; every method where functions have Services of their own */
    methods?: HttpMethod[];
    /** Publishes the route through this ingress; without it the function is reachable inside the cluster only. */
    ingress?: IngressGateway;
    /** Host name at the ingress. Required with `ingress`. */
    host?: pulumi.Input<string>;
    /** Names of protections that the ingress declares. One of them must ask for a login. */
    protections?: string[];
    /** Publishes the function to everybody who reaches the ingress. */
    insecureWithoutLogin?: boolean;
}

/** A call at set times: an empty POST to `/`. */
export interface FunctionSchedule {
    /** Five cron fields: minute, hour, day of month, month, day of week. UTC. */
    cron: string;
    /** Distinguishes several schedules of one function. @default the schedule's position */
    name?: string;
}

/** How many copies of the function run. */
export interface FunctionScaling {
    /** @default 1; 0 where the platform can scale to zero */
    minimum?: number;
    /** @default 3 */
    maximum?: number;
    /** Average processor use, in percent of the request, above which a copy is added. @default 80 */
    targetCpuPercent?: number;
}

/** What one copy of the function may use; Kubernetes quantities. */
export interface FunctionResources {
    /** @default `50m` */
    cpuRequest?: string;
    /** @default `500m` */
    cpuLimit?: string;
    /** @default `64Mi` */
    memoryRequest?: string;
    /** @default `256Mi` */
    memoryLimit?: string;
}

/** Arguments of a {@link FaasFunction}. */
export interface FaasFunctionArgs {
    /** The cluster that the platform runs in. */
    cluster: Cluster;
    /** The platform that runs the function. */
    platform: FaasPlatform;
    /** The function's name on the platform. @default the component's logical name */
    functionName?: string;
    /** One of the platform's function namespaces. @default the platform's first */
    namespace?: string;
    /** The language of `code` or `archive`. */
    runtime?: FunctionRuntime;
    /** @default `portable` */
    contract?: HandlerContract;
    /** `file.function`, without the file's ending: `hello.handler`. @default `handler.handler` */
    handler?: string;
    /** One source file. Exactly one of `code`, `archive` and `image` is given. */
    code?: pulumi.asset.Asset;
    /** A folder or zip of source files. */
    archive?: pulumi.asset.Archive;
    /** A container image that listens by itself, at the port that the variable `PORT` names. */
    image?: pulumi.Input<string>;
    /** The port on which the image listens. @default 8080 */
    port?: number;
    /** Environment variables that are no secrets. */
    environment?: Record<string, pulumi.Input<string>>;
    /** Keys of Secrets as environment variables. */
    secrets?: FunctionSecret[];
    /** Secrets as files. */
    secretFiles?: FunctionSecretFiles[];
    /** Connections as environment variables, and as files where they say so. */
    bindings?: FunctionBinding[];
    /** Packages that the code needs and does not bring. @default none is installed */
    dependencies?: FunctionDependencies;
    routes?: FunctionRoute[];
    schedules?: FunctionSchedule[];
    scaling?: FunctionScaling;
    resources?: FunctionResources;
    /** Whole seconds after which a call is given up. @default 60 */
    timeoutSeconds?: number;
    labels?: Labels;
    placement?: Placement;
    registry?: Registry;
}
