import * as pulumi from "@pulumi/pulumi";
import { type ExecEntry, renderKubeconfig } from "../kubeconfig";

/** What a kubeconfig says that holds no credentials: a command on the user's machine yields them. */
export interface ExecKubeconfigArgs {
    /** Name of cluster, user and context in it. */
    name: pulumi.Input<string>;
    /** The API server's URL. */
    server: pulumi.Input<string>;
    /** The authority of the API server's certificate, PEM in base64. @default those that the machine trusts */
    certificateAuthorityData?: pulumi.Input<string>;
    /** The command. */
    exec: pulumi.Input<ExecKubeconfigCommand>;
}

/** The command that yields credentials. */
export interface ExecKubeconfigCommand {
    command: string;
    args: string[];
    /** Variables of the command's environment; nothing secret, since a kubeconfig is passed around. */
    env?: Record<string, string>;
    /** What to tell a user who lacks the command. */
    installHint: string;
    /** Hands the cluster's server and authority to the command. @default false */
    provideClusterInfo?: boolean;
}

/**
 * A kubeconfig whose credentials come from a command at each use: there is no token in it that could leak or
 * run out. Still secret, since it names an API server.
 */
export function execKubeconfig(args: ExecKubeconfigArgs): pulumi.Output<string> {
    const text = pulumi
        .all([args.name, args.server, args.certificateAuthorityData, args.exec])
        .apply(([name, server, authority, command]) =>
            renderKubeconfig({
                name,
                context: { cluster: name, user: name },
                cluster: { server, ...(authority ? { "certificate-authority-data": authority } : {}) },
                user: { exec: execEntry(command) },
            }),
        );
    return pulumi.secret(text);
}

function execEntry({ command, args, env, installHint, provideClusterInfo }: ExecKubeconfigCommand): ExecEntry {
    return {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command,
        args,
        ...(env ? { env: Object.entries(env).map(([name, value]) => ({ name, value })) } : {}),
        installHint,
        interactiveMode: "IfAvailable",
        provideClusterInfo: provideClusterInfo ?? false,
    };
}
