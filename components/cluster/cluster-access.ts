import * as pulumi from "@pulumi/pulumi";
import { AccessLevel, FaasKind, type Cluster } from "../core/contracts";
import { childOptions } from "../core/deletion";
import { assertValid, type Fault } from "../core/errors";
import * as k8s from "../core/kubernetes";
import { objectLabels, type Labels } from "../core/labels";
import { HardenedNamespace } from "../core/namespace";
import { inCluster } from "../core/provider";
import { grantPermissions } from "../core/rbac";
import { Checks } from "../core/validation";
import { accessPermissions } from "./access-permissions";
import { embedCertificateAuthority, findContext } from "./kubeconfig-source";
import { renderKubeconfig, type ClusterEntry } from "./kubeconfig";

/** Arguments of a {@link ClusterAccess}. */
export interface ClusterAccessArgs {
    /** The cluster, with credentials that may create namespaces' Roles. */
    cluster: Cluster;
    /**
     * An existing namespace that holds the ServiceAccount and its token; none of `namespaces`, since who may read Secrets
     * or start pods in it could take the token.
     * @default one of its own, `NAME-access`
     */
    namespace?: pulumi.Input<string>;
    /** The namespaces in which an application stack may work. They must exist. */
    namespaces: string[];
    /** The platform to which functions may be added. @default none: bindings, routes and network policies only */
    faas?: FaasKind;
    /**
     * Further namespaces in which NetworkPolicies may be written, and nothing else: those of databases and stores to
     * which the application stack opens itself a way. Whoever may do that may open every pod there.
     * @default none
     */
    networkPolicyNamespaces?: string[];
    /**
     * The tokens that are accepted, by names of your own; the first is the one in the kubeconfig. One that is left out is
     * refused at once.
     * @default `["1"]`
     */
    tokenVersions?: string[];
    labels?: Labels;
}

/**
 * Credentials for application stacks: a kubeconfig that reaches named namespaces and there only what functions, bindings,
 * routes and network policies need.
 *
 * The token does not expire. To rotate it, put a new version before the old one, `tokenVersions: ["2", "1"]`, and run `up`,
 * here and in the application stacks; then leave the old one out. In between both hold, because the state of an application
 * stack keeps the old one until its next `up`, and `pulumi destroy` and `pulumi refresh` use what is in the state.
 *
 * @example
 * ```ts
 * const access = new ClusterAccess("shop", {
 *     cluster: production.cluster,
 *     namespaces: ["shop"],
 *     faas: FaasKind.Fission,
 * });
 * export const platform = sharePlatform({ cluster: access.cluster });
 * ```
 */
export class ClusterAccess extends pulumi.ComponentResource {
    /** The same cluster, with credentials for the namespaces only. */
    readonly cluster: Cluster;
    /** The ServiceAccount's name, to bind further Roles of your own to. */
    readonly serviceAccountName: pulumi.Output<string>;

    /** @throws {@link ArgumentsError} with everything that is wrong with the arguments. */
    constructor(name: string, args: ClusterAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`ClusterAccess ${name}`, validateClusterAccess(name, args));
        super("kubernetes-faas:index:ClusterAccess", name, {}, inCluster(args.cluster, opts));

        const namespace = args.namespace ?? createNamespace(this, name, args);
        const serviceAccount = createServiceAccount(this, name, args, namespace);
        const bindings = grantAccess(this, name, args, serviceAccount);
        const [token] = createTokens(this, name, args, serviceAccount, bindings);

        this.serviceAccountName = serviceAccount.metadata.name;
        this.cluster = {
            ...args.cluster,
            name: `${args.cluster.name}-${name}`,
            access: AccessLevel.Namespaces,
            context: name,
            kubeconfig: createKubeconfig(name, args, token!),
        };
        this.registerOutputs({ cluster: this.cluster, serviceAccountName: this.serviceAccountName });
    }
}

/** What is wrong with the arguments of a {@link ClusterAccess}; empty when nothing is. */
export function validateClusterAccess(name: string, args: ClusterAccessArgs): Fault[] {
    const checks = new Checks();
    // The names of its namespace and tokens are longer.
    checks.dnsLabel("name", name, { maximum: 50 });
    if (args.cluster.access === AccessLevel.Namespaces) {
        checks.fault(
            "cluster",
            `is "${args.cluster.name}" with credentials that can't give rights; use the original one`,
        );
    }
    checks.dnsLabel("namespace", args.namespace);
    checks.required("namespaces", args.namespaces, "the namespaces of the application stack");
    checks.nonEmpty("namespaces", args.namespaces);
    for (const path of ["namespaces", "networkPolicyNamespaces"] as const) {
        checks.list(path, args[path], (namespace, nested) => {
            nested.dnsLabel("", namespace);
            if (namespace === (args.namespace ?? ownNamespace(name))) {
                nested.fault("", `is "${namespace}", which holds the token; keep the token in a namespace of its own`);
            }
        });
    }
    checks.oneOf("faas", args.faas, Object.values(FaasKind));
    checks.nonEmpty("tokenVersions", args.tokenVersions);
    checks.list("tokenVersions", args.tokenVersions, (version, nested, index) => {
        nested.dnsLabel("", version, { maximum: 20 });
        if (args.tokenVersions!.indexOf(version) !== index) {
            nested.fault("", `is "${version}", which is listed before; give each version once`);
        }
    });
    return checks.faults;
}

function ownNamespace(name: string): string {
    return `${name}-access`;
}

function labels(name: string, args: ClusterAccessArgs): Labels {
    return objectLabels({ app: "cluster-access", instance: name, labels: args.labels });
}

/** Without pods: none may be started there to take the token. */
function createNamespace(parent: ClusterAccess, name: string, args: ClusterAccessArgs): pulumi.Output<string> {
    const { cluster, labels } = args;
    return new HardenedNamespace(ownNamespace(name), { cluster, labels, quota: { pods: "0" } }, { parent }).name;
}

function createServiceAccount(
    parent: ClusterAccess,
    name: string,
    args: ClusterAccessArgs,
    namespace: pulumi.Input<string>,
): k8s.core.v1.ServiceAccount {
    return new k8s.core.v1.ServiceAccount(
        name,
        { metadata: { name, namespace, labels: labels(name, args) }, automountServiceAccountToken: false },
        childOptions(parent),
    );
}

function grantAccess(
    parent: ClusterAccess,
    name: string,
    args: ClusterAccessArgs,
    serviceAccount: k8s.core.v1.ServiceAccount,
): pulumi.Resource[] {
    const subject = {
        name,
        resourceName: name,
        namespace: serviceAccount.metadata.namespace,
        serviceAccountName: serviceAccount.metadata.name,
        labels: labels(name, args),
    };
    return grantPermissions(parent, subject, accessPermissions(args));
}

/** They come after the rights, so that who gets a token can use it. */
function createTokens(
    parent: ClusterAccess,
    name: string,
    args: ClusterAccessArgs,
    serviceAccount: k8s.core.v1.ServiceAccount,
    bindings: pulumi.Resource[],
): k8s.core.v1.Secret[] {
    return (args.tokenVersions ?? ["1"]).map(
        (version) =>
            new k8s.core.v1.Secret(
                `${name}-token-${version}`,
                {
                    metadata: {
                        name: `${name}-token-${version}`,
                        namespace: serviceAccount.metadata.namespace,
                        labels: labels(name, args),
                        annotations: { "kubernetes.io/service-account.name": serviceAccount.metadata.name },
                    },
                    type: "kubernetes.io/service-account-token",
                },
                childOptions(parent, { dependsOn: bindings }),
            ),
    );
}

/** The address and authority come from the administrator's kubeconfig: the cluster itself does not know how it is reached. */
function createKubeconfig(name: string, args: ClusterAccessArgs, token: k8s.core.v1.Secret): pulumi.Output<string> {
    const { kubeconfig, context } = args.cluster;
    // The id is unknown until the Secret is there, and so the kubeconfig is unknown too, instead of one without a token.
    const parts = pulumi.secret(pulumi.all([kubeconfig, context, token.id, token.data]));
    return parts.apply(([text, wanted, , data]) => {
        const { cluster } = findContext(text, wanted);
        return renderTokenKubeconfig(name, args, embedCertificateAuthority(cluster), tokenIn(data));
    });
}

function tokenIn(data: Record<string, string> | undefined): string {
    if (!data?.token) {
        throw new pulumi.RunError(
            "The cluster has not written a token into the Secret; is the token controller of its kube-controller-manager running?",
        );
    }
    return Buffer.from(data.token, "base64").toString("utf8");
}

function renderTokenKubeconfig(
    name: string,
    args: ClusterAccessArgs,
    cluster: ClusterEntry & { server: string },
    token: string,
): string {
    // Objects without a namespace belong where the stack may work, not into "default".
    const context = { cluster: args.cluster.name, user: name, namespace: args.namespaces[0] };
    return renderKubeconfig({ name, context, cluster, user: { token } });
}
