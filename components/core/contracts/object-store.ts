import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "./connection";

/** The kinds of object storage. */
export const ObjectStoreKind = { AzureBlob: "azure-blob", Gcs: "gcs", MinIo: "minio", S3: "s3" } as const;
export type ObjectStoreKind = (typeof ObjectStoreKind)[keyof typeof ObjectStoreKind];

/** A long-lived access key. */
export interface ObjectStoreKey {
    id: pulumi.Input<string>;
    /** Secret. */
    secret: pulumi.Input<string>;
}

/** How to reach and use a bucket. Made by the components in `components/storage`. */
export interface ObjectStoreConnection {
    kind: ObjectStoreKind;
    /** URL of the store's API, with scheme. */
    endpoint: pulumi.Input<string>;
    region: pulumi.Input<string>;
    bucket: pulumi.Input<string>;
    /** Without it the pods' own workload identity is used. */
    key?: ObjectStoreKey;
    /** Annotations that give a ServiceAccount the right to the bucket. */
    serviceAccountAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** PEM certificate of the authority that signed the endpoint's certificate, where no public one did. */
    caCertificate?: pulumi.Input<string>;
    network: Endpoint;
}
