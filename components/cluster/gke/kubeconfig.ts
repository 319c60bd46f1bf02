import type { Cluster as GcpCluster } from "@pulumi/gcp/container";
import * as pulumi from "@pulumi/pulumi";
import { execKubeconfig, type ExecKubeconfigCommand } from "../managed";
import { GkeCredentials, GkeEndpoint } from "./choices";

/** How a GKE control plane is reached. */
export interface GkeControlPlane {
    /** Name of the cluster in Google Cloud. */
    name: pulumi.Output<string>;
    /** The project's id. */
    project: pulumi.Output<string>;
    /** A region, or the zone of the only control plane. */
    location: pulumi.Output<string>;
    /** The DNS endpoint's host name. */
    dnsName: pulumi.Output<string>;
    /** The IP endpoint: public where there is one, else private. */
    address: pulumi.Output<string>;
    /** The authority of the IP endpoint's certificate, PEM in base64. */
    certificateAuthorityData: pulumi.Output<string>;
}

/** What is known of a control plane once it is there. */
export function controlPlaneOf(cluster: GcpCluster): GkeControlPlane {
    return {
        name: cluster.name,
        project: cluster.project,
        location: cluster.location,
        dnsName: cluster.controlPlaneEndpointsConfig.apply((config) => config.dnsEndpointConfig?.endpoint ?? ""),
        address: cluster.endpoint,
        certificateAuthorityData: cluster.masterAuth.apply((auth) => auth.clusterCaCertificate ?? ""),
    };
}

/** Arguments of {@link gkeKubeconfigFor}. */
export interface GkeKubeconfigArgs {
    /** The endpoint to go to. */
    endpoint: GkeEndpoint;
    /** Whose identity is shown. @default `gcloud` */
    credentials?: GkeCredentials;
    /** Name of cluster, user and context in it. @default as gcloud writes it: `gke_PROJECT_LOCATION_NAME` */
    context?: string;
}

/**
 * A kubeconfig for people and for machines outside of Pulumi: `pulumi stack output --show-secrets kubeconfig`. It holds no
 * credentials; `gke-gcloud-auth-plugin` on the machine gets those of whoever uses it, and IAM and RBAC say what they may do.
 *
 * @example
 * ```ts
 * export const kubeconfig = gkeKubeconfigFor(gke.controlPlane, { endpoint: GkeEndpoint.Dns });
 * ```
 */
export function gkeKubeconfigFor(controlPlane: GkeControlPlane, args: GkeKubeconfigArgs): pulumi.Output<string> {
    const { project, location, name, dnsName, address, certificateAuthorityData } = controlPlane;
    const dns = args.endpoint === GkeEndpoint.Dns;
    return execKubeconfig({
        name: args.context ?? pulumi.interpolate`gke_${project}_${location}_${name}`,
        server: pulumi.interpolate`https://${dns ? dnsName : address}`,
        // The DNS endpoint has a certificate of a public authority.
        ...(dns ? {} : { certificateAuthorityData }),
        exec: authPlugin(args.credentials ?? GkeCredentials.Gcloud),
    });
}

function authPlugin(credentials: GkeCredentials): ExecKubeconfigCommand {
    return {
        command: "gke-gcloud-auth-plugin",
        args: credentials === GkeCredentials.ApplicationDefault ? ["--use_application_default_credentials"] : [],
        installHint: "Install it with: gcloud components install gke-gcloud-auth-plugin",
        provideClusterInfo: true,
    };
}
