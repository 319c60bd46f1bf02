import { spawn } from "node:child_process";

import { Command } from "commander";

import { callFunction } from "./call/call";
import { addRequestOptions, printAnswer, type RequestOptions, requestOf, simulatedCall } from "./call/command";
import { SandboxClient } from "./client";
import { isReady } from "./objects";
import {
    listSandboxes,
    removeSandbox,
    reportToStandardError,
    type SandboxStatus,
    sandboxStatus,
    startSandbox,
    stopSandbox,
} from "./sandbox";
import { findKubectl } from "./tools/binaries";
import { SandboxError } from "./tools/error";
import { defaultMinor, kubernetesVariable } from "./tools/kubernetes";
import { defaultSandboxName } from "./tools/paths";

const simulated =
    "The API server, its controllers and the scheduler are real. Nodes and pods are simulated: pods get ready, but no\n" +
    "container runs and nothing answers at their addresses.";

const program = new Command("sandbox")
    .description("A throw-away Kubernetes control plane on this machine, with simulated nodes.")
    .enablePositionalOptions()
    .option("-n, --name <name>", "name of the sandbox", defaultSandboxName())
    .option(
        "--kubernetes <version>",
        `what \`up\` starts, such as 1.35 (default: $${kubernetesVariable}, or ${defaultMinor})`,
    );

const chosen = (): string => program.opts<{ name: string }>().name;

program
    .command("up")
    .description("start the sandbox, or leave it running")
    .action(async () => {
        const { kubernetes } = program.opts<{ kubernetes?: string }>();
        const sandbox = await startSandbox({ name: chosen(), kubernetes });
        print(`Sandbox ${sandbox.name} runs Kubernetes ${sandbox.kubernetes} at ${sandbox.server}.\n${simulated}\n`);
        print(`  export KUBECONFIG=${sandbox.kubeconfig}\n  npm run sandbox -- kubectl get nodes\n`);
    });

program
    .command("status")
    .description("show the sandbox and whether it works")
    .action(async () => {
        const status = await sandboxStatus(chosen());
        print(
            status ? await describe(status) : `There is no sandbox ${chosen()}; \`npm run sandbox -- up\` makes it.\n`,
        );
        const others = listSandboxes().filter((name) => name !== chosen());
        print(others.length > 0 ? `Other sandboxes on this machine: ${others.join(", ")}\n` : "");
        process.exitCode = status?.ready ? 0 : 1;
    });

program
    .command("stop")
    .description("end the processes and keep the data")
    .action(async () => {
        await stopSandbox(chosen());
        print(`Sandbox ${chosen()} is stopped; \`npm run sandbox -- up\` starts it with its data.\n`);
    });

program
    .command("down")
    .description("end the processes and remove everything, Pulumi's state included")
    .action(async () => {
        await removeSandbox(chosen());
        print(`Sandbox ${chosen()} is removed.\n`);
    });

program
    .command("kubectl")
    .description("run kubectl against the sandbox")
    .argument("[args...]")
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action(async (args: string[]) => {
        const { sandbox } = await running();
        const [file, ...first] = await findKubectl(reportToStandardError, sandbox.kubernetes);
        const child = spawn(file!, [...first, ...args], {
            stdio: "inherit",
            env: { ...process.env, KUBECONFIG: sandbox.kubeconfig },
        });
        process.exitCode = await new Promise<number>((resolve, reject) => {
            child.on("error", reject).on("close", (code) => resolve(code ?? 1));
        });
    });

addRequestOptions(
    program
        .command("call")
        .description("call a function that is deployed to it, and print its answer; `npm run call` does more")
        .argument("<name>", "name of the function"),
).action(async (name: string, options: RequestOptions) => {
    const { sandbox } = await running();
    printAnswer(await callFunction(sandbox, name, requestOf(options), options), simulatedCall);
});

/** The sandbox, which must run. */
async function running(): Promise<SandboxStatus> {
    const status = await sandboxStatus(chosen());
    if (!status?.ready) {
        throw new SandboxError(`sandbox ${chosen()} does not run; \`npm run sandbox -- up\` starts it`);
    }
    return status;
}

async function describe(status: SandboxStatus): Promise<string> {
    const { sandbox, components, ready } = status;
    const state = ready ? "runs" : components.length === 0 ? "is stopped" : "is broken; `up` starts it again";
    const lines = [
        `Sandbox ${sandbox.name} ${state}.`,
        `  Kubernetes   ${sandbox.kubernetes} at ${sandbox.server}`,
        `  kubeconfig   ${sandbox.kubeconfig}`,
        `  context      ${sandbox.context}`,
        `  directory    ${sandbox.directory} (logs, data, Pulumi's state)`,
        ...components.map(({ name, pid, alive }) => `  ${name.padEnd(24)} ${alive ? `pid ${pid}` : "ended; see logs"}`),
        ...(ready ? await contents(sandbox.kubeconfig) : []),
        simulated,
    ];
    return lines.join("\n") + "\n";
}

async function contents(kubeconfig: string): Promise<string[]> {
    const client = new SandboxClient(kubeconfig);
    try {
        const [nodes, pods] = await Promise.all([client.list("/api/v1/nodes"), client.list("/api/v1/pods")]);
        const count = (objects: typeof nodes, what: string): string =>
            `  simulated    ${objects.filter(isReady).length} of ${objects.length} ${what} ready`;
        return [count(nodes, "nodes"), count(pods, "pods")];
    } finally {
        client.close();
    }
}

function print(text: string): void {
    process.stdout.write(text);
}

program.parseAsync().catch((error: unknown) => {
    // A SandboxError is for the person at the keyboard; anything else is a bug, whose place matters.
    const text = error instanceof SandboxError ? `sandbox: ${error.message}` : String((error as Error).stack ?? error);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
});
