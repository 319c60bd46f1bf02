import { z } from "zod";
import { Architecture, TaintEffect, TolerationOperator } from "../../components/core/placement";
import { Scheme } from "../../components/core/contracts";
import { NetworkProtocol } from "../../components/core/network";

/**
 * The key of the configuration that holds a secret value: `pulumi config set --secret NAME`. The property that takes it is
 * called as the argument that gets the value, with `From` behind.
 */
export const secretKey = z.string().brand<"secretKey">();
export type SecretKey = z.output<typeof secretKey>;

/** Labels of every object. */
export const labels = z.record(z.string(), z.string());

/** Where pods run; see `Placement`. */
export const placement = z.strictObject({
    nodeSelector: z.record(z.string(), z.string()).optional(),
    tolerations: z
        .array(
            z.strictObject({
                key: z.string().optional(),
                operator: z.enum(TolerationOperator).optional(),
                value: z.string().optional(),
                effect: z.enum(TaintEffect).optional(),
            }),
        )
        .optional(),
    priorityClassName: z.string().optional(),
    architecture: z.enum(Architecture).optional(),
});

/** Where images come from; see `Registry`. */
export const registry = z.strictObject({
    mirror: z.string().optional(),
    mirrors: z.record(z.string(), z.string()).optional(),
    pullSecrets: z.array(z.string()).optional(),
    caBundle: z.string().optional(),
});

/** What one copy of a function or of a part may use, as Kubernetes quantities. */
export const resources = z.strictObject({
    cpuRequest: z.string().optional(),
    cpuLimit: z.string().optional(),
    memoryRequest: z.string().optional(),
    memoryLimit: z.string().optional(),
});

const amounts = z.strictObject({
    cpu: z.string().optional(),
    memory: z.string().optional(),
    ephemeralStorage: z.string().optional(),
});

/** What a container gets; see `Resources`. */
export const containerResources = z.strictObject({ requests: amounts.optional(), limits: amounts.optional() });

/** Something that listens in the cluster; see `ServiceRef`. */
export const serviceParts = {
    namespace: z.string(),
    service: z.string(),
    port: z.number(),
    targetPort: z.number().optional(),
    scheme: z.enum(Scheme).default(Scheme.Http),
    podSelector: z.record(z.string(), z.string()),
};

/** Some pods of a namespace. */
export const podPeer = z.strictObject({ namespace: z.string(), podSelector: z.record(z.string(), z.string()) });

/** Where pods may go; see `EgressRule`. */
export const egressRule = z.strictObject({
    pods: z.array(podPeer).optional(),
    cidrs: z.array(z.string()).optional(),
    internet: z.boolean().optional(),
    ports: z.array(
        z.strictObject({
            port: z.number(),
            endPort: z.number().optional(),
            protocol: z.enum(NetworkProtocol).optional(),
        }),
    ),
});

/** What every platform is told of its functions. */
export const functionParts = {
    /** Pods that may call functions. */
    callers: z.array(podPeer).optional(),
    /** Where functions may go. */
    functionEgress: z.array(egressRule).optional(),
    functionPlacement: placement.optional(),
    registry: registry.optional(),
    labels: labels.optional(),
};

/** What a platform with parts of its own is told. */
export const platformParts = {
    ...functionParts,
    /** The namespace of the platform's own parts. */
    namespace: z.string().optional(),
    placement: placement.optional(),
};

/** Namespaces where functions may live; the first is the default. Two platforms never share one. */
export const functionNamespaces = z.array(z.string()).min(1);

/** What says that the stack's ingress publishes something: at which host, and behind what. */
export const publication = {
    /** @default the name below the ingress's domain */
    host: z.string().optional(),
    /** Names of the ingress's protections. */
    protections: z.array(z.string()).optional(),
    /** Publishes without a protection that asks for a login. */
    insecureWithoutLogin: z.boolean().optional(),
};
