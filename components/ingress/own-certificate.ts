import type * as pulumi from "@pulumi/pulumi";
import {
    type CertificateAuthority,
    certificateAuthority,
    type CertificatePair,
    serverCertificate,
} from "../core/credentials";
import { mapInput } from "../core/inputs";
import { isPlain } from "../core/validation";
import type { IngressArgs } from "./args";
import type { IngressCertificates, SelfSignedCertificate } from "./certificates";

/** The domain of local clusters. Names below `localhost` lead to one's own machine. */
const localDomain = "faas.localhost";

/** The domain of the gateway, where it has one. */
export function domainOf({ domain, cluster }: IngressArgs): pulumi.Input<string> | undefined {
    return domain ?? (cluster.traits.cloud === "local" ? localDomain : undefined);
}

/** Where certificates come from; on local clusters from an authority of our own unless something is said. */
export function certificatesOf(args: IngressArgs): IngressCertificates {
    return args.certificates ?? (args.cluster.traits.cloud === "local" ? { selfSigned: {} } : {});
}

/** Whether the domain is known to be there; an Output may turn out to be anything. */
export function hasDomain(args: IngressArgs): boolean {
    const domain = domainOf(args);
    return domain !== undefined && (!isPlain(domain) || domain !== "");
}

/** An authority of the component's own, and the certificate that it signed for the gateway. */
export interface SelfSigned {
    ca: CertificateAuthority;
    server: CertificatePair;
}

/** A certificate for the domain, everything right below it and further hosts. */
export function createSelfSigned(
    parent: pulumi.Resource,
    name: string,
    { rotation, hosts = [] }: SelfSignedCertificate,
    args: IngressArgs,
): SelfSigned {
    const domain = domainOf(args);
    const dnsNames = [...(domain === undefined ? [] : [domain, mapInput(domain, (known) => `*.${known}`)]), ...hosts];
    const ca = certificateAuthority(`${name}-ca`, { rotation }, { parent });
    return { ca, server: serverCertificate(`${name}-certificate`, { ca, dnsNames, rotation }, { parent }) };
}
