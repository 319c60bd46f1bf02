import * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";
import { parseKubeconfig } from "../kubeconfig";
import { execKubeconfig, type ExecKubeconfigCommand } from "../managed";
import { AksLogin } from "./enums";
import type { AksPlace } from "./place";

/** The application that AKS' API servers are in Entra ID, the same for all. https://azure.github.io/kubelogin/concepts/aks.html */
const serverApplication = "6dae42f8-4368-4678-94ff-3960e28e3630";

/** How the control plane of an {@link AksCluster} is reached: no credentials, and all that a kubeconfig needs beside them. */
export interface AksControlPlane {
    /** The API server's URL. */
    readonly server: pulumi.Output<string>;
    /** The authority of its certificate, PEM in base64. */
    readonly certificateAuthority: pulumi.Output<string>;
    /** The Entra ID tenant of its users. */
    readonly tenantId: pulumi.Output<string>;
}

/** What is in a kubeconfig for an {@link AksCluster}. */
export interface AksKubeconfigArgs {
    /** The name of the context. @default `aks` */
    context?: string;
    /** Where the credentials come from. @default `azurecli` */
    login?: AksLogin;
    /** Application id of the identity, where the login needs one. @default none */
    clientId?: pulumi.Input<string>;
}

/** What only a cluster that is there can tell. */
export interface AksFacts {
    readonly controlPlane: AksControlPlane;
    /** What Azure knows the cluster by, from its creation to its end. */
    readonly resourceUid: pulumi.Output<string>;
    /** Who vouches for the tokens of its service accounts. */
    readonly issuer: pulumi.Output<string>;
}

/**
 * Asks Azure for the facts in place of taking them from the cluster's outputs: while the cluster is about to be changed, a
 * preview knows only its name and place (https://github.com/pulumi/pulumi-azure-native, `Update` in provider.go), and all
 * that lives in the cluster would seem to be in doubt.
 */
export function readFacts(
    { parent, args, resourceGroupName }: AksPlace,
    cluster: containerservice.ManagedCluster,
    tenantId: pulumi.Output<string>,
): AksFacts {
    const which = { resourceGroupName, resourceName: cluster.name };
    const found = containerservice.getManagedClusterOutput(which, { parent });
    const credentials = containerservice.listManagedClusterUserCredentialsOutput(
        { ...which, format: "exec", serverFqdn: args.apiServer.publicName ? found.fqdn : undefined },
        { parent },
    );
    // Without local accounts there are no credentials in it. Secret all the same, until that is taken out which is needed.
    const endpoint = pulumi.secret(credentials.kubeconfigs).apply((kubeconfigs) => endpointOf(kubeconfigs[0]!.value));
    return {
        controlPlane: {
            server: pulumi.unsecret(endpoint.apply(({ server }) => server)),
            certificateAuthority: pulumi.unsecret(endpoint.apply(({ authority }) => authority)),
            tenantId,
        },
        resourceUid: found.resourceUID,
        issuer: found.apply(({ oidcIssuerProfile }) => oidcIssuerProfile!.issuerURL),
    };
}

/** The API server's address and authority in a kubeconfig in base64. */
function endpointOf(encoded: string): { server: string; authority: string } {
    const { clusters } = parseKubeconfig(Buffer.from(encoded, "base64").toString("utf8"));
    const [entry] = clusters.values();
    return { server: entry!.server!, authority: entry!["certificate-authority-data"]! };
}

/**
 * A kubeconfig for whoever logs in like this. It holds no credentials: `kubelogin` gets them at each use, on the machine
 * where it is used.
 *
 * @example
 * ```ts
 * const forPipelines = aksKubeconfigFor(aks.controlPlane, { login: AksLogin.WorkloadIdentity });
 * ```
 */
export function aksKubeconfigFor(
    controlPlane: AksControlPlane,
    { context, login, clientId }: AksKubeconfigArgs = {},
): pulumi.Output<string> {
    return execKubeconfig({
        name: context ?? "aks",
        server: controlPlane.server,
        certificateAuthorityData: controlPlane.certificateAuthority,
        exec: pulumi
            .all([controlPlane.tenantId, clientId])
            .apply(([tenant, client]) => kubelogin(login ?? AksLogin.AzureCli, tenant, client)),
    });
}

function kubelogin(login: AksLogin, tenantId: string, clientId: string | undefined): ExecKubeconfigCommand {
    return {
        command: "kubelogin",
        args: [
            ...["get-token", "--login", login, "--server-id", serverApplication, "--tenant-id", tenantId],
            ...(clientId === undefined ? [] : ["--client-id", clientId]),
        ],
        installHint:
            "kubelogin is missing: `az aks install-cli` installs it, or see https://azure.github.io/kubelogin/install.html",
    };
}
