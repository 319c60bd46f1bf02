import * as pulumi from "@pulumi/pulumi";
import { rolledConfig, rolledSecret } from "../../core/config-objects";
import { allowFrom } from "../../core/connections";
import type { ObjectStoreConnection } from "../../core/contracts";
import { dataOptions } from "../../core/deletion";
import * as k8s from "../../core/kubernetes";
import { objectLabels, type Labels } from "../../core/labels";
import {
    type HardenedDeployment,
    UpdateStrategy,
    type WorkloadContainer,
    type WorkloadVolume,
} from "../../core/workload";
import { builderPods, fetcherPods } from "./function-namespace";
import { createPart, type Installation, metricsPort, partPods } from "./installation";
import { storagesvcPermissions } from "./permissions";

/** The port of the part that keeps archives. */
const storagePort = 8000;

/** Size of the volume with the archives. */
export const defaultStorageSize = "8Gi";

/** Where archives lie, for the part that keeps them. */
interface ArchivePlace {
    type: "local" | "s3";
    container: Pick<WorkloadContainer, "environment" | "environmentFromSecrets" | "mounts">;
    volumes: WorkloadVolume[];
}

/** Keeps archives that are too large for a Package, on a volume or in a bucket. */
export function createStorage(installation: Installation): HardenedDeployment {
    const store = installation.args.storage?.objectStore;
    const place = store ? bucketPlace(installation, store) : volumePlace(installation);
    return createPart(installation, "storagesvc", {
        labels: { application: "fission-storage" },
        // Two pods can't share the volume, and two that prune one bucket only get in each other's way.
        updateStrategy: UpdateStrategy.Recreate,
        permissions: storagesvcPermissions,
        network: {
            ingress: [
                {
                    pods: [
                        partPods(installation, "buildermgr"),
                        ...installation.functionNamespaces.flatMap((namespace) => [
                            ...fetcherPods(namespace),
                            builderPods(namespace),
                        ]),
                    ],
                    ports: [{ port: storagePort }],
                },
            ],
            apiServer: true,
        },
        service: { ports: [{ name: "http", port: 80 }] },
        volumes: place.volumes,
        container: {
            ...place.container,
            args: ["--storageServicePort", `${storagePort}`, "--storageType", place.type],
            ports: [
                { name: "http", port: storagePort },
                { name: "metrics", port: metricsPort },
            ],
            environment: { PRUNE_ENABLED: "true", PRUNE_INTERVAL: "60", ...place.container.environment },
            probes: {
                readiness: { http: { path: "/healthz" }, periodSeconds: 5 },
                liveness: { http: { path: "/healthz" }, initialDelaySeconds: 35 },
            },
        },
    });
}

function storageLabels({ name, args }: Installation): Labels {
    return objectLabels({ app: "fission", instance: name, component: "storagesvc", labels: args.labels });
}

function volumePlace(installation: Installation): ArchivePlace {
    const { name, parent, namespace, args } = installation;
    const claim = new k8s.core.v1.PersistentVolumeClaim(
        `${name}-archives`,
        {
            metadata: { name: "archives", namespace, labels: storageLabels(installation) },
            spec: {
                accessModes: ["ReadWriteOnce"],
                storageClassName: args.storage?.storageClass ?? args.cluster.traits.storageClass,
                resources: { requests: { storage: args.storage?.size ?? defaultStorageSize } },
            },
        },
        dataOptions(parent, args.deletion),
    );
    return {
        type: "local",
        container: { mounts: [{ volume: "archives", path: "/fission" }] },
        volumes: [{ name: "archives", claim: { name: claim.metadata.name } }],
    };
}

/** Fission knows static keys only, so they come from a Secret; validation has seen that there is one. */
function bucketPlace(installation: Installation, store: ObjectStoreConnection): ArchivePlace {
    const { name, parent, namespace, args } = installation;
    const { endpoint, region, bucket, caCertificate } = store;
    const key = store.key!;
    const place = { cluster: args.cluster, namespace, labels: storageLabels(installation) };
    const secret = rolledSecret(
        `${name}-object-store`,
        { ...place, data: { accessKeyId: key.id, secretAccessKey: key.secret } },
        { parent },
    );
    openStore(installation, store);
    const keyOf = (field: string) => ({ name: secret.metadata.name, key: field });
    const trust = caCertificate === undefined ? undefined : authority(installation, caCertificate);
    return {
        type: "s3",
        container: {
            environment: {
                STORAGE_S3_ENDPOINT: endpoint,
                STORAGE_S3_REGION: region,
                STORAGE_S3_BUCKET_NAME: bucket,
                STORAGE_S3_SUB_DIR: name,
                ...(trust ? { SSL_CERT_FILE: `${authorityPath}/ca.crt` } : {}),
            },
            environmentFromSecrets: {
                STORAGE_S3_ACCESS_KEY_ID: keyOf("accessKeyId"),
                STORAGE_S3_SECRET_ACCESS_KEY: keyOf("secretAccessKey"),
            },
            mounts: trust ? [{ volume: trust.name, path: authorityPath }] : [],
        },
        volumes: trust ? [trust] : [],
    };
}

const authorityPath = "/etc/fission/object-store";

function authority(installation: Installation, certificate: pulumi.Input<string>): WorkloadVolume {
    const { name, parent, namespace, args } = installation;
    const config = rolledConfig(
        `${name}-object-store-ca`,
        { cluster: args.cluster, namespace, labels: storageLabels(installation), data: { "ca.crt": certificate } },
        { parent },
    );
    return { name: "object-store-ca", configMap: { name: config.metadata.name } };
}

function openStore(installation: Installation, { endpoint, network }: ObjectStoreConnection): void {
    const { name, parent, args } = installation;
    allowFrom(
        `${name}-storagesvc-to-store`,
        {
            cluster: args.cluster,
            endpoint: network,
            port: pulumi.output(endpoint).apply(portOf),
            peer: partPods(installation, "storagesvc"),
            labels: args.labels,
        },
        { parent },
    );
}

/** The port that an endpoint's URL names, or that of its scheme. */
function portOf(endpoint: string): number {
    const { port, protocol } = new URL(endpoint);
    return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
