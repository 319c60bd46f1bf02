import * as http from "node:http";
import * as https from "node:https";
import * as fs from "node:fs";
import * as tls from "node:tls";
import { howToStart } from "./flavours";
import type { ChosenContext, ClusterEntry } from "./kubeconfig";
import type { ProbeCredentials } from "./probe-credentials";
import { ClusterProbeError, ProbeFailure, quoted } from "./probe-error";

/** A request to the API server. */
export interface ProbeRequest {
    readonly method: "GET" | "POST";
    /** Below the server's URL. */
    readonly path: string;
    readonly body?: object;
    /** What form of answer is wanted. @default JSON */
    readonly accept?: string;
    /** Bytes of an answer after which it is cut off. @default 1 MiB */
    readonly longest?: number;
}

/** An answer of the API server, whatever it says. */
export interface ProbeAnswer {
    readonly status: number;
    /** Parsed JSON; `undefined` when it is none. */
    readonly body: unknown;
    readonly text: string;
}

const longestAnswer = 2 ** 20;

/**
 * Asks the API server of a context.
 *
 * @throws {@link ClusterProbeError} when there is no answer, or none that can be trusted.
 */
export function ask(
    context: ChosenContext,
    credentials: ProbeCredentials,
    request: ProbeRequest,
    timeoutSeconds: number,
): Promise<ProbeAnswer> {
    const { cluster } = context;
    const url = new URL(cluster.server.replace(/\/+$/, "") + request.path);
    const options: https.RequestOptions = {
        method: request.method,
        headers: {
            accept: request.accept ?? "application/json",
            ...(request.body ? { "content-type": "application/json" } : {}),
            ...(credentials.authorization ? { authorization: credentials.authorization } : {}),
        },
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
        ...(url.protocol === "https:" ? tlsOptions(context, credentials) : {}),
        agent: agentFor(url, cluster),
    };
    return new Promise((resolve, reject) => {
        const fail = (error: NodeJS.ErrnoException): void => reject(unanswered(context, error, timeoutSeconds));
        const outgoing = send(url, options).on("error", fail);
        outgoing.on("response", (incoming) => {
            readAnswer(incoming, request.longest ?? longestAnswer).then(resolve, fail);
        });
        outgoing.end(request.body ? JSON.stringify(request.body) : undefined);
    });
}

function send(url: URL, options: https.RequestOptions): http.ClientRequest {
    return url.protocol === "https:" ? https.request(url, options) : http.request(url, options);
}

async function readAnswer(incoming: http.IncomingMessage, longest: number): Promise<ProbeAnswer> {
    let text = "";
    for await (const chunk of incoming.setEncoding("utf8")) {
        text += chunk as string;
        if (text.length > longest) {
            break;
        }
    }
    return { status: incoming.statusCode ?? 0, body: parseJson(text), text };
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function tlsOptions(context: ChosenContext, { certificate, key }: ProbeCredentials): https.RequestOptions {
    const { cluster } = context;
    const material = { ca: authorityOf(context), cert: certificate, key };
    assertUsable(context, material);
    return {
        ...material,
        rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
        ...(cluster["tls-server-name"] ? { servername: cluster["tls-server-name"] } : {}),
    };
}

function assertUsable({ name }: ChosenContext, material: tls.SecureContextOptions): void {
    try {
        tls.createSecureContext(material);
    } catch {
        throw new ClusterProbeError(
            ProbeFailure.NoCredentials,
            `Context "${name}" has a certificate or key that is not valid PEM; write the kubeconfig anew`,
        );
    }
}

function authorityOf({ name, cluster }: ChosenContext): string | undefined {
    const data = cluster["certificate-authority-data"];
    const file = cluster["certificate-authority"];
    if (data || !file) {
        return data && Buffer.from(data, "base64").toString("utf8");
    }
    try {
        return fs.readFileSync(file, "utf8");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new ClusterProbeError(
            ProbeFailure.Untrusted,
            `The certificate authority of context "${name}" is in the file "${file}", which can't be read (${code}); write the kubeconfig anew`,
        );
    }
}

/** Goes through the kubeconfig's proxy, else the one of the environment, as kubectl does. */
function agentFor(url: URL, cluster: ClusterEntry): http.Agent {
    const proxy = cluster["proxy-url"];
    const proxyEnv = proxy ? { http_proxy: proxy, https_proxy: proxy } : process.env;
    // Known to Node.js from 22.21 on, and not to its types of that version.
    const options = { proxyEnv } as http.AgentOptions;
    return url.protocol === "https:" ? new https.Agent(options) : new http.Agent(options);
}

/** https://nodejs.org/docs/latest-v22.x/api/tls.html#x509-certificate-error-codes, and the name's check. */
const trustErrors = /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;

function unanswered(context: ChosenContext, error: NodeJS.ErrnoException, timeoutSeconds: number): ClusterProbeError {
    const server = quoted(context.cluster.server);
    const code = error.code ?? error.name;
    if (trustErrors.test(code)) {
        return new ClusterProbeError(
            ProbeFailure.Untrusted,
            `The certificate of ${server} (context "${context.name}") is not what the kubeconfig vouches for (${code}); if the cluster was made anew, write the kubeconfig anew, else something stands in between`,
        );
    }
    const why = code === "TimeoutError" || code === "ABORT_ERR" ? `no answer in ${timeoutSeconds} s` : code;
    return new ClusterProbeError(
        ProbeFailure.Unreachable,
        `The API server of context "${context.name}" can't be reached at ${server} (${why}); ${howToStart(context.name)}, connect to its network, or name another context`,
    );
}
