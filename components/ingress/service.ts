import * as pulumi from "@pulumi/pulumi";
import { Addon, awsLoadBalancerClass, missingAddon } from "../core/addons";
import { Cloud, type PodPeer } from "../core/contracts";
import { childOptions } from "../core/deletion";
import { mapInput } from "../core/inputs";
import * as k8s from "../core/kubernetes";
import { type Labels, objectLabels } from "../core/labels";
import { type IngressArgs, IngressExposure } from "./args";
import { balancerAnnotations, balancerClass } from "./load-balancer";
import { protectionsOf } from "./names";

const defaultNodePorts = { http: 30_080, https: 30_443 };

/** How the ingress is reached. */
export function exposureOf({ exposure, cluster }: IngressArgs): pulumi.Input<IngressExposure> {
    return exposure ?? cluster.traits.exposure;
}

/** The port of https URLs. */
export function publicHttpsPort(args: IngressArgs): pulumi.Input<number> {
    return mapInput(exposureOf(args), (exposure) =>
        exposure === IngressExposure.NodePort ? (args.nodePorts?.https ?? defaultNodePorts.https) : 443,
    );
}

/** Where the Service lives, and the application whose pods are behind it. */
export interface ServicePlace {
    parent: pulumi.Resource;
    name: string;
    namespace: pulumi.Input<string>;
    app: string;
    args: IngressArgs;
}

/**
 * The Service in front of the pods, to their ports `web` and `websecure`. One that gets an address of its own is waited
 * for until it has it.
 */
export function createService(
    { parent, name, namespace, app, args }: ServicePlace,
    pods: PodPeer,
): k8s.core.v1.Service {
    const { cluster, labels, loadBalancer = {} } = args;
    const facts = pulumi.output({
        exposure: exposureOf(args),
        cloud: cluster.traits.cloud,
        loadBalancerClass: cluster.traits.loadBalancerClass,
        sourceRanges: sourceRanges(args),
        // Whether there are any is what counts.
        proxied: pulumi.output(args.proxyProtocolFrom ?? []).apply((cidrs) => cidrs.length > 0),
        loadBalancer: pulumi.output(loadBalancer),
    });
    facts.apply((known) => warnOfMissingController(parent, args, known));
    return new k8s.core.v1.Service(
        name,
        {
            metadata: {
                name,
                namespace,
                labels: objectLabels({ app, instance: name, labels }),
                annotations: facts.apply(({ exposure, ...balancer }): Labels =>
                    exposure === IngressExposure.LoadBalancer
                        ? balancerAnnotations(balancer)
                        : { "pulumi.com/skipAwait": "true" },
                ),
            },
            spec: facts.apply((known) => serviceSpec(known, pods, args)),
        },
        childOptions(parent),
    );
}

/** What is known of the cluster when the Service is written. */
interface ServiceFacts {
    exposure: IngressExposure;
    cloud: Cloud;
    loadBalancerClass?: string;
    sourceRanges: string[];
}

/** The controller may be there all the same, so this is no error; without it the Service is waited for in vain. */
function warnOfMissingController(
    parent: pulumi.Resource,
    { cluster }: IngressArgs,
    { exposure, cloud, loadBalancerClass }: ServiceFacts,
): void {
    const reason = missingAddon(cluster, Addon.AwsLoadBalancerController);
    const asked = balancerClass(cloud, loadBalancerClass).loadBalancerClass;
    if (exposure === IngressExposure.LoadBalancer && asked === awsLoadBalancerClass && reason !== undefined) {
        void pulumi.log.warn(`its Service of type LoadBalancer ${reason}`, parent);
    }
}

function serviceSpec(
    { exposure, cloud, loadBalancerClass, sourceRanges: ranges }: ServiceFacts,
    pods: PodPeer,
    { nodePorts }: IngressArgs,
): k8s.types.input.core.v1.ServiceSpec {
    const fixed = exposure === IngressExposure.NodePort ? { ...defaultNodePorts, ...nodePorts } : undefined;
    return {
        type: exposure,
        selector: pods.podSelector,
        // No appProtocol: by it, AKS asks the path / for the health of the pods, which no route need have.
        ports: [
            { name: "web", port: 80, targetPort: "web", protocol: "TCP", nodePort: fixed?.http },
            { name: "websecure", port: 443, targetPort: "websecure", protocol: "TCP", nodePort: fixed?.https },
        ],
        // Only so do the pods see the addresses of clients, and not those of nodes.
        ...(exposure === IngressExposure.ClusterIp ? {} : { externalTrafficPolicy: "Local" }),
        ...(exposure === IngressExposure.LoadBalancer
            ? {
                  ...(ranges.length > 0 ? { loadBalancerSourceRanges: ranges } : {}),
                  ...balancerClass(cloud, loadBalancerClass),
              }
            : {}),
    };
}

/**
 * What the load balancer lets through: what is given, else the allow-list that every route has. Several of them are left
 * to the ingress, as is what comes through proxies: there the load balancer need not see the clients.
 */
function sourceRanges(args: IngressArgs): pulumi.Input<pulumi.Input<string>[]> {
    const given = args.loadBalancer?.sourceRanges;
    if (given !== undefined) {
        return given;
    }
    const lists = protectionsOf(args).flatMap(([, { ipAllowList, everyRoute }]) =>
        everyRoute && ipAllowList ? [ipAllowList.ranges] : [],
    );
    return lists.length === 1 && args.trustedProxies === undefined && args.proxyProtocolFrom === undefined
        ? lists[0]!
        : [];
}

/** The address that the cluster gave, or the Service's name where there is none outside. */
export function addressOf(service: k8s.core.v1.Service): pulumi.Output<string> {
    return pulumi.all([service.metadata, service.status]).apply(([metadata, status]) => {
        const given = status?.loadBalancer?.ingress?.[0];
        return given?.hostname ?? given?.ip ?? `${metadata.name}.${metadata.namespace}.svc`;
    });
}
