import { z } from "zod";
import {
    Addon,
    type AzureDnsAccount,
    DnsPolicy,
    DnsProvider,
    DnsSource,
    type DnsWebhook,
    ExternalDns,
    type ExternalDnsArgs,
    validateExternalDns,
} from "../../components";
import type { SchemaOf } from "../clusters/managed";
import { secretKey } from "../config/parts";
import { addonOf, addonParts, cloudIdentity, egress } from "./addon";

const texts = z.array(z.string());

const azure = z.strictObject({
    tenantId: z.string(),
    subscriptionId: z.string(),
    resourceGroup: z.string(),
} satisfies SchemaOf<AzureDnsAccount>);

const webhook = z.strictObject({
    ...({
        image: z.string(),
        args: texts.optional(),
        environment: z.record(z.string(), z.string()).optional(),
    } satisfies SchemaOf<Omit<DnsWebhook, "secretEnvironment">>),
    secretEnvironmentFrom: z.record(z.string(), secretKey).optional(),
});

/** The configuration of ExternalDNS; the properties are those of `ExternalDns`. */
export const externalDnsSchema = z.strictObject({
    ...({
        ...addonParts,
        provider: z.enum(DnsProvider).optional(),
        domains: texts.optional(),
        zoneIds: texts.optional(),
        policy: z.enum(DnsPolicy).optional(),
        sources: z.array(z.enum(DnsSource)).optional(),
        ingressClasses: texts.optional(),
        ownerId: z.string().optional(),
        googleProject: z.string().optional(),
        azure: azure.optional(),
        identity: cloudIdentity.optional(),
        namespace: z.string().optional(),
        egress,
    } satisfies SchemaOf<Omit<ExternalDnsArgs, "cluster" | "webhook">>),
    webhook: webhook.optional(),
});

/** ExternalDNS. */
export const externalDns = addonOf({
    addon: Addon.ExternalDns,
    schema: externalDnsSchema,
    argsOf: (given, { cluster }): ExternalDnsArgs => ({ cluster, ...given }),
    validate: validateExternalDns,
    make: (name, args) => new ExternalDns(name, args),
});
