import * as pulumi from "@pulumi/pulumi";
import type { PodPeer, ServiceRef } from "../../core/contracts";
import { image } from "../../core/images";
import { selectorLabels, type Labels } from "../../core/labels";
import type { Permission } from "../../core/rbac";
import { HardenedDeployment, type HardenedDeploymentArgs, type WorkloadContainer } from "../../core/workload";
import type { FissionArgs } from "./args";

/** Fission's own parts. */
export type Part =
    "router" | "executor" | "buildermgr" | "storagesvc" | "webhook" | "timer" | "kubewatcher" | "mqtrigger-kafka";

/** What all parts of an installation have in common. */
export interface Installation {
    /** Logical name. */
    name: string;
    args: FissionArgs;
    parent: pulumi.Resource;
    /** Name of Fission's own namespace. */
    namespaceName: string;
    /** The same, known only when all namespaces are there: the parts have rights in each. */
    namespace: pulumi.Output<string>;
    /** Known only when Fission's definitions are there: the parts list objects of these kinds as soon as they run. */
    definitions: pulumi.Output<string[]>;
    functionNamespaces: string[];
    /** The Secret with the keys by which the parts trust each other. */
    authSecret: pulumi.Output<string>;
}

/** The name under which Fission's parts look for their common key, in their own namespace and in each of functions. */
export const authSecretName = "fission-internal-auth";

/** The port of a part's metrics. */
export const metricsPort = 8080;

/** What a part adds to what all have. */
export interface PartArgs {
    container: Omit<WorkloadContainer, "name" | "image" | "command">;
    /** What it may do in each function namespace. */
    permissions?: Permission[];
    /** What it may do elsewhere. */
    ownPermissions?: Permission[];
    /** Further labels, by which upstream's command line finds it. */
    labels?: Labels;
    network: NonNullable<HardenedDeploymentArgs["network"]>;
    replicas?: number;
    updateStrategy?: HardenedDeploymentArgs["updateStrategy"];
    service?: HardenedDeploymentArgs["service"];
    volumes?: HardenedDeploymentArgs["volumes"];
    /** Whether it signs and checks what the parts send each other. @default true */
    trusted?: boolean;
}

/** The pods of a part. Known before the part is made, for the network rules of the others. */
export function partPods(installation: Pick<Installation, "name" | "namespaceName">, part: Part): PodPeer {
    return { namespace: installation.namespaceName, podSelector: selector(installation.name, part) };
}

/** A Service of a part. */
export function partService(
    installation: Pick<Installation, "name" | "namespaceName">,
    part: Part,
    port: number,
    targetPort: number,
): ServiceRef {
    const { namespace, podSelector } = partPods(installation, part);
    return { namespace, service: part, port, targetPort, scheme: "http", podSelector };
}

function selector(instance: string, part: Part): Record<string, string> {
    return selectorLabels({ app: "fission", instance, component: part });
}

/** One of Fission's own parts: a Deployment of the one image that all parts share. */
export function createPart(installation: Installation, part: Part, args: PartArgs): HardenedDeployment {
    const { name, parent, namespace, definitions, functionNamespaces } = installation;
    const { cluster, placement, registry } = installation.args;
    const inFunctions = (args.permissions ?? []).map((each) => ({ ...each, namespaces: functionNamespaces }));
    return new HardenedDeployment(
        `${name}-${part}`,
        {
            cluster,
            namespace,
            app: "fission",
            component: part,
            instance: name,
            resourceName: part,
            labels: { ...installation.args.labels, svc: part, ...args.labels },
            podAnnotations: {
                // Nothing but the pods waits for the definitions.
                "kubernetes-faas/internal-auth-generation": definitions.apply(() => `${generation(installation.args)}`),
            },
            placement,
            registry,
            replicas: args.replicas ?? 1,
            updateStrategy: args.updateStrategy,
            service: args.service,
            volumes: args.volumes,
            permissions: [...(args.ownPermissions ?? []), ...inFunctions],
            identity: { mountToken: true },
            network: args.network,
            containers: [container(installation, part, args)],
        },
        { parent },
    );
}

/** Copies of the parts that several can share the work of, or can wait to take it over. */
export function copies({ args }: Installation): number {
    return args.highAvailability ? 2 : 1;
}

/** The count of keys that there have been. */
export function generation({ internalAuthGeneration }: FissionArgs): number {
    return internalAuthGeneration ?? 1;
}

function container(installation: Installation, part: Part, args: PartArgs): WorkloadContainer {
    return {
        ...args.container,
        name: part,
        image: image("fission-bundle"),
        command: ["/fission-bundle"],
        environment: { ...commonEnvironment(installation), ...args.container.environment },
        environmentFromResources: { GOMEMLIMIT: "limits.memory" },
        environmentFromSecrets: {
            ...(args.trusted === false ? {} : authVariables(installation)),
            ...args.container.environmentFromSecrets,
        },
    };
}

function commonEnvironment({ functionNamespaces }: Installation): Record<string, string> {
    return {
        FISSION_DEFAULT_NAMESPACE: functionNamespaces[0]!,
        FISSION_RESOURCE_NAMESPACES: functionNamespaces.join(","),
        FISSION_TENANCY_MODE: "static",
        KUBE_CLIENT_QPS: "200",
        KUBE_CLIENT_BURST: "500",
    };
}

/** Without the key Fission would trust everybody. */
function authVariables({ authSecret }: Installation): NonNullable<WorkloadContainer["environmentFromSecrets"]> {
    return {
        FISSION_INTERNAL_AUTH_SECRET: { name: authSecret, key: "secret" },
        FISSION_INTERNAL_AUTH_SECRET_OLD: { name: authSecret, key: "oldSecret", optional: true },
    };
}
