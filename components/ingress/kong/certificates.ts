import type * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../../core/config-objects";
import { objectLabels } from "../../core/labels";
import { certificatesOf, createSelfSigned } from "../own-certificate";
import type { KongIngressArgs } from "./args";

/** Where the objects of the ingress live. */
export interface KongPlace {
    parent: pulumi.Resource;
    name: string;
    namespace: pulumi.Output<string>;
    args: KongIngressArgs;
}

/** The Secret with the certificate for all hosts that have none of their own. */
export interface DefaultCertificate {
    secretName: pulumi.Input<string>;
    /** With a certificate of the component's own authority: what clients have to be told of. */
    caCertificate?: pulumi.Output<string>;
}

/** A certificate that changes gets another Secret, so the pods roll: Kong reads it when it starts. */
export function createCertificate(place: KongPlace): DefaultCertificate {
    const { parent, name, args } = place;
    const { own, secretName, selfSigned } = certificatesOf(args);
    if (secretName !== undefined) {
        return { secretName };
    }
    if (own) {
        return { secretName: createSecret(place, own.certificate, own.privateKey) };
    }
    // The checks let nothing else pass.
    const { ca, server } = createSelfSigned(parent, name, selfSigned!, args);
    return { secretName: createSecret(place, server.certificate, server.privateKey), caCertificate: ca.certificate };
}

function createSecret(
    { parent, name, namespace, args }: KongPlace,
    certificate: pulumi.Input<string>,
    privateKey: pulumi.Input<string>,
): pulumi.Output<string> {
    const secret = rolledSecret(
        `${name}-certificate`,
        {
            cluster: args.cluster,
            namespace,
            labels: objectLabels({ app: "kong", instance: name, labels: args.labels }),
            type: "kubernetes.io/tls",
            data: { "tls.crt": certificate, "tls.key": privateKey },
        },
        { parent },
    );
    return secret.metadata.name;
}
