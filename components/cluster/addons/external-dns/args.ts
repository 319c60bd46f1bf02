import type * as pulumi from "@pulumi/pulumi";
import type { AddonMode } from "../../../core/addons";
import type { Cluster } from "../../../core/contracts";
import type { Labels } from "../../../core/labels";
import type { EgressRule } from "../../../core/network";
import type { Placement } from "../../../core/placement";
import type { Registry } from "../../../core/registry";
import type { CloudIdentity } from "../cloud-identity";

/** Where the records are kept. */
export const DnsProvider = {
    /** Amazon Route 53. */
    Aws: "aws",
    /** Azure DNS, zones that everybody sees. */
    Azure: "azure",
    /** Azure DNS, zones of virtual networks. */
    AzurePrivate: "azure-private-dns",
    /** Google Cloud DNS. */
    Google: "google",
    /** Anything else, by a program of its provider's beside it. */
    Webhook: "webhook",
} as const;
export type DnsProvider = (typeof DnsProvider)[keyof typeof DnsProvider];

/** What becomes of records. */
export const DnsPolicy = {
    /** Records are made and changed, never deleted: those of what is gone stay. */
    UpsertOnly: "upsert-only",
    /** Records are made, never changed. */
    CreateOnly: "create-only",
    /** Records of what is gone are deleted, those that this installation made. */
    Sync: "sync",
} as const;
export type DnsPolicy = (typeof DnsPolicy)[keyof typeof DnsPolicy];

/** What has an address and asks for a name. */
export const DnsSource = { Ingress: "ingress", Service: "service" } as const;
export type DnsSource = (typeof DnsSource)[keyof typeof DnsSource];

/** Where Azure keeps the zones. */
export interface AzureDnsAccount {
    tenantId: pulumi.Input<string>;
    subscriptionId: pulumi.Input<string>;
    resourceGroup: pulumi.Input<string>;
}

/** The program of a provider that is not built in: it answers at port 8888 of the pod, and for its health at 8080. */
export interface DnsWebhook {
    /** With a tag or digest. */
    image: pulumi.Input<string>;
    args?: pulumi.Input<string>[];
    /** Variables with plain values. */
    environment?: Record<string, pulumi.Input<string>>;
    /** Variables with secret values, such as a key. */
    secretEnvironment?: Record<string, pulumi.Input<string>>;
}

/** Arguments of an {@link ExternalDns}. */
export interface ExternalDnsArgs {
    cluster: Cluster;
    /** @default `install` */
    mode?: AddonMode;
    /** Where the records are kept. Needed to install. */
    provider?: DnsProvider;
    /** It touches records in these domains and below them only: `example.com`. At least one is needed to install. */
    domains?: pulumi.Input<string>[];
    /** IDs of the zones, where several are called alike. @default found by the domains */
    zoneIds?: pulumi.Input<string>[];
    /** @default `upsert-only` */
    policy?: DnsPolicy;
    /** @default both */
    sources?: DnsSource[];
    /** Only Ingresses of these classes. @default of any */
    ingressClasses?: pulumi.Input<string>[];
    /**
     * By what it knows records as its own, in a TXT record beside each; no two clusters with a zone in common may have
     * the same. A change leaves all records to nobody. @default made of the cluster's identifier
     */
    ownerId?: pulumi.Input<string>;
    /** The project of the zones (provider `google`). @default that of the cluster */
    googleProject?: pulumi.Input<string>;
    /** Needed with provider `azure` and `azure-private-dns`. */
    azure?: AzureDnsAccount;
    /** Needed with provider `webhook`. */
    webhook?: DnsWebhook;
    /** Who it is towards the cloud. @default what the cloud grants its ServiceAccount, `external-dns` */
    identity?: CloudIdentity;
    /** Its namespace, made by this component. @default the logical name */
    namespace?: string;
    /** Where it may go beside the provider's public address. @default nowhere */
    egress?: EgressRule[];
    placement?: Placement;
    registry?: Registry;
    labels?: Labels;
}
