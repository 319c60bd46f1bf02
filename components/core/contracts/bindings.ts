import type * as pulumi from "@pulumi/pulumi";

/** A Secret in a namespace, made from a connection, that functions of that namespace can use. */
export interface SecretBinding {
    namespace: pulumi.Input<string>;
    secretName: pulumi.Input<string>;
    /** The Secret's keys. */
    keys: string[];
}
