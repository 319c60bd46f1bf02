import * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../core/config-objects";
import {
    certificateAuthority,
    type CertificatePair,
    clientCertificate,
    generatedKey,
    serverCertificate,
} from "../core/credentials";
import type { Site } from "./server";

/** The certificates of a server and of its clients, and the keys that its pods share. */
export interface Certificates {
    /** Who signed them all, in PEM. */
    caCertificate: pulumi.Output<string>;
    /** Name of the Secret that holds them. */
    secretName: pulumi.Output<string>;
}

/** An authority of the server's own, so that its certificates for clients open no other server. */
export function createCertificates(site: Site): Certificates {
    const { name, parent, plan, args } = site;
    const ca = certificateAuthority(`${name}-ca`, {}, { parent });
    const pairs: [string, CertificatePair][] = [
        // What measures the server is in its pod.
        [
            "server",
            serverCertificate(
                `${name}-server`,
                { ca, dnsNames: hostsOf(site), ipAddresses: ["127.0.0.1"] },
                { parent },
            ),
        ],
        ...Object.entries(plan.engine.clients).map(([key, commonName]): [string, CertificatePair] => [
            key,
            clientCertificate(`${name}-${key}`, { ca, commonName }, { parent }),
        ]),
    ];
    const files = pairs.flatMap(([key, pair]): [string, pulumi.Output<string>][] => [
        [`${key}.crt`, pair.certificate],
        [`${key}.key`, pair.privateKey],
    ]);
    const keys = Object.entries(plan.engine.keys ?? {}).map(([file, bytes]): [string, pulumi.Output<string>] => [
        file,
        generatedKey(`${name}-${file}`, { bytes }, { parent }).base64,
    ]);
    const secret = rolledSecret(
        `${name}-certificates`,
        {
            cluster: args.cluster,
            namespace: args.namespace,
            labels: site.labels,
            data: { "ca.crt": ca.certificate, ...Object.fromEntries([...files, ...keys]) },
        },
        { parent },
    );
    return { caCertificate: ca.certificate, secretName: secret.metadata.name };
}

/** Every name under which a pod of the server is reached. */
function hostsOf({ plan, args, readServiceName }: Site): pulumi.Output<string>[] {
    return [plan.resourceName, readServiceName, `*.${plan.resourceName}-headless`].flatMap((host) => [
        pulumi.interpolate`${host}.${args.namespace}.svc`,
        pulumi.interpolate`${host}.${args.namespace}.svc.cluster.local`,
    ]);
}
