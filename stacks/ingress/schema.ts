import { z } from "zod";
import { AcmeChallenge, CertManagerKind, FrameOptions, IngressExposure, TlsVersion } from "../../components";
import { containerResources, labels, placement, publication, registry, secretKey, serviceParts } from "../config/parts";
import { protection } from "./protections";

const texts = z.array(z.string());

const publishedPath = { ...publication, path: z.string().optional() };

/** What is published beside functions, by name. */
const route = z.discriminatedUnion("to", [
    /** The platform's gateway. */
    z.strictObject({ to: z.literal("gateway"), ...publishedPath }),
    /** Any service in the cluster. */
    z.strictObject({
        to: z.literal("service"),
        ...publishedPath,
        ...serviceParts,
    }),
]);

/** Something that the configuration publishes beside functions. */
export type IngressRouteConfiguration = z.output<typeof route>;

const certificates = z.strictObject({
    own: z.strictObject({ certificate: z.string(), privateKeyFrom: secretKey }).optional(),
    secretName: z.string().optional(),
    issuer: z.strictObject({ name: z.string(), kind: z.enum(CertManagerKind).optional() }).optional(),
    acme: z
        .strictObject({
            email: z.string(),
            server: z.string().optional(),
            challenge: z.enum(AcmeChallenge).optional(),
            dnsProvider: z
                .strictObject({ code: z.string(), environmentFrom: z.record(z.string(), secretKey) })
                .optional(),
            storageClass: z.string().optional(),
        })
        .optional(),
    selfSigned: z.strictObject({ hosts: texts.optional(), rotation: z.string().optional() }).optional(),
});

/** The properties are those of `IngressArgs`. */
const ingressParts = {
    namespace: z.string().optional(),
    domain: z.string().optional(),
    certificates: certificates.optional(),
    protections: z.record(z.string(), protection).optional(),
    tls: z.strictObject({ minimumVersion: z.enum(TlsVersion).optional(), cipherSuites: texts.optional() }).optional(),
    securityHeaders: z
        .strictObject({
            hstsSeconds: z.number().optional(),
            hstsIncludeSubdomains: z.boolean().optional(),
            hstsPreload: z.boolean().optional(),
            frameOptions: z.enum(FrameOptions).optional(),
            referrerPolicy: z.string().optional(),
            contentSecurityPolicy: z.string().optional(),
        })
        .optional(),
    exposure: z.enum(IngressExposure).optional(),
    loadBalancer: z
        .strictObject({
            internal: z.boolean().optional(),
            staticAddress: z.string().optional(),
            subnet: z.string().optional(),
            resourceGroup: z.string().optional(),
            sourceRanges: texts.optional(),
            annotations: z.record(z.string(), z.string()).optional(),
        })
        .optional(),
    nodePorts: z.strictObject({ http: z.number().optional(), https: z.number().optional() }).optional(),
    trustedProxies: texts.optional(),
    proxyProtocolFrom: texts.optional(),
    replicas: z.number().optional(),
    autoscaling: z
        .strictObject({
            minReplicas: z.number(),
            maxReplicas: z.number(),
            cpuPercent: z.number().optional(),
            memoryPercent: z.number().optional(),
            scaleDownDelaySeconds: z.number().optional(),
        })
        .optional(),
    timeouts: z
        .strictObject({
            request: z.string().optional(),
            response: z.string().optional(),
            idle: z.string().optional(),
        })
        .optional(),
    accessLog: z.boolean().optional(),
    resources: containerResources.optional(),
    placement: placement.optional(),
    registry: registry.optional(),
    labels: labels.optional(),
    /** What is published beside functions. */
    routes: z.record(z.string(), route).default({}),
};

/** The configuration of Traefik; the properties are those of `TraefikIngress`. */
export const traefikSchema = z.strictObject({
    controller: z.literal("traefik"),
    ...ingressParts,
    className: z.string().optional(),
    routeNamespaces: texts.optional(),
    encodedPaths: z.boolean().optional(),
});

/** The configuration of Kong; the properties are those of `KongIngress`. */
export const kongSchema = z.strictObject({ controller: z.literal("kong"), ...ingressParts });

/** What may stand below `ingress`: the schema of the controller that `controller` names. */
export const ingressSchema = z.discriminatedUnion("controller", [kongSchema, traefikSchema]);

/** The configuration of an ingress. */
export type IngressConfiguration = z.output<typeof ingressSchema>;
