import type { PodContainer, PodSpec } from "./pod-process";
import { certManagerModule, fissionModule, type GoModule } from "./tools/modules";

/** Where a process of this machine finds what its pod would have. */
export interface LocalPlace {
    readonly directory: string;
    /** The files of the Secrets that the pod mounts below the program's `filesBelow`. */
    readonly files: string;
    /** A kubeconfig with the rights of the pod. */
    readonly login: string;
}

/** A webhook's own program, to run in place of its simulated pod. */
export interface WebhookProgram {
    /** For messages and the log. */
    readonly name: string;
    readonly module: GoModule;
    /** What makes sure that it is built, for the message where it is not. */
    readonly builtBy: string;
    /** The directory of the pod below which its Secrets are mounted. */
    readonly filesBelow: string;
    /** Whether a container is this program. */
    readonly runs: (container: PodContainer) => boolean;
    /** The arguments of the container, with a port and files of this machine. */
    readonly localArguments: (args: readonly string[], port: number, place: LocalPlace) => string[];
    readonly localVariables: (place: LocalPlace) => NodeJS.ProcessEnv;
}

/** The argument after which Fission's bundle takes the port of its webhook. */
const fissionPort = "--webhookPort";

const fission: WebhookProgram = {
    name: "fission-webhook",
    module: fissionModule,
    builtBy: "`npm start`",
    filesBelow: "/tmp",
    runs: ({ image, args }) => /fission-bundle/.test(image) && args?.includes(fissionPort) === true,
    localArguments: (args, port) => args.map((value, index) => (args[index - 1] === fissionPort ? `${port}` : value)),
    localVariables: ({ files }) => ({ METRICS_ADDR: "0", TMPDIR: files }),
};

const certManager: WebhookProgram = {
    name: "cert-manager-webhook",
    module: certManagerModule,
    builtBy: "a test of cert-manager",
    filesBelow: "/etc",
    runs: ({ image }) => /cert-manager-webhook/.test(image),
    localArguments: (args, port, { files, login }) => [
        "webhook",
        ...args
            .filter((value) => !/^--(secure|healthz)-port=/.test(value))
            .map((value) => value.replace(/^(--tls-(?:cert|private-key)-file)=\/etc/, `$1=${files}`)),
        `--secure-port=${port}`,
        "--healthz-port=0",
        "--metrics-listen-address=0",
        `--kubeconfig=${login}`,
    ],
    localVariables: () => ({}),
};

const programs: readonly WebhookProgram[] = [fission, certManager];

/** The webhook that a pod runs, if it is one that has a program here. */
export function programOf({ containers }: PodSpec): { program: WebhookProgram; container: PodContainer } | undefined {
    for (const program of programs) {
        const container = containers.find((each) => program.runs(each));
        if (container) {
            return { program, container };
        }
    }
    return undefined;
}
