/**
 * `npm start`: the `local` stack on the sandbox, or on a cluster of one's own by `--context` or `--kubeconfig`, with the
 * platform and the example that are asked for: preview, deployment with live progress, and a summary of what to do next.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Command, Option } from "commander";
import { ArgumentsError, ClusterProbeError, flavourOfContext } from "../components";
import {
    openStack,
    prepareFission,
    reportToStandardError,
    runDestroy,
    runPreview,
    runUp,
    SandboxError,
    sandboxStatus,
    StackRunError,
    startSandbox,
} from "../sandbox";
import { readConfiguration } from "./config/read";
import { exampleNames, type LocalChoice, localStack, platformOf } from "./local";
import { platformNames } from "./platforms";
import { deployStack } from "./program";
import { asConfig, projectName, secretConfig, type StackFile } from "./stack-file";
import { outputAt } from "./show";
import { describeRun, type Place, summarise, valuesOf } from "./summary";

interface StartOptions extends LocalChoice {
    context?: string;
    kubeconfig?: string;
    destroy?: boolean;
    /** Path of the one output that is printed instead of deploying. */
    show?: string;
    /** Secret values of the configuration, as `KEY=VARIABLE`. */
    secret: string[];
}

const stackName = "local";

/** Prints one of the outputs of the last deployment, and nothing else, so that it can be used in commands. */
async function show(options: StartOptions, wanted: string): Promise<void> {
    const place = ownPlace(options) ?? (await sandboxStatus())?.sandbox;
    if (!place || !fs.existsSync(place.directory)) {
        throw new SandboxError("nothing is deployed here; run npm start with the same options first");
    }
    const program = (): Promise<void> => Promise.resolve();
    const stack = await openStack({ sandbox: place, project: projectName, stack: stackName, program });
    console.log(outputAt(valuesOf(await stack.outputs()), wanted));
}

/** Deploys the stack and says what is there. */
async function start(options: StartOptions): Promise<void> {
    if (options.show !== undefined) {
        return show(options, options.show);
    }
    const file = localStack(options);
    const place = await findPlace(options, platformOf(file));
    const stack = await openStack({
        sandbox: place,
        project: projectName,
        stack: stackName,
        program: () => deployStack(readConfiguration()),
        config: { ...asConfig(onCluster(file, place)), ...secretConfig(options.secret, process.env) },
    });

    const onOutput = (text: string): void => void process.stdout.write(text);
    if (options.destroy) {
        console.log("Destruction");
        await runDestroy(stack, { onOutput });
        return;
    }
    console.log("Preview");
    console.log(describeRun(await runPreview(stack)));
    console.log("\nDeployment");
    const run = await runUp(stack, { onOutput });
    console.log(await summarise(place, await stack.outputs(), run));
}

/** A cluster of one's own, or the sandbox. */
async function findPlace(options: StartOptions, platform: string): Promise<Place> {
    const place = ownPlace(options);
    if (place) {
        return place;
    }
    const sandbox = await startSandbox();
    if (platform === "fission") {
        // Its webhook runs as Fission's own program, which admits what the stack makes.
        await prepareFission(reportToStandardError);
    }
    return { ...sandbox, simulated: true };
}

/** A cluster of one's own, whose state is kept apart from everything that can be thrown away. */
function ownPlace({ context, kubeconfig }: StartOptions): Place | undefined {
    if (context === undefined && kubeconfig === undefined) {
        return undefined;
    }
    const data = process.env.XDG_DATA_HOME ?? path.join(os.homedir(), ".local/share");
    const name = (context ?? path.resolve(kubeconfig!)).replace(/[^A-Za-z0-9._-]+/g, "_");
    return { directory: path.join(data, "kubernetes-faas", name), kubeconfig, context, simulated: false };
}

/** The stack file's configuration, on the cluster that was chosen. */
function onCluster(file: StackFile, { kubeconfig, context }: Place): StackFile {
    const isLocal = context !== undefined && flavourOfContext(context) !== undefined;
    return { ...file, [`${projectName}:cluster`]: { kind: isLocal ? "local" : "existing", kubeconfig, context } };
}

/** Errors that say by themselves what is wrong: a stack trace would only hide it. */
function isPlain(error: unknown): error is Error {
    return [ArgumentsError, ClusterProbeError, SandboxError, StackRunError].some((type) => error instanceof type);
}

async function main(): Promise<void> {
    const command = new Command("npm start --")
        .description("Deploys the local stack on a simulated cluster, or on a cluster of your own.")
        .option("--context <name>", "a context of your kubeconfig: a Minikube, kind, k3d or Docker Desktop cluster")
        .option("--kubeconfig <file>", "a kubeconfig")
        .addOption(
            new Option(
                "--platform <platform>",
                "the platform; another one takes the place of what was deployed",
            ).choices(platformNames),
        )
        .addOption(new Option("--example <name>", `functions to deploy: ${exampleNames().join(", ")}`))
        .option(
            "--accept-openfaas-community-eula",
            "says that you have read the licence of OpenFaaS Community Edition and may use it",
        )
        .option(
            "--secret <key=VARIABLE>",
            "a secret value of the configuration, from a variable of your environment; may be repeated",
            (value: string, earlier: string[]) => [...earlier, value],
            [],
        )
        .option("--destroy", "removes the stack instead")
        .option("--show <output>", "prints one of the stack's outputs instead, such as passwords.login.me")
        .parse();
    const options = optionsOf(command);
    try {
        await start(options);
    } catch (error) {
        console.error(isPlain(error) ? `\n${error.message}${hint(error, options)}` : error);
        process.exitCode = 1;
    }
}

/** Commander makes one word of `openfaas`. */
function optionsOf(command: Command): StartOptions {
    const { acceptOpenfaasCommunityEula, ...options } = command.opts<
        StartOptions & { acceptOpenfaasCommunityEula?: boolean }
    >();
    return { ...options, acceptOpenFaasCommunityEula: acceptOpenfaasCommunityEula };
}

/** How to say here what the configuration would have to say. */
function hint({ message }: Error, { acceptOpenFaasCommunityEula }: StartOptions): string {
    return message.includes("acceptCommunityEula") && !acceptOpenFaasCommunityEula
        ? "\nHere you say so by --accept-openfaas-community-eula."
        : "";
}

void main();
