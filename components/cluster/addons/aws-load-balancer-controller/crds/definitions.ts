import type { CustomDefinition } from "../../../../core/custom-definition";
import { object, str, type Schema } from "../../../../core/schema";
import { ingressClassParamsSpec } from "./ingress-class-params";
import { targetGroupBindingSpec, targetGroupBindingStatus } from "./target-group-binding";

type Column = NonNullable<CustomDefinition["columns"]>[number];

const group = "elbv2.k8s.aws";

/**
 * The kinds of the AWS Load Balancer Controller v3.5.0 that are in use with Services: fields, types, required ones,
 * enumerations, columns and rules are those of
 * https://github.com/kubernetes-sigs/aws-load-balancer-controller/tree/v3.5.0/config/crd/bases (Apache-2.0). It lists
 * IngressClassParams even where it serves no Ingress.
 */
export function loadBalancerDefinitions(): readonly CustomDefinition[] {
    return [
        {
            group,
            version: "v1beta1",
            kind: "TargetGroupBinding",
            plural: "targetgroupbindings",
            columns: [
                text("SERVICE-NAME", ".spec.serviceRef.name"),
                text("SERVICE-PORT", ".spec.serviceRef.port"),
                text("TARGET-TYPE", ".spec.targetType"),
                text("ARN", ".spec.targetGroupARN", 1),
                text("NAME", ".spec.targetGroupName", 2),
                age,
            ],
            schema: wholeObject({ spec: targetGroupBindingSpec(), status: targetGroupBindingStatus() }),
        },
        {
            group,
            version: "v1beta1",
            kind: "IngressClassParams",
            plural: "ingressclassparams",
            clusterScoped: true,
            columns: [
                text("GROUP-NAME", ".spec.group.name"),
                text("SCHEME", ".spec.scheme"),
                text("IP-ADDRESS-TYPE", ".spec.ipAddressType"),
                age,
            ],
            schema: wholeObject({ spec: ingressClassParamsSpec() }),
        },
    ];
}

const age: Column = { name: "AGE", type: "date", jsonPath: ".metadata.creationTimestamp" };

function text(name: string, jsonPath: string, priority?: number): Column {
    return { name, type: "string", jsonPath, ...(priority === undefined ? {} : { priority }) };
}

function wholeObject(properties: Record<string, Schema>): Schema {
    return object({ apiVersion: str(), kind: str(), metadata: { type: "object" }, ...properties });
}
