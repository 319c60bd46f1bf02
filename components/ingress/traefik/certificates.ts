import * as pulumi from "@pulumi/pulumi";
import { hotSecret, rolledSecret } from "../../core/config-objects";
import { RouteCertificates } from "../../core/contracts";
import { childOptions } from "../../core/deletion";
import * as k8s from "../../core/kubernetes";
import { objectLabels } from "../../core/labels";
import type { WorkloadContainer, WorkloadVolume } from "../../core/workload";
import { AcmeChallenge, CertManagerKind } from "../certificates";
import { certificatesOf, createSelfSigned } from "../own-certificate";
import type { TraefikIngressArgs } from "./args";
import { classNameOf, paths } from "./names";

/** How routes get theirs. */
export function routeCertificates({ certificates }: TraefikIngressArgs): RouteCertificates {
    if (certificates?.issuer) {
        return RouteCertificates.Issuer;
    }
    if (certificates?.acme) {
        return certificates.acme.challenge === AcmeChallenge.Dns
            ? RouteCertificates.AcmeDns
            : RouteCertificates.AcmeHost;
    }
    return RouteCertificates.Gateway;
}

/** The annotation by which cert-manager sees that a route's Secret is its to fill. */
export function issuerAnnotations({ certificates }: TraefikIngressArgs): Record<string, pulumi.Input<string>> {
    const issuer = certificates?.issuer;
    if (!issuer) {
        return {};
    }
    const namespaced = issuer.kind === CertManagerKind.Issuer;
    return { [`cert-manager.io/${namespaced ? "issuer" : "cluster-issuer"}`]: issuer.name };
}

/** Where the objects of the gateway's own certificate live. */
interface CertificatePlace {
    parent: pulumi.Resource;
    name: string;
    namespace: pulumi.Input<string>;
    args: TraefikIngressArgs;
}

/**
 * The gateway's own certificate for all routes that have none, where it has one. Returns the certificate of the authority
 * that clients have to be told of.
 */
export function createCertificate(place: CertificatePlace): pulumi.Output<string> | undefined {
    const { parent, name, args } = place;
    const { own, secretName, selfSigned } = certificatesOf(args);
    if (secretName !== undefined) {
        announce(place, secretName);
    }
    if (own) {
        announce(place, createSecret(place, own.certificate, own.privateKey));
    }
    if (!selfSigned) {
        return undefined;
    }
    const { ca, server } = createSelfSigned(parent, name, selfSigned, args);
    announce(place, createSecret(place, server.certificate, server.privateKey));
    return ca.certificate;
}

/** Of a fixed name: Traefik takes over a new certificate while it runs. */
function createSecret(
    { parent, name, namespace, args }: CertificatePlace,
    certificate: pulumi.Input<string>,
    privateKey: pulumi.Input<string>,
): pulumi.Output<string> {
    const secret = hotSecret(
        `${name}-certificate`,
        {
            cluster: args.cluster,
            namespace,
            labels: objectLabels({ app: "traefik", instance: name, labels: args.labels }),
            type: "kubernetes.io/tls",
            data: { "tls.crt": certificate, "tls.key": privateKey },
        },
        { parent },
    );
    return secret.metadata.name;
}

/**
 * An Ingress that leads nowhere and names the certificate: Traefik uses what it finds in any of them for every host that
 * the certificate is for. In its file configuration the key would stand in clear and, up to v3.7.12, in the log.
 */
function announce({ parent, name, namespace, args }: CertificatePlace, secretName: pulumi.Input<string>): void {
    const className = classNameOf(name, args);
    new k8s.networking.v1.Ingress(
        `${name}-certificate`,
        {
            metadata: {
                name: `${name}-certificate`,
                namespace,
                labels: objectLabels({ app: "traefik", instance: name, labels: args.labels }),
                annotations: {
                    "pulumi.com/skipAwait": "true",
                    ...(args.routeNamespaces ? { "kubernetes.io/ingress.class": className } : {}),
                },
            },
            spec: {
                ...(args.routeNamespaces ? {} : { ingressClassName: className }),
                tls: [{ secretName }],
                // Kubernetes wants a rule; one without paths makes no route.
                rules: [{ host: "certificate.invalid" }],
            },
        },
        childOptions(parent),
    );
}

/** What the pods need to ask an ACME authority by themselves. */
export interface AcmeParts {
    container: Pick<WorkloadContainer, "environmentFromSecrets" | "mounts">;
    volumes: WorkloadVolume[];
}

/** The volume with the account and the certificates, and the login of the DNS provider. */
export function createAcme({ parent, name, namespace, args }: CertificatePlace): AcmeParts {
    const acme = args.certificates?.acme;
    if (!acme) {
        return { container: {}, volumes: [] };
    }
    const labels = objectLabels({ app: "traefik", instance: name, labels: args.labels });
    const claim = new k8s.core.v1.PersistentVolumeClaim(
        `${name}-acme`,
        {
            metadata: { name: "acme", namespace, labels },
            spec: {
                accessModes: ["ReadWriteOnce"],
                storageClassName: acme.storageClass ?? args.cluster.traits.storageClass,
                resources: { requests: { storage: "128Mi" } },
            },
        },
        childOptions(parent),
    );
    const volumes = [{ name: "acme", claim: { name: claim.metadata.name } }];
    const mounts = [{ volume: "acme", path: paths.acme }];
    if (!acme.dnsProvider) {
        return { container: { mounts }, volumes };
    }
    const { environment } = acme.dnsProvider;
    const login = rolledSecret(
        `${name}-acme-dns`,
        { cluster: args.cluster, namespace, labels, data: environment },
        { parent },
    );
    const environmentFromSecrets = Object.fromEntries(
        Object.keys(environment).map((key) => [key, { name: login.metadata.name, key }]),
    );
    return { container: { mounts, environmentFromSecrets }, volumes };
}
