import * as pulumi from "@pulumi/pulumi";
import type { IngressGateway } from "../../../core/contracts";
import { type CertificatePair, certificateAuthority } from "../../../core/credentials";
import { childOptions } from "../../../core/deletion";
import * as k8s from "../../../core/kubernetes";
import { objectLabels } from "../../../core/labels";
import { createPolicy } from "../../../core/network";
import { ingressPolicySpec } from "../../../core/network/render";
import type {
    AcmeDnsSolver,
    AcmeHttpSolver,
    AcmeIssuer,
    CertManagerArgs,
    CertManagerClusterIssuer,
    ClusterIssuerReference,
    PrivateIssuer,
} from "./args";
import { AcmeServer } from "./args";

/** Where issuers are made. */
export interface IssuerPlace {
    parent: pulumi.Resource;
    /** Logical name of the installation. */
    name: string;
    args: CertManagerArgs;
    /** Where cert-manager looks for the Secrets of issuers of the whole cluster. */
    namespace: pulumi.Input<string>;
    /** Known when issuers can be written. */
    writable: pulumi.Output<unknown>;
}

/** The pods that answer HTTP-01 challenges: their label and port (pkg/apis/acme/v1, pkg/issuer/acme/http/pod.go). */
const solverPods = { "acme.cert-manager.io/http01-solver": "true" };
const solverPort = 8089;

/** An issuer for the whole cluster, with the Secrets and rules that it needs. */
export function createIssuer(
    place: IssuerPlace,
    issuerName: string,
    issuer: CertManagerClusterIssuer,
): ClusterIssuerReference {
    const { ca, acme } = issuer;
    const authority = ca ? provideAuthority(place, issuerName, ca) : undefined;
    if (acme?.http) {
        admitGateway(place, issuerName, acme.http);
    }
    const resource = new k8s.apiextensions.CustomResource(
        `${place.name}-issuer-${issuerName}`,
        {
            apiVersion: "cert-manager.io/v1",
            kind: "ClusterIssuer",
            metadata: {
                // Not before cert-manager checks it.
                name: place.writable.apply(() => issuerName),
                labels: labelsOf(place),
            },
            spec: issuerSpec(place, issuerName, issuer, authority),
        },
        childOptions(place.parent),
    );
    return {
        name: resource.metadata.name,
        ...(authority ? { caCertificate: authority.certificate } : {}),
    };
}

function labelsOf({ name, args }: IssuerPlace) {
    return objectLabels({ app: "cert-manager", instance: name, component: "issuer", labels: args.labels });
}

/** An authority's certificate, and the Secret in which cert-manager finds its key. */
interface Authority {
    certificate: pulumi.Output<string>;
    secretName: pulumi.Output<string>;
}

function issuerSpec(
    place: IssuerPlace,
    issuerName: string,
    { acme }: CertManagerClusterIssuer,
    authority: Authority | undefined,
): object {
    if (acme) {
        return { acme: acmeSpec(place, issuerName, acme) };
    }
    return authority ? { ca: { secretName: authority.secretName } } : { selfSigned: {} };
}

/** A fixed name, which the issuer refers to: the key may be rotated, and cert-manager notices. */
function provideAuthority(place: IssuerPlace, issuerName: string, ca: PrivateIssuer): Authority {
    const pair = givenOrMade(place, issuerName, ca);
    const secret = createSecret(place, `${issuerName}-ca`, "kubernetes.io/tls", {
        "tls.crt": pair.certificate,
        "tls.key": pair.privateKey,
    });
    return { certificate: pair.certificate, secretName: secret.metadata.name };
}

function givenOrMade({ name, parent }: IssuerPlace, issuerName: string, ca: PrivateIssuer): CertificatePair {
    return ca.certificate !== undefined && ca.privateKey !== undefined
        ? { certificate: pulumi.output(ca.certificate), privateKey: pulumi.secret(ca.privateKey) }
        : certificateAuthority(`${name}-${issuerName}-authority`, { rotation: ca.rotation }, { parent });
}

function createSecret(
    place: IssuerPlace,
    secretName: string,
    type: string,
    data: Record<string, pulumi.Input<string>>,
): k8s.core.v1.Secret {
    return new k8s.core.v1.Secret(
        `${place.name}-issuer-${secretName}`,
        {
            metadata: { name: secretName, namespace: place.namespace, labels: labelsOf(place) },
            type,
            stringData: pulumi.secret(data),
        },
        childOptions(place.parent),
    );
}

function acmeSpec(place: IssuerPlace, issuerName: string, acme: AcmeIssuer): object {
    const { email, server, externalAccount, http, dns } = acme;
    return {
        email,
        server: server ?? AcmeServer.LetsEncrypt,
        // Made by cert-manager, and kept by it: the account is not lost with the issuer.
        privateKeySecretRef: { name: `${issuerName}-account` },
        ...(externalAccount
            ? {
                  externalAccountBinding: {
                      keyID: externalAccount.keyId,
                      keySecretRef: {
                          name: createSecret(place, `${issuerName}-external-account`, "Opaque", {
                              key: externalAccount.key,
                          }).metadata.name,
                          key: "key",
                      },
                  },
              }
            : {}),
        solvers: [...(dns ?? []).map((solver) => dnsSolver(place.args, solver)), ...(http ? [httpSolver(http)] : [])],
    };
}

function httpSolver({ gateway }: AcmeHttpSolver): object {
    const annotations = solverAnnotations(gateway);
    return {
        http01: {
            ingress: {
                serviceType: "ClusterIP",
                ...(gateway.classByAnnotation ? { class: gateway.className } : { ingressClassName: gateway.className }),
                ...(Object.keys(annotations).length > 0 ? { ingressTemplate: { metadata: { annotations } } } : {}),
            },
        },
    };
}

/**
 * The authority comes by plain HTTP and knows no login: only the entry point of port 80 leads to the pod that answers,
 * past every protection of the others (https://github.com/cert-manager/cert-manager/issues/2911).
 */
function solverAnnotations({ kind }: IngressGateway): Record<string, string> {
    return kind === "traefik" ? { "traefik.ingress.kubernetes.io/router.entrypoints": "web" } : {};
}

function dnsSolver(args: CertManagerArgs, { zones, route53, cloudDns, azureDns }: AcmeDnsSolver): object {
    return {
        ...(zones ? { selector: { dnsZones: zones } } : {}),
        dns01: {
            ...(route53 ? { route53: { region: route53.region, hostedZoneID: route53.hostedZoneId } } : {}),
            ...(cloudDns ? { cloudDNS: { project: cloudDns.project, hostedZoneName: cloudDns.hostedZoneName } } : {}),
            ...(azureDns
                ? {
                      azureDNS: {
                          subscriptionID: azureDns.subscriptionId,
                          resourceGroupName: azureDns.resourceGroup,
                          hostedZoneName: azureDns.hostedZoneName,
                          ...(args.identity?.azureClientId === undefined
                              ? {}
                              : { managedIdentity: { clientID: args.identity.azureClientId } }),
                      },
                  }
                : {}),
        },
    };
}

/** Namespaces deny what nobody opened, also to the pods that answer challenges. */
function admitGateway(place: IssuerPlace, issuerName: string, { gateway, namespaces }: AcmeHttpSolver): void {
    for (const namespace of namespaces) {
        createPolicy(
            `${place.name}-${issuerName}-challenges-${namespace}`,
            { cluster: place.args.cluster, namespace, labels: place.args.labels },
            ingressPolicySpec(solverPods, [{ pods: [gateway.pods], ports: [{ port: solverPort }] }]),
            { parent: place.parent },
        );
    }
}
