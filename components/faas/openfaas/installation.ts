import * as pulumi from "@pulumi/pulumi";
import type { PodPeer, ServiceRef } from "../../core/contracts";
import { selectorLabels } from "../../core/labels";
import { HardenedDeployment, type HardenedDeploymentArgs } from "../../core/workload";
import type { OpenFaasArgs } from "./args";

/** OpenFaaS' own parts, which are called so in the cluster. The gateway's pod holds faas-netes too. */
export const Part = {
    Alertmanager: "alertmanager",
    CronConnector: "cron-connector",
    Gateway: "gateway",
    Nats: "nats",
    Prometheus: "prometheus",
    QueueWorker: "queue-worker",
} as const;
export type Part = (typeof Part)[keyof typeof Part];

/** The ports that the parts listen on. Those of the gateway can't be chosen. */
export const ports = { gateway: 8080, metrics: 8082, provider: 8081, nats: 4222, prometheus: 9090, alertmanager: 9093 };

/** The port that every function listens on; faas-netes calls no other. */
export const functionPort = 8080;

/** What all parts of an installation have in common. */
export interface Installation {
    /** Logical name. */
    name: string;
    args: OpenFaasArgs;
    parent: pulumi.Resource;
    /** Name of OpenFaaS' own namespace. */
    namespaceName: string;
    /** The same, known when the namespaces are there. */
    namespace: pulumi.Output<string>;
    functionNamespace: string;
    /** Name of the Secret with the gateway's login. */
    loginSecret: pulumi.Output<string>;
}

/** Where a program finds the names of an installation before it is made. */
export type InstallationNames = Pick<Installation, "name" | "namespaceName">;

/** The pods of a part. Known before the part is made, for the network rules of the others. */
export function partPods({ name, namespaceName }: InstallationNames, part: Part): PodPeer {
    return {
        namespace: namespaceName,
        podSelector: selectorLabels({ app: "openfaas", instance: name, component: part }),
    };
}

/** The Service of a part. */
export function partService(names: InstallationNames, part: Part, port: number): ServiceRef {
    const { namespace, podSelector } = partPods(names, part);
    return { namespace, service: part, port, targetPort: port, scheme: "http", podSelector };
}

/** Under which name the pods of this installation find a part. */
export function partHost({ namespaceName }: InstallationNames, part: Part): string {
    return `${part}.${namespaceName}`;
}

/** The pods of all functions. */
export function functionPods({ functionNamespace }: Pick<Installation, "functionNamespace">): PodPeer {
    return { namespace: functionNamespace, podSelector: {} };
}

/** Whether there is a queue of calls. */
export function queuesCalls({ asyncInvocation }: Pick<OpenFaasArgs, "asyncInvocation">): boolean {
    return asyncInvocation ?? true;
}

/** Who may call functions: the gateway, and who is named. */
export function functionCallers(installation: InstallationNames & Pick<Installation, "args">): PodPeer[] {
    return [partPods(installation, Part.Gateway), ...(installation.args.callers ?? [])];
}

/** What a part adds to what all have. */
export type PartArgs = Pick<
    HardenedDeploymentArgs,
    "containers" | "network" | "permissions" | "service" | "tmpSize" | "updateStrategy" | "volumes"
>;

/**
 * One of OpenFaaS' own parts: one pod, since none of them is made to share its work.
 *
 * @param needed parts that have to run before
 */
export function createPart(
    installation: Installation,
    part: Part,
    args: PartArgs,
    needed: HardenedDeployment[] = [],
): HardenedDeployment {
    const { name, parent } = installation;
    const running = needed.map(({ workload }) => workload.metadata.name);
    const namespace = pulumi.all([installation.namespace, pulumi.all(running)]).apply(([known]) => known);
    const { cluster, labels, placement, registry } = installation.args;
    return new HardenedDeployment(
        `${name}-${part}`,
        {
            ...args,
            cluster,
            namespace,
            app: "openfaas",
            component: part,
            instance: name,
            resourceName: part,
            labels,
            placement,
            registry,
        },
        { parent },
    );
}

/** Where the parts look for the two files of the login, which have to be called as they are. */
export const loginPath = "/var/secrets";
export const userFile = "basic-auth-user";
export const passwordFile = "basic-auth-password";

/** The only user that the gateway knows. */
export const adminUser = "admin";

/** The login as files, for the parts that need it. */
export function loginVolume({ loginSecret }: Installation): NonNullable<PartArgs["volumes"]>[number] {
    return { name: "login", secret: { name: loginSecret } };
}

export const loginMount = { volume: "login", path: loginPath };
