import { int, list, map, object, oneOf, str, type Schema } from "../../../../core/schema";
import { keyValues, labelSelector, texts } from "./parts";

/** What Ingresses of a class have in common. */
export function ingressClassParamsSpec(): Schema {
    return object(
        {
            PrefixListsIDs: texts(),
            certificateArn: texts(),
            group: object({ "name!": str() }),
            inboundCIDRs: texts(),
            ipAddressType: oneOf("ipv4", "dualstack", "dualstack-without-public-ipv4"),
            ipamConfiguration: object({ ipv4IPAMPoolId: str() }),
            listeners: list(
                object({ listenerAttributes: keyValues(), port: int({ format: "int32" }), protocol: str() }),
            ),
            loadBalancerAttributes: keyValues(),
            loadBalancerName: str(),
            minimumLoadBalancerCapacity: object({ "capacityUnits!": int({ format: "int32" }) }),
            namespaceSelector: labelSelector(),
            prefixListsIDs: texts(),
            scheme: oneOf("internal", "internet-facing"),
            sslPolicy: str(),
            sslRedirectPort: str(),
            subnets: object({
                ids: list(str({ pattern: "subnet-[0-9a-f]+" }), { minItems: 1 }),
                tags: map(texts()),
            }),
            tags: keyValues(),
            targetType: oneOf("instance", "ip"),
            wafv2AclArn: str(),
            wafv2AclName: str(),
        },
        {
            rule: "!(has(self.prefixListsIDs) && has(self.PrefixListsIDs))",
            message: "cannot specify both 'prefixListsIDs' and 'PrefixListsIDs' fields",
        },
    );
}
