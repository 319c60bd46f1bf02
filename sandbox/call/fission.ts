import * as path from "node:path";
import { SandboxError } from "../tools/error";
import { environmentFor } from "./environments";
import type { FissionFunction } from "./fission-function";
import { type PodFile, writeFiles } from "./pod-files";
import { type CallAnswer, type CallRequest, sendRequest } from "./request";

/** Where Fission's fetcher writes secrets in a pod. */
const secretsInPod = "/secrets";

/**
 * Runs a function of Fission in what stands in for its environment image, and sends it one request.
 *
 * @param directory an empty folder for the function's files
 */
export async function callFission(directory: string, fn: FissionFunction, request: CallRequest): Promise<CallAnswer> {
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
        const answer = await sendRequest(url, request);
        return { ...answer, log: server.output().replace(/^listening on \d+\n/, "") };
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
