import { awsLoadBalancerClass } from "../core/addons";
import { Cloud } from "../core/contracts";

/** What is known of a load balancer when its Service is written. */
export interface BalancerFacts {
    cloud: Cloud;
    /** Whether it says by the PROXY protocol who the client is. */
    proxied: boolean;
    sourceRanges: string[];
    loadBalancer: KnownBalancer;
}

/** `IngressLoadBalancer` with all values known. */
interface KnownBalancer {
    internal?: boolean;
    staticAddress?: string;
    subnet?: string;
    resourceGroup?: string;
    annotations?: Record<string, string>;
}

/** Annotations by name; those without a value are left out. */
type Wanted = Record<string, string | undefined>;

/** The annotations by which each cloud's controller makes the load balancer that is asked for. */
export function balancerAnnotations(facts: BalancerFacts): Record<string, string> {
    const byCloud: Record<Cloud, (facts: BalancerFacts) => Wanted> = {
        [Cloud.Aws]: awsAnnotations,
        [Cloud.Azure]: azureAnnotations,
        [Cloud.Gcp]: gcpAnnotations,
        [Cloud.Local]: () => ({}),
        [Cloud.Other]: () => ({}),
    };
    const wanted = Object.entries({ ...byCloud[facts.cloud](facts), ...facts.loadBalancer.annotations });
    return Object.fromEntries(wanted.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/**
 * The class of the Service, which never changes: the cluster's, or on AWS that of the AWS Load Balancer Controller, without
 * which an old one makes a Classic Load Balancer.
 */
export function balancerClass(cloud: Cloud, given: string | undefined): { loadBalancerClass?: string } {
    const usual = cloud === Cloud.Aws ? awsLoadBalancerClass : undefined;
    const loadBalancerClass = given ?? usual;
    return loadBalancerClass === undefined ? {} : { loadBalancerClass };
}

/** https://cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters */
function gcpAnnotations({ loadBalancer }: BalancerFacts): Wanted {
    const { internal, staticAddress, subnet } = loadBalancer;
    return {
        ...(internal
            ? { "networking.gke.io/load-balancer-type": "Internal" }
            : { "cloud.google.com/l4-rbs": "enabled" }),
        "networking.gke.io/load-balancer-ip-addresses": staticAddress,
        "networking.gke.io/load-balancer-subnet": subnet,
    };
}

/** https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/ */
function azureAnnotations({ loadBalancer, sourceRanges }: BalancerFacts): Wanted {
    const { internal, staticAddress, subnet, resourceGroup } = loadBalancer;
    const prefix = "service.beta.kubernetes.io/azure";
    return {
        [`${prefix}-load-balancer-internal`]: internal ? "true" : undefined,
        [`${prefix}-load-balancer-internal-subnet`]: internal ? subnet : undefined,
        [internal ? `${prefix}-load-balancer-ipv4` : `${prefix}-pip-name`]: staticAddress,
        [`${prefix}-load-balancer-resource-group`]: resourceGroup,
        // Else the whole virtual network stays allowed.
        [`${prefix}-deny-all-except-load-balancer-source-ranges`]:
            internal && sourceRanges.length > 0 ? "true" : undefined,
    };
}

/** https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/ */
function awsAnnotations({ loadBalancer, proxied }: BalancerFacts): Wanted {
    const { internal, staticAddress, subnet } = loadBalancer;
    const prefix = "service.beta.kubernetes.io/aws-load-balancer";
    return {
        [`${prefix}-scheme`]: internal ? "internal" : "internet-facing",
        // Nodes as targets keep the client's address, without which source ranges are not looked at.
        [`${prefix}-nlb-target-type`]: "instance",
        [internal ? `${prefix}-private-ipv4-addresses` : `${prefix}-eip-allocations`]: staticAddress,
        [`${prefix}-subnets`]: subnet,
        ...(proxied ? { [`${prefix}-proxy-protocol`]: "*", [`${prefix}-healthcheck-protocol`]: "TCP" } : {}),
    };
}
