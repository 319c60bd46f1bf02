import * as pulumi from "@pulumi/pulumi";
import { Addon, AddonMode, hasAddon } from "../../../core/addons";
import { rolledSecret } from "../../../core/config-objects";
import type { Cluster } from "../../../core/contracts";
import { type CertificatePair, certificateAuthority, serverCertificate } from "../../../core/credentials";
import { childOptions } from "../../../core/deletion";
import { assertValid, type Fault } from "../../../core/errors";
import { image } from "../../../core/images";
import * as k8s from "../../../core/kubernetes";
import { objectLabels, type Labels } from "../../../core/labels";
import { checkName } from "../../../core/names";
import { HardenedNamespace } from "../../../core/namespace";
import type { Placement } from "../../../core/placement";
import { inCluster } from "../../../core/provider";
import type { Permission } from "../../../core/rbac";
import type { Registry } from "../../../core/registry";
import { checked, Checks } from "../../../core/validation";
import { atLeast } from "../../../core/versions/version";
import { HardenedDeployment } from "../../../core/workload";
import { checkMode, clusterWith } from "../mode";

/** Arguments of a {@link MetricsServer}. */
export interface MetricsServerArgs {
    cluster: Cluster;
    /** @default `install`; on GKE and AKS, which ship it, give `existing` or leave the component out */
    mode?: AddonMode;
    /** Its namespace, made by this component. @default the logical name */
    namespace?: string;
    /** Two copies. @default false */
    highAvailability?: boolean;
    /** Where the nodes are, whose kubelets it asks at port 10250. @default any address, at that port */
    nodeCidrs?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * Does not check who the kubelets are: whoever stands between could make up any load. For kind, Minikube and other
     * clusters whose kubelets sign their certificates themselves. @default false
     */
    insecureKubeletTls?: boolean;
    placement?: Placement;
    registry?: Registry;
    labels?: Labels;
}

/** The only one there may be in a cluster. */
const apiServiceName = "v1beta1.metrics.k8s.io";
const serviceName = "metrics-server";
const kubeletPort = 10250;
const securePort = 10250;
const certificatePath = "/etc/metrics-server/certificate";

/** What only an installation reads. */
const installing = [
    "namespace",
    "highAvailability",
    "nodeCidrs",
    "insecureKubeletTls",
    "placement",
    "registry",
    "labels",
] as const;

/**
 * The metrics-server v0.9.0: how much processor time and memory pods use, which autoscaling and `kubectl top` go by. For
 * EKS, kubeadm and local clusters; GKE and AKS ship their own. What takes its `cluster` may scale by load.
 *
 * It is in a "restricted" namespace of its own; the API server knows it by a certificate of our making, and it knows the
 * kubelets by the cluster's authority.
 *
 * @example
 * ```ts
 * const metrics = new MetricsServer("metrics-server", { cluster, highAvailability: true });
 * new HardenedDeployment("web", { ...args, cluster: metrics.cluster, autoscaling: { minReplicas: 2, maxReplicas: 6 } });
 * ```
 * @example On kind or Minikube, whose kubelets nobody vouches for:
 * ```ts
 * const metrics = new MetricsServer("metrics-server", { cluster, insecureKubeletTls: true });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class MetricsServer extends pulumi.ComponentResource {
    /** The cluster with the metrics-server in it: what takes this one may scale by load. */
    readonly cluster: Cluster;

    constructor(name: string, args: MetricsServerArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`MetricsServer ${name}`, validateMetricsServer(name, args));
        super("kubernetes-faas:index:MetricsServer", name, {}, inCluster(args.cluster, opts));

        if ((args.mode ?? AddonMode.Install) === AddonMode.Install) {
            install(this, name, args);
        }
        this.cluster = clusterWith(args, Addon.MetricsServer);
        this.registerOutputs({ cluster: this.cluster });
    }
}

/** What is wrong with the arguments of a {@link MetricsServer}; empty when nothing is. */
export function validateMetricsServer(name: string, args: MetricsServerArgs): Fault[] {
    const checks = new Checks();
    checkMode(checks, args, Addon.MetricsServer, { installing });
    checkName(checks, args.namespace === undefined ? "name" : "namespace", args.namespace ?? name, "Namespace");
    checks.list("nodeCidrs", args.nodeCidrs, (cidr, each) => each.cidr("", cidr));
    checks.nonEmpty("nodeCidrs", args.nodeCidrs);
    if ((args.mode ?? AddonMode.Install) === AddonMode.Install && hasAddon(args.cluster, Addon.MetricsServer)) {
        checks.fault(
            "mode",
            `is "install", but the cluster "${args.cluster.name}" has a metrics-server; give mode: "existing", or leave the component out`,
        );
    }
    return checks.faults;
}

/** https://github.com/kubernetes-sigs/metrics-server/tree/v0.9.0#compatibility-matrix */
function checkKubernetes(checks: Checks, path: string, version: string): void {
    if (!atLeast(version, "1.34")) {
        checks.fault(
            path,
            `is ${version}, but the metrics-server v0.9.0 needs Kubernetes 1.34 or later; upgrade, or install an older one and give mode: "existing"`,
        );
    }
}

function install(parent: MetricsServer, name: string, args: MetricsServerArgs): void {
    const { cluster, labels } = args;
    const namespaceName = args.namespace ?? name;
    const own = new HardenedNamespace(
        `${name}-namespace`,
        { cluster, resourceName: namespaceName, labels, deletion: "delete" },
        { parent },
    );
    const version = checked(
        `MetricsServer ${name}`,
        "cluster.kubernetesVersion",
        cluster.kubernetesVersion,
        checkKubernetes,
    );
    const namespace = pulumi.all([own.name, version]).apply(([known]) => known);
    const ca = certificateAuthority(`${name}-ca`, {}, { parent });
    const dnsNames = [`${serviceName}.${namespaceName}.svc`];
    const server = serverCertificate(name, { ca, dnsNames }, { parent });
    const deployment = createDeployment(parent, name, args, namespace, server);
    register(parent, name, args, deployment, ca.certificate);
}

function labelsOf(name: string, { labels }: MetricsServerArgs) {
    return objectLabels({ app: "metrics-server", instance: name, labels });
}

/** Rights and arguments: https://github.com/kubernetes-sigs/metrics-server/tree/v0.9.0/manifests/base */
function createDeployment(
    parent: MetricsServer,
    name: string,
    args: MetricsServerArgs,
    namespace: pulumi.Output<string>,
    server: CertificatePair,
): HardenedDeployment {
    const { cluster, placement, registry, labels } = args;
    const certificate = rolledSecret(
        `${name}-certificate`,
        {
            cluster,
            namespace,
            labels: labelsOf(name, args),
            type: "kubernetes.io/tls",
            data: { "tls.crt": server.certificate, "tls.key": server.privateKey },
        },
        { parent },
    );
    const probe = (path: string) => ({ http: { path, port: securePort, scheme: "HTTPS" } });
    return new HardenedDeployment(
        `${name}-server`,
        {
            cluster,
            namespace,
            app: "metrics-server",
            instance: name,
            resourceName: "metrics-server",
            labels,
            placement,
            registry,
            replicas: args.highAvailability ? 2 : 1,
            permissions,
            network: {
                // The API server, which no selector of pods matches.
                ingress: [{ anyone: true, ports: [{ port: securePort }] }],
                egress: [{ cidrs: args.nodeCidrs ?? ["0.0.0.0/0", "::/0"], ports: [{ port: kubeletPort }] }],
                apiServer: true,
            },
            service: { name: serviceName, ports: [{ name: "https", port: 443, scheme: "https" }] },
            volumes: [{ name: "certificate", secret: { name: certificate.metadata.name } }],
            containers: [
                {
                    name: "metrics-server",
                    image: image("metrics-server"),
                    args: [
                        `--secure-port=${securePort}`,
                        `--tls-cert-file=${certificatePath}/tls.crt`,
                        `--tls-private-key-file=${certificatePath}/tls.key`,
                        "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
                        "--kubelet-use-node-status-port",
                        "--metric-resolution=15s",
                        ...(args.insecureKubeletTls ? ["--kubelet-insecure-tls"] : []),
                    ],
                    ports: [{ name: "https", port: securePort }],
                    mounts: [{ volume: "certificate", path: certificatePath }],
                    resources: { requests: { cpu: "100m", memory: "200Mi" }, limits: { memory: "400Mi" } },
                    probes: {
                        readiness: { ...probe("/readyz"), initialDelaySeconds: 20 },
                        liveness: probe("/livez"),
                    },
                },
            ],
        },
        { parent },
    );
}

/** Beside what it measures, what any server behind the API server needs to know who asks. */
const permissions: Permission[] = [
    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"], clusterWide: true },
    { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"], clusterWide: true },
    { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"], clusterWide: true },
    { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"], clusterWide: true },
    {
        apiGroups: [""],
        resources: ["configmaps"],
        resourceNames: ["extension-apiserver-authentication"],
        verbs: ["get", "list", "watch"],
        namespaces: ["kube-system"],
    },
];

/** Lets the API server answer for it, and lets whoever may look at pods look at what they use. */
function register(
    parent: MetricsServer,
    name: string,
    args: MetricsServerArgs,
    { workload, service }: HardenedDeployment,
    ca: pulumi.Output<string>,
): void {
    const labels = labelsOf(name, args);
    new k8s.apiregistration.v1.APIService(
        name,
        {
            metadata: { name: apiServiceName, labels },
            spec: {
                group: "metrics.k8s.io",
                version: "v1beta1",
                groupPriorityMinimum: 100,
                versionPriority: 100,
                caBundle: ca.apply((pem) => Buffer.from(pem).toString("base64")),
                service: {
                    // Not before the Deployment is ready: meanwhile the API server would know a group less.
                    name: pulumi.all([service!.service, workload.metadata.name]).apply(([known]) => known),
                    namespace: service!.namespace,
                    port: 443,
                },
            },
        },
        childOptions(parent),
    );
    const aggregate = (role: string) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, "true"];
    new k8s.rbac.v1.ClusterRole(
        `${name}-reader`,
        {
            metadata: {
                name: `${name}-reader`,
                labels: { ...labels, ...(Object.fromEntries(["view", "edit", "admin"].map(aggregate)) as Labels) },
            },
            rules: [{ apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] }],
        },
        childOptions(parent),
    );
}
