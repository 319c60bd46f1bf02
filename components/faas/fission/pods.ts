import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PlacementSpec } from "../../core/placement";
import { imagePullSecrets, type Registry } from "../../core/registry";
import type { FunctionResources, FunctionRuntime } from "../function";
import { fissionServerEnvironment } from "../function/portable";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;
type EnvVar = k8s.types.input.core.v1.EnvVar;

/** The container that Fission puts beside every function, which loads the code. */
export const fetcherContainer = "fetcher";

/**
 * User and group of every process in a function's pod. It has to be the same for all: the fetcher writes the code with
 * mode 0600 for the function to read.
 */
const user = 10001;

/** The port that an image listens on. */
export const imagePort = 8080;

const tmpVolume = "tmp";
const tmpSize = "64Mi";

/** Where a function's pods run and where their images come from. */
export interface FunctionPodArgs {
    placement?: PlacementSpec;
    registry?: Registry;
}

/** The port on which a language's image serves functions. */
export const environmentPort = 8888;

/** The port of the fetcher. */
export const fetcherPort = 8000;

/** What a container gets when nothing is said. */
const defaultResources = { cpuRequest: "50m", cpuLimit: "500m", memoryRequest: "64Mi", memoryLimit: "256Mi" };

/** Requests and limits of a function's container. */
export function functionResources(resources: FunctionResources = {}): k8s.types.input.core.v1.ResourceRequirements {
    const { cpuRequest, cpuLimit, memoryRequest, memoryLimit } = { ...defaultResources, ...resources };
    return {
        requests: { cpu: cpuRequest, memory: memoryRequest },
        limits: { cpu: cpuLimit, memory: memoryLimit },
    };
}

/** Variables with which the images of the languages serve every request as the portable handler needs it. */
export function serverVariables(runtime: FunctionRuntime): EnvVar[] {
    return Object.entries(fissionServerEnvironment[runtime]).map(([name, value]) => ({ name, value }));
}

/**
 * What an Environment lays over the pods that Fission makes of it, so that they pass the "restricted" Pod Security
 * profile. Fission merges containers by their names: the function's is called like the Environment.
 *
 * An entry without an image keeps the one of the Environment; the webhook refuses the same image under another name.
 */
export function environmentPod(
    environment: string,
    variables: EnvVar[],
    args: FunctionPodArgs & { fetcherVariables?: EnvVar[] },
): PodSpec {
    return {
        ...restrictedPod(args),
        containers: [
            functionContainer({ name: environment }, variables),
            { name: fetcherContainer, env: args.fetcherVariables, securityContext: restrictedContainer },
        ],
    };
}

/** A function that is an image: its whole pod, since Fission adds nothing to it. */
export interface ImagePodArgs extends FunctionPodArgs {
    /** Fission looks for a container that is called like the function. */
    functionName: string;
    image: pulumi.Input<string>;
    variables: EnvVar[];
    resources?: FunctionResources;
    /** Seconds for the last requests. Must be there: v1.27.0 crashes without it (fission/fission#3591). */
    terminationGracePeriodSeconds: pulumi.Input<number>;
}

/** The pod of a function that is an image: one container with one port, as Fission wants it. */
export function imagePod(args: ImagePodArgs): PodSpec {
    return {
        ...restrictedPod(args),
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: args.terminationGracePeriodSeconds,
        containers: [
            functionContainer(
                {
                    name: args.functionName,
                    image: args.image,
                    ports: [{ name: "http", containerPort: imagePort }],
                    readinessProbe: { tcpSocket: { port: imagePort }, periodSeconds: 2, timeoutSeconds: 2 },
                    resources: functionResources(args.resources),
                },
                args.variables,
            ),
        ],
    };
}

function restrictedPod(args: FunctionPodArgs): Omit<PodSpec, "containers"> {
    return {
        securityContext: {
            runAsNonRoot: true,
            runAsUser: user,
            runAsGroup: user,
            fsGroup: user,
            seccompProfile: { type: "RuntimeDefault" },
        },
        enableServiceLinks: false,
        imagePullSecrets: imagePullSecrets(args.registry),
        ...args.placement,
        volumes: [{ name: tmpVolume, emptyDir: { sizeLimit: tmpSize } }],
    };
}

const restrictedContainer = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
};

/**
 * Of the image's own directories none can be written; npm and Python look for a home that can. Of two variables of one
 * name the later counts, since Fission refuses a container that has both.
 */
function functionContainer(container: Container, variables: EnvVar[]): Container {
    const home: EnvVar = { name: "HOME", value: "/tmp" };
    const byName = new Map([home, ...variables].map((variable) => [variable.name, variable]));
    return {
        ...container,
        env: [...byName.values()],
        securityContext: restrictedContainer,
        volumeMounts: [{ name: tmpVolume, mountPath: "/tmp" }],
    };
}
