import * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../../core/config-objects";
import { certificateAuthority, serverCertificate } from "../../core/credentials";
import type { Site } from "./server";

/** The certificate of a store's servers. */
export interface Certificates {
    /** Who signed it, in PEM. */
    caCertificate: pulumi.Output<string>;
    /** Name of the Secret that holds `ca.crt`, `public.crt` and `private.key`. */
    secretName: pulumi.Output<string>;
}

/** One certificate for all servers, by an authority of the store's own: it names every host by which one is reached. */
export function createCertificates(site: Site): Certificates {
    const { name, parent, args } = site;
    const ca = certificateAuthority(`${name}-ca`, {}, { parent });
    const server = serverCertificate(
        `${name}-server`,
        // By the loopback address comes whoever forwards a port.
        { ca, dnsNames: hostsOf(site), ipAddresses: ["127.0.0.1"] },
        { parent },
    );
    const secret = rolledSecret(
        `${name}-certificates`,
        {
            cluster: args.cluster,
            namespace: args.namespace,
            labels: site.labels,
            data: { "ca.crt": ca.certificate, "public.crt": server.certificate, "private.key": server.privateKey },
        },
        { parent },
    );
    return { caCertificate: ca.certificate, secretName: secret.metadata.name };
}

function hostsOf({ plan, args }: Site): pulumi.Output<string>[] {
    const pods = plan.pools.map(({ resourceName }) => `*.${resourceName}-headless`);
    return [plan.resourceName, ...pods].flatMap((host) => [
        pulumi.interpolate`${host}.${args.namespace}.svc`,
        pulumi.interpolate`${host}.${args.namespace}.svc.cluster.local`,
    ]);
}
