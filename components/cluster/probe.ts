import { findContext } from "./kubeconfig-source";
import type { ChosenContext } from "./kubeconfig";
import { expiryOf, findCredentials, type ProbeCredentials } from "./probe-credentials";
import { ClusterProbeError, ProbeFailure, quoted } from "./probe-error";
import { ask, type ProbeAnswer, type ProbeRequest } from "./probe-request";

/** Which cluster to ask, and how long. */
export interface ProbeArgs {
    /** Path to a kubeconfig, or its content. @default the files of `$KUBECONFIG`, else `~/.kube/config` */
    kubeconfig?: string;
    /** The context in the kubeconfig. @default the current one of a given kubeconfig */
    context?: string;
    /** How long to wait for each answer, in seconds. @default 10 */
    timeoutSeconds?: number;
}

/** What a cluster says of itself. */
export interface ClusterProbe {
    /** The context that was asked. */
    readonly context: string;
    /** The API server's version, without `v` and with a vendor's suffix: `1.36.3`, `1.36.3-gke.1001`. */
    readonly version: string;
    /** Who the credentials say we are; `undefined` on clusters before 1.28, which do not tell. */
    readonly user?: string;
}

/**
 * Asks a cluster for its version and whether it knows us, before anything is created in it. Runs the kubeconfig's exec
 * plugin where it names one, uses its proxy, and needs no kubectl.
 *
 * @throws {@link ArgumentsError} when there is no such kubeconfig or context.
 * @throws {@link ClusterProbeError} when nobody answers, the certificate is not to be trusted, or the credentials fail.
 * @example
 * ```ts
 * const home = new ExistingCluster("home", {
 *     context: "home",
 *     kubernetesVersion: probeCluster({ context: "home" }).then((answer) => answer.version),
 * });
 * ```
 */
export async function probeCluster(args: ProbeArgs = {}): Promise<ClusterProbe> {
    return (await openCluster(args)).probe;
}

/** A cluster that knows us, for further questions. */
export interface OpenCluster {
    readonly probe: ClusterProbe;
    /**
     * Asks for something, whatever the answer is.
     *
     * @throws {@link ClusterProbeError} when there is none.
     */
    readonly ask: (request: ProbeRequest) => Promise<ProbeAnswer>;
}

/** What {@link probeCluster} does, with a way to ask for more. */
export async function openCluster(args: ProbeArgs): Promise<OpenCluster> {
    const timeoutSeconds = args.timeoutSeconds ?? 10;
    const context = findContext(args.kubeconfig, args.context);
    const credentials = await findCredentials(context, timeoutSeconds);
    const plain = (wanted: ProbeRequest): Promise<ProbeAnswer> => ask(context, credentials, wanted, timeoutSeconds);
    const request = async (wanted: ProbeRequest): Promise<ProbeAnswer> =>
        accepted(context, credentials, await plain(wanted));
    const version = versionIn(context, await request({ method: "GET", path: "/version" }));
    return { probe: { context: context.name, version, user: userIn(await request(whoAmI)) }, ask: plain };
}

/** Anybody may ask for the version; only this tells whether the credentials hold. */
const whoAmI: ProbeRequest = {
    method: "POST",
    path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
};

/** The same answer, unless it refuses us. */
function accepted(context: ChosenContext, credentials: ProbeCredentials, answer: ProbeAnswer): ProbeAnswer {
    if (answer.status === 401) {
        const expiry = expiryOf(credentials);
        const why = expiry ? `; they expired on ${expiry.toISOString()}` : "";
        throw refused(
            context,
            ProbeFailure.Unauthenticated,
            `does not accept the credentials (401)${why}; log in again`,
        );
    }
    if (answer.status === 403 && Object.values(credentials).every((value) => value === undefined)) {
        throw refused(
            context,
            ProbeFailure.Unauthenticated,
            "was shown no credentials: the kubeconfig has none; log in",
        );
    }
    if (answer.status === 403) {
        throw refused(
            context,
            ProbeFailure.Forbidden,
            "knows the user and allows nothing (403); have the rights given, or use another context",
        );
    }
    return answer;
}

function versionIn(context: ChosenContext, { status, body }: ProbeAnswer): string {
    const version = (body as { gitVersion?: unknown } | undefined)?.gitVersion;
    if (status !== 200 || typeof version !== "string") {
        throw refused(
            context,
            ProbeFailure.NotKubernetes,
            `answers ${status} without a Kubernetes version; correct \`server\` in the kubeconfig`,
        );
    }
    return version.replace(/^v/, "");
}

function userIn({ body }: ProbeAnswer): string | undefined {
    return (body as Partial<SelfSubjectReview> | undefined)?.status?.userInfo?.username;
}

interface SelfSubjectReview {
    status: { userInfo?: { username?: string } };
}

function refused({ name, context, cluster }: ChosenContext, failure: ProbeFailure, what: string): ClusterProbeError {
    const who = `The API server of context "${name}" (${quoted(cluster.server)}, user "${context.user}")`;
    return new ClusterProbeError(failure, `${who} ${what}`);
}
