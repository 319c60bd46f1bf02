import * as pulumi from "@pulumi/pulumi";
import { execKubeconfig } from "../managed";
import type { EksKubeconfigArgs } from "./args";

/** What a kubeconfig says of the cluster. */
export interface EksEndpoint {
    readonly region: string;
    readonly clusterName: pulumi.Input<string>;
    readonly endpoint: pulumi.Input<string>;
    readonly certificateAuthorityData: pulumi.Input<string>;
}

/** A kubeconfig in which the AWS CLI yields a token of 15 minutes at each use; it holds none itself. */
export function eksKubeconfig(
    { region, clusterName, endpoint, certificateAuthorityData }: EksEndpoint,
    { roleArn, profile }: EksKubeconfigArgs = {},
): pulumi.Output<string> {
    return execKubeconfig({
        name: clusterName,
        server: endpoint,
        certificateAuthorityData,
        exec: pulumi.all([clusterName, roleArn, profile]).apply(([cluster, role, awsProfile]) => ({
            command: "aws",
            args: [
                ...["--region", region, "eks", "get-token", "--cluster-name", cluster, "--output", "json"],
                ...(role ? ["--role-arn", role] : []),
            ],
            ...(awsProfile ? { env: { AWS_PROFILE: awsProfile } } : {}),
            installHint:
                "Install the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
        })),
    });
}
