import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SandboxClient } from "../client";
import { type Sandbox } from "../sandbox";
import { SandboxError } from "../tools/error";
import { type DeployedFunction, type PodFile, readDeployedFunction } from "./deployed-function";
import { environmentFor } from "./environments";

/** The request that a function gets. */
export interface CallRequest {
    /** @default `GET`, or `POST` with a body */
    method?: string;
    /** Path below the function's route, with the query. @default `/` */
    path?: string;
    headers?: Record<string, string>;
    body?: string;
}

/** What a function answered. */
export interface CallAnswer {
    status: number;
    headers: Record<string, string>;
    body: string;
    /** What it wrote to its log. */
    log: string;
}

/** Where Fission's fetcher writes secrets in a pod. */
const secretsInPod = "/secrets";

/**
 * Calls a function of the sandbox. Its pods are simulated, so the code that the API server holds for it is run as a
 * process, with the Secrets that it declares, by what stands in for Fission's environment image.
 *
 * @throws SandboxError when there is no such function or its environment can't be had.
 */
export async function callFunction(
    sandbox: Pick<Sandbox, "kubeconfig">,
    name: string,
    request: CallRequest = {},
): Promise<CallAnswer> {
    const client = new SandboxClient(sandbox.kubeconfig);
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-call-"));
    try {
        return await callIn(directory, await readDeployedFunction(client, name), request);
    } finally {
        client.close();
        fs.rmSync(directory, { recursive: true });
    }
}

async function callIn(directory: string, fn: DeployedFunction, request: CallRequest): Promise<CallAnswer> {
    const code = path.join(directory, "userfunc", "code");
    const secrets = path.join(directory, "secrets");
    writeFiles(
        code,
        fn.code.map((file) => withSecretsIn(secrets, file)),
    );
    writeFiles(secrets, fn.secrets);

    const server = await environmentFor(fn.image)({ USERFUNCVOL: path.join(directory, "userfunc") });
    try {
        const url = `http://127.0.0.1:${server.port}`;
        const loaded = await fetch(`${url}/v2/specialize`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ filepath: code, functionName: fn.entry }),
        });
        if (!loaded.ok) {
            throw new SandboxError(`${fn.name} did not load:\n${await loaded.text()}\n${server.output()}`);
        }
        const { method = request.body === undefined ? "GET" : "POST", headers, body } = request;
        const answer = await fetch(new URL(request.path ?? "/", url), { method, headers, body });
        return {
            status: answer.status,
            headers: Object.fromEntries(answer.headers),
            body: await answer.text(),
            log: server.output().replace(/^listening on \d+\n/, ""),
        };
    } finally {
        await server.stop();
    }
}

/** The adapter's settings name the folder of a pod; here the secrets lie elsewhere. */
function withSecretsIn(secrets: string, file: PodFile): PodFile {
    if (path.basename(file.path) !== "settings.json") {
        return file;
    }
    const text = Buffer.from(file.content).toString();
    return { ...file, content: Buffer.from(text.replaceAll(`"${secretsInPod}/`, `"${secrets}/`)) };
}

function writeFiles(folder: string, files: readonly PodFile[]): void {
    for (const { path: name, content } of files) {
        const file = path.join(folder, name);
        if (!file.startsWith(folder + path.sep)) {
            throw new SandboxError(`the function's archive has a file outside of its folder: ${name}`);
        }
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content, { mode: 0o600 });
    }
}
