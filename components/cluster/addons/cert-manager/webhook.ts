import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../../core/deletion";
import * as k8s from "../../../core/kubernetes";
import { objectLabels } from "../../../core/labels";
import type { HardenedDeployment } from "../../../core/workload";
import { webhookCertificates, webhookClient } from "../webhook-server";
import { type CertManagerInstallation, createPart, metricsPort } from "./installation";
import { webhookPermissions } from "./permissions";

/** Upstream's own choice: control planes of private clusters reach this port of nodes without a firewall rule more. */
const webhookPort = 10250;
const healthPort = 6080;

/** Name of the Service, and by it of the server. */
const serviceName = "cert-manager-webhook";
const certificatePath = "/etc/cert-manager-webhook/certificate";

type WebhookRule = k8s.types.input.admissionregistration.v1.RuleWithOperations;

/**
 * The part that checks cert-manager's objects before they are written, and what makes the API server ask it.
 *
 * @returns known when the API server asks it: no object of cert-manager's can be written before it answers
 */
export function createWebhook(installation: CertManagerInstallation): pulumi.Output<string[]> {
    const { name, namespaceName, namespace, args, parent } = installation;
    const place = { cluster: args.cluster, namespaceName, namespace, serviceName, labels: labelsOf(installation) };
    const { ca, secretName } = webhookCertificates(`${name}-webhook`, place, parent);
    return configure(installation, createDeployment(installation, secretName), ca);
}

function createDeployment(
    installation: CertManagerInstallation,
    secretName: pulumi.Output<string>,
): HardenedDeployment {
    return createPart(installation, "webhook", {
        image: "cert-manager-webhook",
        permissions: webhookPermissions,
        network: {
            // The API server, which no selector of pods matches.
            ingress: [{ anyone: true, ports: [{ port: webhookPort }] }],
            apiServer: true,
        },
        more: {
            service: { name: serviceName, ports: [{ name: "https", port: 443, scheme: "https" }] },
            volumes: [{ name: "certificate", secret: { name: secretName } }],
        },
        container: {
            args: [
                "--v=2",
                `--secure-port=${webhookPort}`,
                `--healthz-port=${healthPort}`,
                `--tls-cert-file=${certificatePath}/tls.crt`,
                `--tls-private-key-file=${certificatePath}/tls.key`,
                "--tls-min-version=VersionTLS12",
            ],
            ports: [
                { name: "https", port: webhookPort },
                { name: "health", port: healthPort },
                { name: "metrics", port: metricsPort },
            ],
            mounts: [{ volume: "certificate", path: certificatePath }],
            probes: {
                readiness: { http: { path: "/healthz", port: healthPort }, periodSeconds: 5 },
                liveness: { http: { path: "/livez", port: healthPort }, initialDelaySeconds: 60 },
            },
        },
    });
}

function labelsOf({ name, args }: CertManagerInstallation) {
    return objectLabels({ app: "cert-manager", instance: name, component: "webhook", labels: args.labels });
}

/** Requests are completed with who asked; every object is checked. */
function configure(
    installation: CertManagerInstallation,
    deployment: HardenedDeployment,
    ca: pulumi.Output<string>,
): pulumi.Output<string[]> {
    const { name, parent } = installation;
    const metadata = { name: `${name}-webhook`, labels: labelsOf(installation) };
    const webhook = (path: string, rule: WebhookRule) => ({
        name: "webhook.cert-manager.io",
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Fail",
        matchPolicy: "Equivalent",
        timeoutSeconds: 30,
        clientConfig: webhookClient(deployment, ca, path),
        rules: [{ apiVersions: ["v1"], ...rule }],
    });
    const mutating = new k8s.admissionregistration.v1.MutatingWebhookConfiguration(
        `${name}-mutating`,
        {
            metadata,
            webhooks: [
                webhook("/mutate", {
                    apiGroups: ["cert-manager.io"],
                    operations: ["CREATE"],
                    resources: ["certificaterequests"],
                }),
            ],
        },
        childOptions(parent),
    );
    const validating = new k8s.admissionregistration.v1.ValidatingWebhookConfiguration(
        `${name}-validating`,
        {
            metadata,
            webhooks: [
                webhook("/validate", {
                    apiGroups: ["cert-manager.io", "acme.cert-manager.io"],
                    operations: ["CREATE", "UPDATE"],
                    resources: ["*/*"],
                }),
            ],
        },
        childOptions(parent),
    );
    return pulumi.all([mutating.metadata.name, validating.metadata.name]);
}
