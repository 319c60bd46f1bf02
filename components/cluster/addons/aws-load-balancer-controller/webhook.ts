import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../../core/deletion";
import * as k8s from "../../../core/kubernetes";
import type { Labels } from "../../../core/labels";
import type { HardenedDeployment } from "../../../core/workload";
import { webhookClient } from "../webhook-server";

/** The controller's kinds as they are called in paths, and the resources of each. */
const kinds = { ingressclassparams: "ingressclassparams", targetgroupbinding: "targetgroupbindings" } as const;
type Kind = keyof typeof kinds;

/** The kinds that it checks, and those that it completes before. */
const checked: readonly Kind[] = ["ingressclassparams", "targetgroupbinding"];
const completed: readonly Kind[] = ["targetgroupbinding"];

/** What the API server has to know to ask the controller. */
export interface WebhookTarget {
    parent: pulumi.Resource;
    name: string;
    labels: Labels;
    deployment: HardenedDeployment;
    /** The authority of its certificate, in PEM. */
    ca: pulumi.Output<string>;
}

/**
 * Has the API server ask the controller before its own objects are written, and before nothing else: upstream's webhooks
 * for every Service, pod and Ingress of the cluster would stop them all where the controller does not answer. Paths:
 * https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/config/webhook/manifests.yaml
 *
 * @returns what has to be there for a load balancer to come and to go
 */
export function configureWebhooks(target: WebhookTarget): pulumi.Resource[] {
    const { parent, name, labels } = target;
    const metadata = { name: `${name}-webhook`, labels };
    return [
        new k8s.admissionregistration.v1.MutatingWebhookConfiguration(
            `${name}-mutating`,
            { metadata, webhooks: completed.map((kind) => webhook(target, "mutate", kind)) },
            childOptions(parent),
        ),
        new k8s.admissionregistration.v1.ValidatingWebhookConfiguration(
            `${name}-validating`,
            { metadata, webhooks: checked.map((kind) => webhook(target, "validate", kind)) },
            childOptions(parent),
        ),
    ];
}

function webhook(
    { deployment, ca }: WebhookTarget,
    verb: "mutate" | "validate",
    kind: Kind,
): k8s.types.input.admissionregistration.v1.MutatingWebhook {
    return {
        name: `${verb.charAt(0)}${kind}.elbv2.k8s.aws`,
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Fail",
        matchPolicy: "Equivalent",
        timeoutSeconds: 10,
        clientConfig: webhookClient(deployment, ca, `/${verb}-elbv2-k8s-aws-v1beta1-${kind}`),
        rules: [
            {
                apiGroups: ["elbv2.k8s.aws"],
                apiVersions: ["v1beta1"],
                operations: ["CREATE", "UPDATE"],
                resources: [kinds[kind]],
            },
        ],
    };
}
