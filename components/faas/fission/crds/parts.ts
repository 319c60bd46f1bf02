import {
    bool,
    int,
    list,
    listBy,
    map,
    object,
    oneOf,
    open,
    str,
    whenGiven,
    type Rule,
    type Schema,
} from "../../../core/schema";

/** The form of a DNS label, for names that become part of other names. */
const dnsLabelPattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

/** A DNS label: the name of a Function, Environment, Package, Secret or ConfigMap. */
export function dnsLabel(): Schema {
    return str({ maxLength: 63, pattern: dnsLabelPattern });
}

/** A Kubernetes quantity, as a number or a text. */
export function quantity(): Schema {
    return {
        x_kubernetes_int_or_string: true,
        anyOf: [{ type: "integer" }, { type: "string" }],
        pattern:
            "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$",
    };
}

/** What a container is guaranteed and may use at most. */
export function resources(): Schema {
    return object({
        claims: listBy("name", object({ "name!": str(), request: str() })),
        limits: map(quantity()),
        requests: map(quantity()),
    });
}

/** A Secret or ConfigMap of a namespace. */
export function objectReference(): Schema {
    return object({ "name!": dnsLabel(), "namespace!": str() });
}

/** The function that a trigger calls: one by name, or several by their shares of the calls. */
export function functionReference(): Schema {
    return object(
        { "type!": oneOf("name", "function-weights"), "name!": str(), functionweights: map(int(), { nullable: true }) },
        {
            rule: `self.type != 'name' || (self.name.size() <= 63 && self.name.matches('${dnsLabelPattern}'))`,
            message:
                "functionref.name must be a DNS label: at most 63 lower case letters, digits and '-', none at either end",
        },
    );
}

/**
 * A container of which only what the rules read is spelt out. Spelling out the rest, as upstream does, makes the
 * definitions a hundred times larger, too large for the annotation of a client-side apply; the API server checks the
 * pod itself when Fission makes it, and the webhook what is dangerous.
 */
function container(): Schema {
    return open({
        "name!": str(),
        securityContext: open({
            privileged: bool(),
            allowPrivilegeEscalation: bool(),
            capabilities: open({ add: list(str()) }),
        }),
    });
}

/** A pod's specification, open like {@link container}. */
function podSpec(): Schema {
    return open({
        "containers!": listBy("name", container()),
        hostNetwork: bool(),
        hostPID: bool(),
        hostIPC: bool(),
        serviceAccountName: str(),
        serviceAccount: str(),
    });
}

/** Properties that let users shape the pods, to be spread into an object together with {@link podRules}. */
export const podProperties = { podspec: podSpec() };

/** Properties that let users shape the pods and one container, with {@link podRules} and {@link containerRules}. */
export const podAndContainerProperties = { ...podProperties, container: container() };

/** No way out of the pod by its specification. `path` is where the pod's specification lies, for the message. */
export function podRules(path: string): Rule[] {
    return [
        ...["hostNetwork", "hostPID", "hostIPC"].map((field) => ({
            rule: whenGiven(`podspec.${field}`, (given) => `!${given}`),
            message: `${path}.podspec.${field} is not allowed`,
        })),
        ...["serviceAccountName", "serviceAccount"].map((field) => ({
            rule: whenGiven(`podspec.${field}`, (given) => `${given} == ''`),
            message: `${path}.podspec.${field} override is not allowed`,
        })),
    ];
}

/** No way out of the container by its security context. */
export function containerRules(path: string): Rule[] {
    const context = "container.securityContext";
    return [
        ...["privileged", "allowPrivilegeEscalation"].map((field) => ({
            rule: whenGiven(`${context}.${field}`, (given) => `!${given}`),
            message: `${path}.${context}.${field}=true is not allowed`,
        })),
        {
            rule: whenGiven(
                `${context}.capabilities.add`,
                (given) => `${given}.all(capability, capability == 'NET_BIND_SERVICE')`,
            ),
            message: `${path}.${context}.capabilities.add may hold NET_BIND_SERVICE only`,
        },
    ];
}

/** The status of an object of Fission: conditions and whatever else the kind reports. */
export function status(properties: Record<string, Schema> = { observedGeneration: int({ format: "int64" }) }): Schema {
    return object({ conditions: listBy("type", condition()), ...properties });
}

/** A condition as all Kubernetes objects report it (k8s.io/apimachinery meta/v1 Condition). */
function condition(): Schema {
    const name = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    const prefix = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/";
    return object({
        "type!": str({ maxLength: 316, pattern: `^(${prefix})?(${name})$` }),
        "status!": oneOf("True", "False", "Unknown"),
        "reason!": str({ minLength: 1, maxLength: 1024, pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$" }),
        "message!": str({ maxLength: 32_768 }),
        "lastTransitionTime!": str({ format: "date-time" }),
        observedGeneration: int({ format: "int64", minimum: 0 }),
    });
}
