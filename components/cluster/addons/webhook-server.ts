import * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../../core/config-objects";
import type { Cluster } from "../../core/contracts";
import { certificateAuthority, serverCertificate } from "../../core/credentials";
import type * as k8s from "../../core/kubernetes";
import type { Labels } from "../../core/labels";
import type { HardenedDeployment } from "../../core/workload";

/** Where an add-on's webhook is reached. */
export interface WebhookPlace {
    cluster: Cluster;
    /** The namespace by its name, which is part of the server's. */
    namespaceName: string;
    /** The same, perhaps known only when the namespace is there. */
    namespace: pulumi.Input<string>;
    /** Name of the Service, and by it of the server. */
    serviceName: string;
    labels: Labels;
}

/** By what a webhook and the API server know each other. */
export interface WebhookCertificates {
    /** The authority, in PEM. */
    ca: pulumi.Output<string>;
    /** Name of the Secret with `tls.crt` and `tls.key`. */
    secretName: pulumi.Output<string>;
}

/** Certificates of our own making, so that nothing has to write an authority into the webhooks afterwards. */
export function webhookCertificates(
    name: string,
    { cluster, namespaceName, namespace, serviceName, labels }: WebhookPlace,
    parent: pulumi.Resource,
): WebhookCertificates {
    const ca = certificateAuthority(`${name}-ca`, {}, { parent });
    const dnsNames = [`${serviceName}.${namespaceName}.svc`];
    const server = serverCertificate(name, { ca, dnsNames }, { parent });
    const secret = rolledSecret(
        `${name}-certificate`,
        {
            cluster,
            namespace,
            labels,
            type: "kubernetes.io/tls",
            data: { "tls.crt": server.certificate, "tls.key": server.privateKey },
        },
        { parent },
    );
    return { ca: ca.certificate, secretName: secret.metadata.name };
}

/** How the API server reaches a webhook, known as soon as it answers. */
export function webhookClient(
    { workload, service }: HardenedDeployment,
    ca: pulumi.Output<string>,
    path: string,
): k8s.types.input.admissionregistration.v1.WebhookClientConfig {
    return {
        caBundle: ca.apply((pem) => Buffer.from(pem).toString("base64")),
        service: {
            // Not before the Deployment is ready.
            name: pulumi.all([service!.service, workload.metadata.name]).apply(([known]) => known),
            namespace: service!.namespace,
            path,
            port: 443,
        },
    };
}
