import * as pulumi from "@pulumi/pulumi";
import { Addon, AddonMode, awsLoadBalancerClass } from "../../../core/addons";
import type { Cluster, Telemetry } from "../../../core/contracts";
import { assertValid } from "../../../core/errors";
import { image } from "../../../core/images";
import { mapInput } from "../../../core/inputs";
import { objectLabels } from "../../../core/labels";
import { inCluster } from "../../../core/provider";
import { HardenedDeployment, type WorkloadContainer } from "../../../core/workload";
import { credentialsEgress, identityMarks } from "../cloud-identity";
import { clusterWith } from "../mode";
import { webhookCertificates } from "../webhook-server";
import type { AwsLoadBalancerControllerArgs } from "./args";
import { controllerPermissions } from "./permissions";
import { controllerTelemetry, metricsPort } from "./telemetry";
import { validateAwsLoadBalancerController } from "./validate";
import { configureWebhooks } from "./webhook";

/** Where an `EksCluster` grants the role, by Pod Identity. */
const defaultNamespace = "kube-system";

const app = "aws-load-balancer-controller";
const serviceName = "aws-load-balancer-controller-webhook";
const webhookPort = 9443;
const healthPort = 61779;
const certificatePath = "/etc/aws-load-balancer-controller/certificate";

/**
 * The AWS Load Balancer Controller v3.5.0: network load balancers for Services of type LoadBalancer, on EKS with node
 * groups. Without it such Services stay pending. It serves no Ingress and no Gateway.
 *
 * It works as the ServiceAccount `aws-load-balancer-controller` of `kube-system`, to which an `EksCluster` with
 * `controllers: ["load-balancer"]` grants the role. What takes its `cluster` is made after it and deleted before it: so
 * no load balancer is left in the account.
 *
 * @example
 * ```ts
 * const crds = new AwsLoadBalancerControllerCrds("load-balancer-crds", { cluster: eks.cluster });
 * const balancers = new AwsLoadBalancerController("load-balancers", {
 *     cluster: eks.cluster,
 *     clusterName: eks.clusterName,
 *     region: "eu-central-1",
 *     vpcId: eks.vpcId,
 *     definitions: crds.definitions,
 * });
 * const ingress = new TraefikIngress("ingress", { cluster: balancers.cluster });
 * ```
 *
 * @throws {@link ArgumentsError} with everything that is wrong with the arguments.
 */
export class AwsLoadBalancerController extends pulumi.ComponentResource {
    /** The cluster with the controller in it: what takes this one may have load balancers. */
    readonly cluster: Cluster;
    /** What there is to watch; nothing where it is not installed here. */
    readonly telemetry: Telemetry;

    constructor(name: string, args: AwsLoadBalancerControllerArgs, opts?: pulumi.ComponentResourceOptions) {
        assertValid(`AwsLoadBalancerController ${name}`, validateAwsLoadBalancerController(args));
        super("kubernetes-faas:index:AwsLoadBalancerController", name, {}, inCluster(args.cluster, opts));

        const installs = (args.mode ?? AddonMode.Install) === AddonMode.Install;
        const parts = installs ? install(this, name, args) : [];
        this.cluster = after(parts, clusterWith(args, Addon.AwsLoadBalancerController));
        this.telemetry = installs
            ? controllerTelemetry(name, args.namespace ?? defaultNamespace)
            : { targets: [], alerts: [], dashboards: [] };
        this.registerOutputs({ cluster: this.cluster, telemetry: this.telemetry });
    }
}

/** The same cluster, whose load balancers come after these resources and go before them. */
function after(parts: pulumi.Resource[], cluster: Cluster): Cluster {
    if (parts.length === 0) {
        return cluster;
    }
    const { traits } = cluster;
    // URNs are known at once, so the class is known in a preview.
    const loadBalancerClass = pulumi
        .all([traits.loadBalancerClass ?? awsLoadBalancerClass, ...parts.map(({ urn }) => urn)])
        .apply(([known]) => known as string);
    return { ...cluster, traits: { ...traits, loadBalancerClass } };
}

/** @returns what has to be there for a load balancer to come and to go */
function install(parent: AwsLoadBalancerController, name: string, args: AwsLoadBalancerControllerArgs) {
    const { cluster, placement, registry } = args;
    const namespaceName = args.namespace ?? defaultNamespace;
    const labels = objectLabels({ app, instance: name, labels: args.labels });
    const place = { cluster, namespaceName, namespace: namespaceName, serviceName, labels };
    const { ca, secretName } = webhookCertificates(`${name}-webhook`, place, parent);
    const deployment = new HardenedDeployment(
        `${name}-controller`,
        {
            cluster,
            // Nothing but the place waits for the definitions, which it lists as soon as it runs.
            namespace: pulumi.output(args.definitions).apply(() => namespaceName),
            app,
            instance: name,
            resourceName: app,
            labels: args.labels,
            placement: { priorityClassName: "system-cluster-critical", ...placement },
            registry,
            replicas: args.highAvailability ? 2 : 1,
            permissions: controllerPermissions,
            network: {
                // The API server, which no selector of pods matches.
                ingress: [{ anyone: true, ports: [{ port: webhookPort }] }],
                egress: [
                    { internet: true, ports: [{ port: 443 }] },
                    ...credentialsEgress("aws"),
                    ...(args.egress ?? []),
                ],
                apiServer: true,
            },
            service: { name: serviceName, ports: [{ name: "https", port: 443, scheme: "https" }] },
            volumes: [{ name: "certificate", secret: { name: secretName } }],
            containers: [controller(args)],
            ...identityMarks(args.awsRoleArn === undefined ? undefined : { awsRoleArn: args.awsRoleArn }),
        },
        { parent },
    );
    return [deployment.workload, ...configureWebhooks({ parent, name, labels, deployment, ca })];
}

function controller(args: AwsLoadBalancerControllerArgs): WorkloadContainer {
    return {
        name: "controller",
        image: image("aws-load-balancer-controller"),
        args: argumentsOf(args),
        ports: [
            { name: "https", port: webhookPort },
            { name: "metrics", port: metricsPort },
            { name: "health", port: healthPort },
        ],
        mounts: [{ volume: "certificate", path: certificatePath }],
        environmentFromResources: { GOMEMLIMIT: "limits.memory" },
        resources: { requests: { cpu: "100m", memory: "200Mi" }, limits: { memory: "500Mi" } },
        probes: {
            readiness: { http: { path: "/readyz", port: healthPort } },
            liveness: { http: { path: "/healthz", port: healthPort }, initialDelaySeconds: 30, timeoutSeconds: 10 },
        },
    };
}

/** https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/docs/deploy/configurations.md */
function argumentsOf({ clusterName, region, vpcId }: AwsLoadBalancerControllerArgs): pulumi.Input<string>[] {
    const flag = (name: string, value: pulumi.Input<string>) => mapInput(value, (known) => `--${name}=${known}`);
    return [
        flag("cluster-name", clusterName!),
        // It can't ask the node for them, whose metadata is out of its reach.
        flag("aws-region", region!),
        flag("aws-vpc-id", vpcId!),
        `--load-balancer-class=${awsLoadBalancerClass}`,
        `--feature-gates=${featureGates}`,
        // For Ingresses only.
        "--enable-shield=false",
        "--enable-waf=false",
        "--enable-wafv2=false",
        // Pods get none of its conditions: it has no webhook for pods here.
        "--enable-pod-readiness-gate-inject=false",
        `--webhook-bind-port=${webhookPort}`,
        `--webhook-cert-dir=${certificatePath}`,
        `--metrics-bind-addr=:${metricsPort}`,
        `--health-probe-bind-addr=:${healthPort}`,
    ];
}

/** What is left is Services of type LoadBalancer. */
const featureGates = Object.entries({
    ServiceTypeLoadBalancerOnly: true,
    ALBGatewayAPI: false,
    NLBGatewayAPI: false,
    GatewayListenerSet: false,
})
    .map(([feature, enabled]) => `${feature}=${enabled}`)
    .join(",");
