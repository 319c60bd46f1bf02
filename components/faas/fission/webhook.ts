import * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../../core/config-objects";
import {
    type CertificateAuthority,
    certificateAuthority,
    type CertificatePair,
    serverCertificate,
} from "../../core/credentials";
import { childOptions } from "../../core/deletion";
import * as k8s from "../../core/kubernetes";
import { objectLabels } from "../../core/labels";
import type { HardenedDeployment } from "../../core/workload";
import { fissionGroup } from "./crds/definitions";
import { copies, createPart, type Installation, metricsPort } from "./installation";

const webhookPort = 9443;

/** The Service, as upstream calls it. */
const serviceName = "webhook-service";

/** Where the server looks for its certificate (sigs.k8s.io/controller-runtime, webhook server). */
const certificatePath = "/tmp/k8s-webhook-server/serving-certs";

/** The kinds that are checked before they are written, and the one that is completed. */
const validated = ["environment", "function", "kuberneteswatchtrigger", "messagequeuetrigger", "package"];
const completed = ["package"];

/** The part that checks Fission's objects, and what makes the API server ask it. */
export interface Webhook {
    deployment: HardenedDeployment;
    /** Known when the API server asks it: no object of Fission can be written before it answers. */
    configured: pulumi.Output<string[]>;
}

/** By what the API server knows the webhook. */
export interface WebhookCertificates {
    ca: CertificateAuthority;
    server: CertificatePair;
}

/** The certificates of the webhook, which wait for nothing in the cluster. */
export function createWebhookCertificates(
    parent: pulumi.Resource,
    name: string,
    namespaceName: string,
): WebhookCertificates {
    const ca = certificateAuthority(`${name}-webhook-ca`, {}, { parent });
    const host = `${serviceName}.${namespaceName}.svc`;
    const server = serverCertificate(`${name}-webhook`, { ca, dnsNames: [host, `${host}.cluster.local`] }, { parent });
    return { ca, server };
}

/** Checks Fission's objects before they are written. */
export function createWebhook(installation: Installation, { ca, server }: WebhookCertificates): Webhook {
    const { name, parent } = installation;
    const certificate = rolledSecret(
        `${name}-webhook-certificate`,
        {
            cluster: installation.args.cluster,
            namespace: installation.namespace,
            labels: webhookLabels(installation),
            type: "kubernetes.io/tls",
            data: { "tls.crt": server.certificate, "tls.key": server.privateKey },
        },
        { parent },
    );
    const deployment = createDeployment(installation, certificate.metadata.name);
    return { deployment, configured: configure(installation, deployment, ca.certificate) };
}

function createDeployment(installation: Installation, certificate: pulumi.Output<string>): HardenedDeployment {
    return createPart(installation, "webhook", {
        labels: { svc: serviceName, application: "fission-webhook" },
        replicas: copies(installation),
        trusted: false,
        network: {
            // The API server, which no selector of pods matches.
            ingress: [{ anyone: true, ports: [{ port: webhookPort }] }],
            apiServer: true,
        },
        service: { name: serviceName, ports: [{ name: "webhook", port: 443, scheme: "https" }] },
        volumes: [{ name: "certificate", secret: { name: certificate } }],
        container: {
            args: ["--webhookPort", `${webhookPort}`],
            ports: [
                { name: "webhook", port: webhookPort },
                { name: "metrics", port: metricsPort },
            ],
            mounts: [{ volume: "certificate", path: certificatePath }],
            // Upstream's has none, so that the first objects meet a server that does not listen yet.
            probes: { readiness: { tcp: {}, periodSeconds: 2 }, liveness: { tcp: {}, initialDelaySeconds: 10 } },
        },
    });
}

function webhookLabels({ name, args }: Installation) {
    return objectLabels({ app: "fission", instance: name, component: "webhook", labels: args.labels });
}

/**
 * Asks the webhook about objects of this installation's function namespaces, and of no others: those of another Fission
 * in the cluster are not its matter, and must not wait for it.
 */
function configure(
    installation: Installation,
    deployment: HardenedDeployment,
    ca: pulumi.Output<string>,
): pulumi.Output<string[]> {
    const { name, parent } = installation;
    const metadata = { labels: webhookLabels(installation) };
    const webhook = (verb: string, kind: string) => rule(installation, deployment, ca, verb, kind);
    const mutating = new k8s.admissionregistration.v1.MutatingWebhookConfiguration(
        `${name}-mutating`,
        {
            metadata: { ...metadata, name: `${name}-fission` },
            webhooks: completed.map((kind) => webhook("mutate", kind)),
        },
        childOptions(parent),
    );
    const validating = new k8s.admissionregistration.v1.ValidatingWebhookConfiguration(
        `${name}-validating`,
        {
            metadata: { ...metadata, name: `${name}-fission` },
            webhooks: validated.map((kind) => webhook("validate", kind)),
        },
        childOptions(parent),
    );
    return pulumi.all([mutating.metadata.name, validating.metadata.name]);
}

function rule(
    { functionNamespaces, namespace }: Installation,
    { workload, service }: HardenedDeployment,
    ca: pulumi.Output<string>,
    verb: string,
    kind: string,
) {
    return {
        name: `${verb.slice(0, 1)}${kind}.${fissionGroup}`,
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Fail",
        timeoutSeconds: 10,
        clientConfig: {
            caBundle: ca.apply((pem) => Buffer.from(pem).toString("base64")),
            service: {
                // Not before the Deployment is ready.
                name: pulumi.all([service!.service, workload.metadata.name]).apply(([known]) => known),
                namespace,
                path: `/${verb}-fission-io-v1-${kind}`,
                port: 443,
            },
        },
        namespaceSelector: {
            matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: functionNamespaces }],
        },
        rules: [
            {
                apiGroups: [fissionGroup],
                apiVersions: ["v1"],
                operations: ["CREATE", "UPDATE"],
                resources: [`${kind}s`],
            },
        ],
    };
}
