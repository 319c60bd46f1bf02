import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "../../core/labels";
import type { EgressRule } from "../../core/network";
import type { Checks } from "../../core/validation";
import type { WorkloadIdentity } from "../../core/workload";

/**
 * Who an add-on's pods are towards the cloud, without a key: at most one of these. With EKS Pod Identity and with GKE's
 * direct federation nothing is written here: the association and the grant name the ServiceAccount.
 */
export interface CloudIdentity {
    /** ARN of the IAM role that the ServiceAccount may assume (EKS, IAM roles for service accounts). */
    awsRoleArn?: pulumi.Input<string>;
    /** The Google service account that it acts as: `NAME@PROJECT.iam.gserviceaccount.com`. */
    googleServiceAccount?: pulumi.Input<string>;
    /** Client ID of the managed identity with a federated credential for it (AKS). */
    azureClientId?: pulumi.Input<string>;
}

/** The marks by which the clouds' webhooks know a ServiceAccount and its pods. */
export interface IdentityMarks {
    identity: WorkloadIdentity;
    podLabels: Labels;
}

/**
 * What a workload carries to be somebody to the cloud:
 * https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html,
 * https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity,
 * https://learn.microsoft.com/azure/aks/workload-identity-overview
 */
export function identityMarks({ awsRoleArn, googleServiceAccount, azureClientId }: CloudIdentity = {}): IdentityMarks {
    const annotations: Record<string, pulumi.Input<string>> = {
        ...(awsRoleArn === undefined ? {} : { "eks.amazonaws.com/role-arn": awsRoleArn }),
        ...(googleServiceAccount === undefined ? {} : { "iam.gke.io/gcp-service-account": googleServiceAccount }),
        ...(azureClientId === undefined ? {} : { "azure.workload.identity/client-id": azureClientId }),
    };
    return {
        identity: Object.keys(annotations).length > 0 ? { annotations } : {},
        podLabels: azureClientId === undefined ? {} : { "azure.workload.identity/use": "true" },
    };
}

/** The clouds that give out credentials at an address of the node. */
export type CredentialsCloud = "aws" | "google";

/**
 * The way to where pods get the cloud's credentials: the agent of EKS Pod Identity, the metadata server of GKE. Azure's
 * login is a public address.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html,
 * https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy
 */
export function credentialsEgress(cloud: CredentialsCloud): EgressRule[] {
    return cloud === "aws"
        ? [{ cidrs: ["169.254.170.23/32"], ports: [{ port: 80 }] }]
        : [
              { cidrs: ["169.254.169.252/32"], ports: [{ port: 987, endPort: 988 }] },
              { cidrs: ["169.254.169.254/32"], ports: [{ port: 80 }] },
          ];
}

/** Notes what is wrong with an identity. */
export function checkCloudIdentity(checks: Checks, identity: CloudIdentity | undefined): void {
    if (!identity) {
        return;
    }
    checks.exclusive(["awsRoleArn", "googleServiceAccount", "azureClientId"], identity, { required: true });
    checks.matches(
        "awsRoleArn",
        identity.awsRoleArn,
        /^arn:aws[\w-]*:iam::\d{12}:role\/.+$/,
        'give an ARN like "arn:aws:iam::111122223333:role/dns"',
    );
    checks.matches(
        "googleServiceAccount",
        identity.googleServiceAccount,
        /^[^@\s]+@[^@\s]+\.iam\.gserviceaccount\.com$/,
        'give an address like "dns@PROJECT.iam.gserviceaccount.com"',
    );
    checks.matches(
        "azureClientId",
        identity.azureClientId,
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
        "give the identity's client ID, a UUID",
    );
}
