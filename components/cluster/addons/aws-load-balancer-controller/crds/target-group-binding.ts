import { bool, int, list, object, oneOf, str, type Schema } from "../../../../core/schema";
import { labelSelector } from "./parts";

/** Which pods or nodes are the targets of a target group. */
export function targetGroupBindingSpec(): Schema {
    return object({
        "serviceRef!": object({ "name!": str(), "port!": port() }),
        assumeRoleExternalId: str(),
        iamRoleArnToAssume: str(),
        ipAddressType: oneOf("ipv4", "ipv6"),
        multiClusterTargetGroup: bool(),
        networking: object({ ingress: list(letIn()) }),
        nodeSelector: labelSelector(),
        targetGroupARN: str(),
        targetGroupName: str(),
        targetGroupProtocol: oneOf("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"),
        targetType: oneOf("instance", "ip"),
        vpcID: str(),
    });
}

/** Who may reach the targets. */
function letIn(): Schema {
    const peer = object({
        ipBlock: object({ "cidr!": str() }),
        securityGroup: object({ "groupID!": str() }),
    });
    return object({
        "from!": list(peer),
        "ports!": list(object({ port: port(), protocol: oneOf("TCP", "UDP") })),
    });
}

/** A port by its number or name. */
function port(): Schema {
    return { x_kubernetes_int_or_string: true, anyOf: [{ type: "integer" }, { type: "string" }] };
}

export function targetGroupBindingStatus(): Schema {
    const generation = { format: "int64" };
    return object({
        conditions: list(
            object({
                "lastTransitionTime!": str({ format: "date-time" }),
                "message!": str({ maxLength: 32_768 }),
                "reason!": str({
                    minLength: 1,
                    maxLength: 1024,
                    pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
                }),
                "status!": oneOf("True", "False", "Unknown"),
                "type!": str({
                    maxLength: 316,
                    pattern:
                        "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
                }),
                observedGeneration: int({ ...generation, minimum: 0 }),
            }),
        ),
        observedGeneration: int(generation),
    });
}
