import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { FaasKind } from "../../../components/core/contracts";
import { FunctionRuntime } from "../../../components/faas/function/args";
import type { SourceFile } from "../../../components/faas/function/driver";
import { type PortableSettings, packagePortable } from "../../../components/faas/function/portable";
import { type StartEnvironment } from "../../../sandbox/call/environments";
import { type ServerProcess } from "../../../sandbox/call/server";
import { type Answer, functionsFolder, send } from "./table";

/** The secret of every function of the table; it needs escaping inside JSON. */
const secretValue = 's3cr3t "quoted" value';

/** A function in an environment, with the folder that holds it. */
export interface Specialized extends ServerProcess {
    folder: string;
    /** The environment's answer to the call that loads the function. */
    loaded: Answer;
}

/** The files of a function of the table. */
export function functionFiles(runtime: FunctionRuntime, name: string): SourceFile[] {
    return filesIn(functionsFolder, runtime, name);
}

/** The files of a function of a table that lies in a folder. */
export function filesIn(tableFolder: string, runtime: FunctionRuntime, name: string): SourceFile[] {
    const folder = path.join(tableFolder, runtime === FunctionRuntime.Nodejs ? "node" : "python");
    const file = fs.readdirSync(folder).find((each) => path.parse(each).name === name);
    assert.ok(file, `there is no function ${name} in ${folder}`);
    return [{ path: file, content: fs.readFileSync(path.join(folder, file)) }];
}

/** What a function is made of; the rest is the table's. */
export interface FunctionOfTest {
    runtime: FunctionRuntime;
    handler: string;
    files: readonly SourceFile[];
    settings?: Partial<PortableSettings>;
}

/**
 * Puts a packaged function where Fission's fetcher would, with its secret, and has the environment load it: the fetcher
 * unpacks the archive into a folder of `/userfunc`, writes secrets as files, and posts to `/v2/specialize`.
 */
export async function specialize(start: StartEnvironment, fn: FunctionOfTest): Promise<Specialized> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-function-"));
    const secrets = path.join(folder, "secrets");
    const code = path.join(folder, "userfunc", "code");
    const { files, entry } = packagePortable({
        runtime: fn.runtime,
        platform: FaasKind.Fission,
        handler: fn.handler,
        files: fn.files,
        settings: {
            functionName: fn.handler.split(".")[0]!,
            namespace: "functions",
            timeoutSeconds: 60,
            environment: { GREETING: "Grüß Gott" },
            secrets: [{ variable: "API_TOKEN", secretName: "api", key: "token" }],
            maxBodyBytes: 4 * 1024 * 1024,
            secretsDirectory: secrets,
            ...fn.settings,
        },
    });
    writeFiles(code, files);
    writeFiles(secrets, [{ path: "functions/api/token", content: Buffer.from(secretValue) }]);
    const server = await start({ USERFUNCVOL: path.join(folder, "userfunc") });
    const loaded = await send(server.port, specializeRequest(code, entry));
    const stop = async (): Promise<number | null> => {
        const status = await server.stop();
        fs.rmSync(folder, { recursive: true });
        return status;
    };
    return { ...server, folder, loaded, stop };
}

/** The call by which the fetcher has an environment load a function. */
export function specializeRequest(filepath: string, functionName: string): Parameters<typeof send>[1] {
    return {
        method: "POST",
        target: "/v2/specialize",
        headers: [["content-type", "application/json"]],
        body: { text: JSON.stringify({ filepath, functionName }) },
    };
}

function writeFiles(folder: string, files: readonly SourceFile[]): void {
    for (const { path: name, content } of files) {
        const file = path.join(folder, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content, { mode: 0o600 });
    }
}
