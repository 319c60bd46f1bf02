import type * as pulumi from "@pulumi/pulumi";
import { hotSecret } from "../../core/config-objects";
import type { PodPeer } from "../../core/contracts";
import { childOptions } from "../../core/deletion";
import * as k8s from "../../core/kubernetes";
import { objectLabels, type Labels } from "../../core/labels";
import { allow } from "../../core/network";
import { grantPermissions, type Permission } from "../../core/rbac";
import { imagePullSecrets } from "../../core/registry";
import type { FissionArgs } from "./args";
import { authSecretName, type Installation, partPods, partService } from "./installation";
import { builderPermissions, fetcherPermissions } from "./permissions";
import { environmentPort, fetcherPort, imagePort } from "./pods";

/** What runs a function's pods, as Fission labels them. */
const executors = ["poolmgr", "newdeploy", "container"] as const;

/** The pods of all functions of a namespace. */
export function functionPods(namespace: string): PodPeer[] {
    return executors.map((executorType) => ({ namespace, podSelector: { executorType } }));
}

/** The pods that have a fetcher, which loads code: those of functions that are no images. */
export function fetcherPods(namespace: string): PodPeer[] {
    return functionPods(namespace).slice(0, 2);
}

/** The pods of all builds of a namespace. */
export function builderPods(namespace: string): PodPeer {
    return { namespace, podSelector: { owner: "buildermgr" } };
}

/** What a namespace of functions is made with. */
export interface FunctionNamespaceArgs {
    /** Its name, plain. */
    name: string;
    /** Its name, known when it is there. */
    namespace: pulumi.Output<string>;
    /** The key, and the one before it. */
    keys: Record<string, pulumi.Input<string>>;
}

/**
 * What functions of a namespace need: the accounts of their pods and builds, the key by which Fission's parts trust each
 * other, and the ways on the network. Answers with the Secret's name.
 */
export function prepareFunctionNamespace(
    installation: Installation,
    args: FunctionNamespaceArgs,
): pulumi.Output<string> {
    const labels = namespaceLabels(installation);
    createAccount(installation, args, labels, "fission-fetcher", fetcherPermissions);
    createAccount(installation, args, labels, "fission-builder", builderPermissions);
    createFunctionPolicies(installation, args);
    createBuilderPolicy(installation, args);
    return createAuthSecret(installation, `${installation.name}-auth-in-${args.name}`, args.namespace, args.keys);
}

function namespaceLabels({ name, args }: Pick<Installation, "name" | "args">): Labels {
    return objectLabels({ app: "fission", instance: name, component: "functions", labels: args.labels });
}

/** The Secret that Fission looks for by its name. It changes in place; the pods that use it are replaced. */
export function createAuthSecret(
    installation: { name: string; args: FissionArgs; parent: pulumi.Resource },
    name: string,
    namespace: pulumi.Input<string>,
    data: Record<string, pulumi.Input<string>>,
): pulumi.Output<string> {
    const { args, parent } = installation;
    const secret = hotSecret(
        name,
        { cluster: args.cluster, namespace, resourceName: authSecretName, labels: namespaceLabels(installation), data },
        { parent },
    );
    return secret.metadata.name;
}

/** No pod gets the account's token by itself: Fission mounts it into the fetcher alone. */
function createAccount(
    installation: Installation,
    { name, namespace }: FunctionNamespaceArgs,
    labels: Labels,
    account: string,
    permissions: readonly Permission[],
): void {
    const logicalName = `${installation.name}-${account.replace("fission-", "")}-in-${name}`;
    const { metadata } = new k8s.core.v1.ServiceAccount(
        logicalName,
        {
            metadata: { name: account, namespace, labels },
            automountServiceAccountToken: false,
            imagePullSecrets: imagePullSecrets(installation.args.registry),
        },
        childOptions(installation.parent),
    );
    grantPermissions(
        installation.parent,
        { name: logicalName, resourceName: account, namespace, serviceAccountName: metadata.name, labels },
        permissions,
    );
}

/**
 * Who reaches functions: the router, and for those that load code the executor, which tells them what to load. They
 * themselves reach what loads code needs, and what `functionEgress` says.
 */
function createFunctionPolicies(installation: Installation, { name, namespace }: FunctionNamespaceArgs): void {
    const { args, parent } = installation;
    const router = partPods(installation, "router");
    const executor = partPods(installation, "executor");
    const egress = args.functionEgress ?? [];
    for (const executorType of executors) {
        const isImage = executorType === "container";
        allow(
            `${installation.name}-${executorType}-in-${name}`,
            {
                cluster: args.cluster,
                namespace,
                labels: args.labels,
                podSelector: { executorType },
                rules: isImage
                    ? { ingress: [{ pods: [router], ports: [{ port: imagePort }] }], egress }
                    : {
                          ingress: [
                              { pods: [router], ports: [{ port: environmentPort }] },
                              { pods: [executor], ports: [{ port: fetcherPort }, { port: environmentPort }] },
                          ],
                          egress,
                          services: [partService(installation, "storagesvc", 80, 8000)],
                          apiServer: true,
                      },
            },
            { parent },
        );
    }
}

function createBuilderPolicy(installation: Installation, { name, namespace }: FunctionNamespaceArgs): void {
    const { args, parent } = installation;
    const buildermgr = partPods(installation, "buildermgr");
    allow(
        `${installation.name}-builds-in-${name}`,
        {
            cluster: args.cluster,
            namespace,
            labels: args.labels,
            podSelector: builderPods(name).podSelector,
            rules: {
                ingress: [{ pods: [buildermgr], ports: [{ port: fetcherPort }, { port: 8001 }] }],
                services: [partService(installation, "storagesvc", 80, 8000)],
                apiServer: true,
            },
        },
        { parent },
    );
}
