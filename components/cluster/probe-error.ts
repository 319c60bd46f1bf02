import * as pulumi from "@pulumi/pulumi";

/** Why a cluster can't be used. */
export const ProbeFailure = {
    /** Nobody answers at the API server's address. */
    Unreachable: "unreachable",
    /** Somebody answers whose certificate the kubeconfig does not vouch for. */
    Untrusted: "untrusted",
    /** What answers is no Kubernetes API server. */
    NotKubernetes: "not-kubernetes",
    /** The kubeconfig yields no credentials: a plugin or a file is missing or fails. */
    NoCredentials: "no-credentials",
    /** The credentials are wrong or have expired. */
    Unauthenticated: "unauthenticated",
    /** The credentials are right, and their owner may do nothing. */
    Forbidden: "forbidden",
} as const;
export type ProbeFailure = (typeof ProbeFailure)[keyof typeof ProbeFailure];

/** A cluster can't be used. The message says why and what to do, and holds no credentials. */
export class ClusterProbeError extends pulumi.RunError {
    constructor(
        /** The kind of failure, for programs. */
        readonly failure: ProbeFailure,
        message: string,
    ) {
        super(message);
        this.name = "ClusterProbeError";
    }
}

/** Text from elsewhere that is to be shown: on one line, not too long, without what may be a token. */
export function quoted(text: string): string {
    const line = text
        .replace(/[A-Za-z0-9+/_=.-]{40,}/g, "***")
        .replace(/\/\/[^/\s@]*@/g, "//***@")
        .replace(/\s+/g, " ")
        .trim();
    return line.length > 300 ? `${line.slice(0, 300)}...` : line;
}
