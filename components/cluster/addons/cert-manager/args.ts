import type * as pulumi from "@pulumi/pulumi";
import type { AddonMode } from "../../../core/addons";
import type { Cluster, IngressGateway } from "../../../core/contracts";
import type { Deletion } from "../../../core/deletion";
import type { Labels } from "../../../core/labels";
import type { EgressRule } from "../../../core/network";
import type { Placement } from "../../../core/placement";
import type { Registry } from "../../../core/registry";
import type { CloudIdentity } from "../cloud-identity";

/** The directories of Let's Encrypt, the authority that most use. */
export const AcmeServer = {
    LetsEncrypt: "https://acme-v02.api.letsencrypt.org/directory",
    /** For trials: generous limits, certificates that no browser trusts. */
    LetsEncryptStaging: "https://acme-staging-v02.api.letsencrypt.org/directory",
} as const;
export type AcmeServer = (typeof AcmeServer)[keyof typeof AcmeServer];

/**
 * Proves by a file at port 80, behind the gateway, that a host is ours: the authority must reach it there. A gateway of
 * Kong can't: it reads no Ingress objects.
 */
export interface AcmeHttpSolver {
    /** The way in. It must lead the path `/.well-known/acme-challenge/` on port 80, as a `TraefikIngress` with an `issuer` does. */
    gateway: IngressGateway;
    /** The namespaces of the routes: for moments, a pod of cert-manager's in them answers, and the gateway is let in to it. */
    namespaces: string[];
}

/** Records in Amazon Route 53. */
export interface Route53Zone {
    region: pulumi.Input<string>;
    /** @default found by the name */
    hostedZoneId?: pulumi.Input<string>;
}

/** Records in Google Cloud DNS. */
export interface CloudDnsZone {
    project: pulumi.Input<string>;
    /** The managed zone's name. @default found by the name */
    hostedZoneName?: pulumi.Input<string>;
}

/** Records in Azure DNS. */
export interface AzureDnsZone {
    subscriptionId: pulumi.Input<string>;
    resourceGroup: pulumi.Input<string>;
    /** The zone's name: `example.com`. */
    hostedZoneName: pulumi.Input<string>;
}

/**
 * Proves by a record in DNS that a host is ours, also for wildcards and for hosts that the authority can't reach. Exactly
 * one of the providers; cert-manager writes there as its `identity`.
 */
export interface AcmeDnsSolver {
    /** The zones that this one is for. @default every host that no other solver is closer to */
    zones?: pulumi.Input<string>[];
    route53?: Route53Zone;
    cloudDns?: CloudDnsZone;
    azureDns?: AzureDnsZone;
}

/** An account that exists at an authority which wants one (RFC 8555 section 7.3.4). */
export interface AcmeExternalAccount {
    keyId: pulumi.Input<string>;
    /** The HMAC key, base64url; secret. */
    key: pulumi.Input<string>;
}

/** An authority that speaks ACME. At least one of `http` and `dns`. */
export interface AcmeIssuer {
    /** Where the authority writes to. */
    email: pulumi.Input<string>;
    /** Its directory. @default Let's Encrypt's */
    server?: pulumi.Input<string>;
    http?: AcmeHttpSolver;
    dns?: AcmeDnsSolver[];
    externalAccount?: AcmeExternalAccount;
}

/** An authority of one's own, whose key lies in the cluster: given, or made here. */
export interface PrivateIssuer {
    /** The authority's certificate and those above it, in PEM. @default made, valid for ten years */
    certificate?: pulumi.Input<string>;
    /** Its key, in PEM; secret. Given together with `certificate`. */
    privateKey?: pulumi.Input<string>;
    /** Changes to have an authority that is made here made anew. @default never */
    rotation?: pulumi.Input<string>;
}

/** Who signs certificates for the whole cluster: exactly one of these. */
export interface CertManagerClusterIssuer {
    acme?: AcmeIssuer;
    ca?: PrivateIssuer;
    /** Every certificate signs itself, so that nobody trusts it: for trials, and to begin an authority with. */
    selfSigned?: boolean;
}

/** Arguments of a {@link CertManager}. */
export interface CertManagerArgs {
    cluster: Cluster;
    /** @default `install` */
    mode?: AddonMode;
    /**
     * The `definitions` of a `CertManagerCrds` of the same cluster: cert-manager starts, and issuers are made, when they
     * are there. Needed to `install`, and to make issuers.
     */
    definitions?: pulumi.Input<pulumi.Input<string>[]>;
    /** The namespace of cert-manager's own parts and its issuers' Secrets, made when installing. @default the logical name */
    namespace?: string;
    /** Issuers for the whole cluster by their names. @default none */
    issuers?: Record<string, CertManagerClusterIssuer>;
    /** Who it is towards the cloud in whose DNS it writes. @default what the cloud grants its ServiceAccount, `cert-manager` */
    identity?: CloudIdentity;
    /**
     * Also runs the part that writes authorities into the webhooks and definitions of others, where these ask for it by an
     * annotation. It may change every webhook of the cluster. cert-manager itself does not need it here. @default false
     */
    caInjector?: boolean;
    /**
     * Lets it start pods and Ingresses in any namespace, for HTTP-01 challenges.
     * @default whether one of `issuers` has `http`; give true for issuers that others make
     */
    httpChallenges?: boolean;
    /** Two copies of each part, of which one waits for the other. @default false */
    highAvailability?: boolean;
    /** Where it may go beside its `issuers`, for issuers that others make. @default nowhere */
    egress?: EgressRule[];
    placement?: Placement;
    /** Where the images come from, that of the challenges' pods too. */
    registry?: Registry;
    labels?: Labels;
    /**
     * What becomes of its namespace when it leaves the program, and with it of the keys of issuers: accounts at ACME
     * authorities, authorities of one's own. With `retain` an installation of somebody else's can go on with them.
     * @default `protect`
     */
    deletion?: Deletion;
}

/** An issuer that is there. */
export interface ClusterIssuerReference {
    /** Known when the API server has taken it, so that what names it comes later. */
    name: pulumi.Output<string>;
    /** The certificate to trust, in PEM, of an authority of one's own. */
    caCertificate?: pulumi.Output<string>;
}
