import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SandboxClient } from "../client";
import type { Sandbox } from "../sandbox";
import { findFunction, type FindOptions, type FoundFunction, type ObjectReader } from "./find";
import { callFission } from "./fission";
import { readFissionFunction } from "./fission-function";
import type { CallAnswer, CallRequest } from "./request";
import { readWorkload } from "./workload";
import { callWorkload } from "./workload-process";

export type { CallAnswer, CallRequest } from "./request";

/**
 * Calls a function of the sandbox, on whichever platform. Its pods are simulated, so what the API server holds for the
 * function is run as a process: its code, its variables and its Secrets, by the function server that is packed with it
 * or, on Fission, by what stands in for Fission's environment image.
 *
 * @throws SandboxError when there is no such function, it does not load, or what runs it can't be had.
 */
export async function callFunction(
    sandbox: Pick<Sandbox, "kubeconfig">,
    name: string,
    request: CallRequest = {},
    options: FindOptions = {},
): Promise<CallAnswer> {
    const client = new SandboxClient(sandbox.kubeconfig);
    try {
        return await runHere(client, await findFunction(client, name, options), request);
    } finally {
        client.close();
    }
}

/** Runs what an API server holds for a function as a process, in a folder that is removed afterwards. */
export async function runHere(reader: ObjectReader, fn: FoundFunction, request: CallRequest): Promise<CallAnswer> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-call-"));
    try {
        return fn.platform === "fission"
            ? await callFission(directory, await readFissionFunction(reader, fn), request)
            : await callWorkload(directory, await readWorkload(reader, fn), request);
    } finally {
        fs.rmSync(directory, { recursive: true });
    }
}
