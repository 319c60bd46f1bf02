import * as pulumi from "@pulumi/pulumi";
import { rolledSecret } from "../../core/config-objects";
import { allowFrom } from "../../core/connections";
import { type ObjectStoreConnection, ObjectStoreKind, type PodPeer } from "../../core/contracts";
import type { EgressRule } from "../../core/network";
import type { JobRunArgs, WorkloadContainer, WorkloadVolume } from "../../core/workload";
import type { Site } from "../server";
import type { BackupPlace } from "./args";
import { placeOf } from "./plan";

/** What a pod needs to use a store by rclone. */
export interface StoreAccess {
    container: Pick<WorkloadContainer, "environmentFromSecrets" | "environment"> & {
        mounts: NonNullable<WorkloadContainer["mounts"]>;
    };
    volumes: WorkloadVolume[];
    pods: Pick<JobRunArgs, "identity" | "podLabels">;
    /** Ways to a store that is no pod of this cluster, and to who vouches for a workload identity. */
    egress: EgressRule[];
    /** Opens the network to a store that is pods of this cluster, on both sides. */
    open(name: string, peer: PodPeer): void;
}

type Settings = Record<string, pulumi.Input<string>>;

const folder = "/run/secrets/store";
const passwordFile = "encryption-password";
const authorityFile = "ca.crt";

/**
 * The way to a store. All of it lies in one Secret, since also an endpoint may be secret.
 *
 * @param label of the Secret: what the way is for
 */
export function storeAccess(site: Site, label: string, place: BackupPlace): StoreAccess {
    const { args, labels, name, parent, plan } = site;
    const { store, encryptionPassword } = place;
    const settings = remoteSettings(store);
    const files = {
        ...(store.caCertificate === undefined ? {} : { [authorityFile]: store.caCertificate }),
        ...(encryptionPassword === undefined ? {} : { [passwordFile]: encryptionPassword }),
    };
    const path = pulumi.interpolate`${store.bucket}/${placeOf(args, plan.resourceName, place.prefix)}`;
    const secret = rolledSecret(
        `${name}-${label}-store`,
        {
            cluster: args.cluster,
            namespace: args.namespace,
            labels,
            data: { ...prefixed(settings), PLACE: path, ...files },
        },
        { parent },
    );
    const keys = [...Object.keys(prefixed(settings)), "PLACE"];
    const shown = Object.keys(files).map((file): [string, string] => [file, file]);
    const volume = { name: "store", secret: { name: secret.metadata.name, files: Object.fromEntries(shown) } };
    // Every key would be shown where none is named.
    const volumes = shown.length > 0 ? [volume] : [];
    return {
        container: {
            environment: { STORE: folder },
            environmentFromSecrets: Object.fromEntries(keys.map((key) => [key, { name: secret.metadata.name, key }])),
            mounts: volumes.map(({ name: volume }) => ({ volume, path: folder })),
        },
        volumes,
        pods: identityOf(store),
        egress: egressOf(store),
        open: (peerName, peer) => openStore(site, peerName, store, peer),
    };
}

/** As rclone calls them: https://rclone.org/docs/#config-file */
function prefixed(settings: Settings): Settings {
    return Object.fromEntries(
        Object.entries(settings).map(([key, value]) => [`RCLONE_CONFIG_STORE_${key.toUpperCase()}`, value]),
    );
}

/** The options of rclone's remote, by the pages of https://rclone.org/s3/, /googlecloudstorage/ and /azureblob/. */
function remoteSettings(store: ObjectStoreConnection): Settings {
    const { kind, key } = store;
    if (kind === ObjectStoreKind.AzureBlob) {
        const identity = { account: pulumi.output(store.endpoint).apply(accountOf), env_auth: "true" };
        return {
            type: "azureblob",
            endpoint: store.endpoint,
            no_check_container: "true",
            ...(key ? { account: key.id, key: key.secret } : identity),
        };
    }
    if (kind === ObjectStoreKind.Gcs && !key) {
        return {
            type: "google cloud storage",
            env_auth: "true",
            // The bucket's own rules count, none of single objects.
            bucket_policy_only: "true",
            no_check_bucket: "true",
        };
    }
    const providers = { [ObjectStoreKind.Gcs]: "GCS", [ObjectStoreKind.MinIo]: "Minio", [ObjectStoreKind.S3]: "AWS" };
    return {
        type: "s3",
        provider: providers[kind],
        endpoint: store.endpoint,
        region: store.region,
        no_check_bucket: "true",
        ...(key ? { access_key_id: key.id, secret_access_key: key.secret } : { env_auth: "true" }),
    };
}

/** `https://ACCOUNT.blob.core.windows.net` */
function accountOf(endpoint: string): string {
    return new URL(endpoint).hostname.split(".")[0]!;
}

/** Azure's webhook looks at pods with the label: https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html */
function identityOf({ kind, key, serviceAccountAnnotations }: ObjectStoreConnection): StoreAccess["pods"] {
    if (key) {
        return {};
    }
    return {
        identity: { annotations: serviceAccountAnnotations },
        ...(kind === ObjectStoreKind.AzureBlob ? { podLabels: { "azure.workload.identity/use": "true" } } : {}),
    };
}

/**
 * Where a workload's identity is exchanged for a key: GKE's metadata server, also behind the node's own address of it
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy#network-policy-and-workload-identity), and the
 * agent of EKS Pod Identity (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html). Others are public.
 */
const identityServers: Partial<Record<ObjectStoreKind, EgressRule[]>> = {
    [ObjectStoreKind.Gcs]: [
        { cidrs: ["169.254.169.254/32"], ports: [{ port: 80 }] },
        { cidrs: ["169.254.169.252/32"], ports: [{ port: 988 }] },
    ],
    [ObjectStoreKind.S3]: [{ cidrs: ["169.254.170.23/32"], ports: [{ port: 80 }] }],
};

function egressOf({ kind, key, endpoint, network }: ObjectStoreConnection): EgressRule[] {
    const identity = key ? [] : [{ internet: true, ports: [{ port: 443 }] }, ...(identityServers[kind] ?? [])];
    if (network.pods) {
        return identity;
    }
    const ports = [{ port: portOf(endpoint) }];
    const store = network.cidrs === undefined ? { internet: true, ports } : { cidrs: network.cidrs, ports };
    return [store, ...identity];
}

function openStore(
    { args, parent }: Site,
    name: string,
    { endpoint, network }: ObjectStoreConnection,
    peer: PodPeer,
): void {
    if (!network.pods) {
        return;
    }
    const { cluster, labels } = args;
    const server = { pods: network.pods };
    allowFrom(name, { cluster, endpoint: server, port: portOf(endpoint), peer, labels }, { parent });
}

/** The port that an endpoint's URL names, or that of its scheme. */
function portOf(endpoint: pulumi.Input<string>): pulumi.Output<number> {
    return pulumi.output(endpoint).apply((url) => {
        const { port, protocol } = new URL(url);
        return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
    });
}
