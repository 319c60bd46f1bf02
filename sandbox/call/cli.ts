/**
 * `npm run call`: calls a function of the sandbox or of a cluster, or serves one from its files while it is written.
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { FunctionRuntime } from "../../components/faas/function";
import { ServerContract } from "../../components/faas/function/server";
import { reportToStandardError, sandboxStatus } from "../sandbox";
import { findKubectl } from "../tools/binaries";
import { SandboxError } from "../tools/error";
import { defaultSandboxName } from "../tools/paths";
import { SandboxClient } from "../client";
import { callFunction } from "./call";
import { callOnCluster } from "./cluster";
import { addRequestOptions, collect, printAnswer, type RequestOptions, requestOf, simulatedCall } from "./command";
import { listFunctions, type ObjectReader } from "./find";
import { Kubectl } from "./kubectl";
import { watchFunction } from "./watch";

interface CallOptions extends RequestOptions {
    sandbox: string;
    context?: string;
    kubeconfig?: string;
    url?: string;
    loginSecret?: string;
    watch?: string;
    handler?: string;
    runtime?: FunctionRuntime;
    contract: ServerContract;
    port?: number;
    env: string[];
    secret: string[];
    timeout: number;
}

const program = addRequestOptions(
    new Command("npm run call --")
        .description(
            "Calls a function that is deployed to the sandbox or to a cluster, and prints its answer; or serves a\n" +
                "function from its files on this machine, and again whenever they change.",
        )
        .argument("[function]", "name of the function; without one, they are listed"),
)
    .option("--sandbox <name>", "name of the sandbox", defaultSandboxName())
    .option("--context <name>", "a context of your kubeconfig, instead of the sandbox")
    .option("--kubeconfig <file>", "a kubeconfig, instead of the sandbox")
    .option("--url <url>", "where the function is published; without it its Service is called")
    .option("--login-secret <secret>", "NAMESPACE/NAME of a Secret with username and password for the request")
    .option("-w, --watch <path>", "serves a source file or a folder on 127.0.0.1; needs no cluster")
    .option("--handler <handler>", "with --watch: file.function (default: the file's name and handler)")
    .addOption(new Option("--runtime <runtime>", "with --watch: the language").choices(Object.values(FunctionRuntime)))
    .addOption(
        new Option("--contract <contract>", "with --watch: the handler's signature")
            .choices(Object.values(ServerContract))
            .default(ServerContract.Portable),
    )
    .option("--port <port>", "with --watch: the port (default: 8080, or any that is free)", portOf)
    .option("-e, --env <variable>", "with --watch: NAME=VALUE, or NAME to pass yours on; may be repeated", collect, [])
    .option("--secret <name>", "with --watch: NAME of your variable that holds a secret; may be repeated", collect, [])
    .option("--timeout <seconds>", "with --watch: seconds that a call may take", secondsOf, 60);

async function main(name: string | undefined, options: CallOptions): Promise<void> {
    if (options.watch !== undefined) {
        await watch(options.watch, options);
    } else if (options.context !== undefined || options.kubeconfig !== undefined) {
        await callThere(name, options);
    } else {
        await callHere(name, options);
    }
}

async function callHere(name: string | undefined, options: CallOptions): Promise<void> {
    const status = await sandboxStatus(options.sandbox);
    if (!status?.ready) {
        throw new SandboxError(
            `sandbox ${options.sandbox} does not run; \`npm start\` starts it and deploys a function, --context and ` +
                "--kubeconfig name a cluster of your own",
        );
    }
    if (name !== undefined) {
        printAnswer(await callFunction(status.sandbox, name, requestOf(options), options), simulatedCall);
        return;
    }
    const client = new SandboxClient(status.sandbox.kubeconfig);
    try {
        await printFunctions(client);
    } finally {
        client.close();
    }
}

async function callThere(name: string | undefined, options: CallOptions): Promise<void> {
    const kubectl = new Kubectl(await findKubectl(reportToStandardError), options);
    if (name === undefined) {
        await printFunctions(kubectl);
        return;
    }
    const answer = await callOnCluster(kubectl, name, requestOf(options), options);
    printAnswer(answer, `Called ${name} ${answer.via}.`);
}

async function printFunctions(reader: ObjectReader): Promise<void> {
    const functions = await listFunctions(reader);
    const width = Math.max(0, ...functions.map(({ name }) => name.length));
    const lines = functions.map(
        ({ name, namespace, platform }) => `${name.padEnd(width)}   ${platform}, in namespace ${namespace}\n`,
    );
    process.stdout.write(lines.length > 0 ? lines.join("") : "There is no function; `npm start` deploys one.\n");
}

async function watch(source: string, options: CallOptions): Promise<void> {
    const end = new AbortController();
    ["SIGINT", "SIGTERM"].forEach((signal) => process.once(signal, () => end.abort()));
    const environment = Object.fromEntries([...options.env, ...options.secret].map(variableOf));
    await watchFunction({
        ...options,
        source,
        environment,
        secrets: options.secret,
        timeoutSeconds: options.timeout,
        report: (line) => void process.stderr.write(`${line}\n`),
        signal: end.signal,
    });
}

/** A variable with its value, or with the one that this process has. */
function variableOf(text: string): [string, string] {
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? process.env[name] : text.slice(equals + 1);
    if (value === undefined) {
        throw new SandboxError(`variable ${name} is not set here; set it, or write ${name}=VALUE`);
    }
    return [name, value];
}

function portOf(text: string): number {
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
        throw new InvalidArgumentError("Give a number from 1 to 65535.");
    }
    return port;
}

function secondsOf(text: string): number {
    const seconds = Number(text);
    if (!Number.isInteger(seconds) || seconds < 1) {
        throw new InvalidArgumentError("Give a whole number of seconds, 1 or more.");
    }
    return seconds;
}

program
    .action(main)
    .parseAsync()
    .catch((error: unknown) => {
        // A SandboxError is for the person at the keyboard; anything else is a bug, whose place matters.
        const isPlain = error instanceof SandboxError;
        process.stderr.write(`${isPlain ? error.message : String((error as Error).stack ?? error)}\n`);
        process.exitCode = 1;
    });
