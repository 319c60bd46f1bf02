import { z } from "zod";
import { JwtAlgorithm, type ProtectionKind } from "../../components";
import { containerResources, secretKey, serviceParts } from "../config/parts";

const texts = z.array(z.string());

/** Each kind of protection, as `IngressProtection` has it. */
const kinds = {
    apiKey: z.strictObject({
        holders: z.array(
            z.strictObject({
                name: z.string(),
                keyFrom: secretKey.optional(),
                rotation: z.string().optional(),
            }),
        ),
        header: z.string().optional(),
    }),
    basicAuth: z.strictObject({
        users: z.array(
            z.strictObject({
                name: z.string(),
                passwordFrom: secretKey.optional(),
                passwordHashFrom: secretKey.optional(),
                rotation: z.string().optional(),
            }),
        ),
        realm: z.string().optional(),
    }),
    bodyLimit: z.strictObject({ maximum: z.string() }),
    circuitBreaker: z.strictObject({
        networkErrorPercent: z.number().optional(),
        serverErrorPercent: z.number().optional(),
        medianMilliseconds: z.number().optional(),
        openFor: z.string().optional(),
    }),
    concurrency: z.strictObject({ requests: z.number(), perClient: z.boolean().optional() }),
    cors: z.strictObject({
        origins: texts,
        methods: texts.optional(),
        headers: texts.optional(),
        exposedHeaders: texts.optional(),
        credentials: z.boolean().optional(),
        maxAgeSeconds: z.number().optional(),
    }),
    headers: z.strictObject({
        contentSecurityPolicy: z.string().optional(),
        permissionsPolicy: z.string().optional(),
        set: z.record(z.string(), z.string()).optional(),
        remove: texts.optional(),
    }),
    ipAllowList: z.strictObject({ ranges: texts, allowEveryone: z.boolean().optional() }),
    jwt: z.strictObject({
        issuer: z.string(),
        publicKey: z.string(),
        algorithm: z.enum(JwtAlgorithm).optional(),
    }),
    mutualTls: z.strictObject({ caCertificate: z.string() }),
    oidc: z.strictObject({
        issuerUrl: z.string(),
        clientId: z.string(),
        clientSecretFrom: secretKey,
        allowedEmails: texts.optional(),
        allowedEmailDomains: texts.optional(),
        allowedGroups: texts.optional(),
        allowEveryAccount: z.boolean().optional(),
        scopes: texts.optional(),
        emailClaim: z.string().optional(),
        groupsClaim: z.string().optional(),
        callbackHost: z.string().optional(),
        cookie: z
            .strictObject({
                domain: z.string().optional(),
                lifetime: z.string().optional(),
                refresh: z.string().optional(),
                rotation: z.string().optional(),
            })
            .optional(),
        issuerCidrs: texts.optional(),
        issuerService: z.strictObject(serviceParts).optional(),
        issuerCaCertificate: z.string().optional(),
        replicas: z.number().optional(),
        resources: containerResources.optional(),
    }),
    rateLimit: z.strictObject({
        requests: z.number(),
        period: z.string().optional(),
        burst: z.number().optional(),
    }),
    retry: z.strictObject({ attempts: z.number(), interval: z.string().optional() }),
} satisfies Partial<Record<ProtectionKind, z.ZodObject>>;

/** A protection that routes name: one of the kinds. */
export const protection = z.strictObject({ ...z.object(kinds).partial().shape, everyRoute: z.boolean().optional() });
