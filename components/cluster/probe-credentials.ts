import { execFile, type ExecFileException } from "node:child_process";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import type { ChosenContext, ClusterEntry, ExecEntry } from "./kubeconfig";
import { ClusterProbeError, ProbeFailure, quoted } from "./probe-error";

/** What a request shows of its sender. */
export interface ProbeCredentials {
    /** The value of the header `Authorization`. */
    readonly authorization?: string;
    /** PEM. */
    readonly certificate?: string;
    /** PEM. */
    readonly key?: string;
}

/**
 * The credentials that a context names, as kubectl finds them: a certificate, a token or a password, in the kubeconfig or
 * in files, or what its exec plugin answers.
 *
 * @throws {@link ClusterProbeError} when a file is missing or the plugin fails.
 */
export async function findCredentials(context: ChosenContext, timeoutSeconds: number): Promise<ProbeCredentials> {
    const { user } = context;
    if (user["auth-provider"]) {
        throw failed(
            context,
            "uses an auth-provider, which kubectl dropped in 1.26; write it anew with an exec plugin",
        );
    }
    const certificate = pem(context, user["client-certificate-data"], user["client-certificate"]);
    const key = pem(context, user["client-key-data"], user["client-key"]);
    const authorization = authorizationOf(context);
    if (certificate || authorization || !user.exec) {
        return { certificate, key, authorization };
    }
    return runPlugin(context, user.exec, timeoutSeconds);
}

/** When credentials stopped being valid, as far as they tell themselves. */
export function expiryOf({ certificate, authorization }: ProbeCredentials): Date | undefined {
    const end = certificate === undefined ? tokenExpiry(authorization) : certificateExpiry(certificate);
    return end !== undefined && end.getTime() < Date.now() ? end : undefined;
}

function certificateExpiry(certificate: string): Date | undefined {
    try {
        return new Date(new X509Certificate(certificate).validTo);
    } catch {
        return undefined;
    }
}

/** The claim `exp` of a JSON web token. */
function tokenExpiry(authorization = ""): Date | undefined {
    const [, payload] = authorization.split(".");
    try {
        const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString("utf8")) as { exp?: unknown };
        return typeof claims.exp === "number" ? new Date(claims.exp * 1000) : undefined;
    } catch {
        return undefined;
    }
}

function authorizationOf(context: ChosenContext): string | undefined {
    const { user } = context;
    const token = user.tokenFile ? readFile(context, user.tokenFile).trim() : user.token;
    if (token) {
        return `Bearer ${token}`;
    }
    return user.username
        ? `Basic ${Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64")}`
        : undefined;
}

function pem(context: ChosenContext, data: string | undefined, file: string | undefined): string | undefined {
    if (data) {
        return Buffer.from(data, "base64").toString("utf8");
    }
    return file ? readFile(context, file) : undefined;
}

function readFile(context: ChosenContext, file: string): string {
    try {
        return fs.readFileSync(file, "utf8");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw failed(context, `names the file "${file}", which can't be read (${code}); write the kubeconfig anew`);
    }
}

/** The part of an ExecCredential that plugins answer with. */
interface ExecStatus {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
}

async function runPlugin(context: ChosenContext, exec: ExecEntry, timeoutSeconds: number): Promise<ProbeCredentials> {
    const { command } = exec;
    if (!command) {
        throw failed(context, "names an exec plugin without a command; write the kubeconfig anew");
    }
    if (exec.interactiveMode === "Always") {
        throw failed(
            context,
            `needs "${command}" to ask questions, which a program can't answer; use one that does not`,
        );
    }
    const output = await execute(context, exec, command, timeoutSeconds);
    const status = execStatus(output);
    if (!status) {
        throw failed(context, `runs "${command}", which answered with no credentials`);
    }
    return {
        authorization: status.token ? `Bearer ${status.token}` : undefined,
        certificate: status.clientCertificateData,
        key: status.clientKeyData,
    };
}

function execute(context: ChosenContext, exec: ExecEntry, command: string, timeoutSeconds: number): Promise<string> {
    const given = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
    const env = { ...process.env, ...given, KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(exec, context.cluster)) };
    return new Promise((resolve, reject) => {
        const options = { env, timeout: timeoutSeconds * 1000, maxBuffer: 2 ** 20 };
        const child = execFile(command, exec.args ?? [], options, (error, stdout, stderr) =>
            error ? reject(pluginFailed(context, exec, command, error, stderr)) : resolve(stdout),
        );
        // A plugin that asks would wait for ever.
        child.stdin?.end();
    });
}

function execInfo(exec: ExecEntry, cluster: ClusterEntry): unknown {
    const described = {
        server: cluster.server,
        "tls-server-name": cluster["tls-server-name"],
        "insecure-skip-tls-verify": cluster["insecure-skip-tls-verify"],
        "certificate-authority-data": cluster["certificate-authority-data"],
        "proxy-url": cluster["proxy-url"],
    };
    return {
        apiVersion: exec.apiVersion,
        kind: "ExecCredential",
        spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster: described } : {}) },
    };
}

function execStatus(output: string): ExecStatus | undefined {
    try {
        const { kind, status } = JSON.parse(output) as { kind?: unknown; status?: ExecStatus };
        const isComplete = status?.token || (status?.clientCertificateData && status.clientKeyData);
        return kind === "ExecCredential" && isComplete ? status : undefined;
    } catch {
        return undefined;
    }
}

function pluginFailed(
    context: ChosenContext,
    exec: ExecEntry,
    command: string,
    error: ExecFileException,
    stderr: string,
): ClusterProbeError {
    if (error.code === "ENOENT") {
        const hint = exec.installHint ? `: ${quoted(exec.installHint)}` : "";
        return failed(context, `needs the command "${command}", which is not there; install it${hint}`);
    }
    const end = error.killed ? "did not end in time" : `failed (${error.code})`;
    return failed(context, `runs "${command}", which ${end}; log in again. It said: ${quoted(stderr) || "nothing"}`);
}

function failed(context: ChosenContext, what: string): ClusterProbeError {
    return new ClusterProbeError(
        ProbeFailure.NoCredentials,
        `The user "${context.context.user}" of context "${context.name}" ${what}`,
    );
}
