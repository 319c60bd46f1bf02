import type { MinikubeProfile } from "./profile";

/** The shell commands of a profile's life, for `/bin/sh`. All values in them were checked to need no quotes. */
export interface MinikubeCommands {
    readonly create: string;
    readonly update: string;
    readonly delete: string;
}

/** https://minikube.sigs.k8s.io/docs/commands/start/ */
export function minikubeCommands(profile: MinikubeProfile): MinikubeCommands {
    const { name } = profile;
    const begin = preamble(profile);
    return {
        create: script(
            ...begin,
            ifThere(name),
            refuse(
                `The Minikube profile "${name}" is there already. Use it by a LocalCluster with context: "${name}", ` +
                    "give another profile, or delete it: minikube delete --profile=" +
                    name,
            ),
            "fi",
            // What is half made would stand in the way of the next attempt.
            `${start(profile)} || { status=$?; minikube delete --profile=${name}; exit "$status"; }`,
        ),
        update: script(
            ...begin,
            `${ifThere(name)} :; else`,
            refuse(
                `The Minikube profile "${name}" is gone, and what was in it. Remove it from the state too: ` +
                    "PULUMI_K8S_DELETE_UNREACHABLE=true pulumi destroy; then pulumi up makes it anew.",
            ),
            "fi",
            start(profile),
        ),
        delete: script(...begin, ifThere(name), `minikube delete --profile=${name}`, "fi"),
    };
}

const script = (...lines: string[]): string => lines.join("\n");

function preamble({ kubeconfig }: MinikubeProfile): string[] {
    const missing = "minikube is not on PATH; install it: https://minikube.sigs.k8s.io/docs/start/";
    return [
        "set -eu",
        `export KUBECONFIG="${kubeconfig.replace(/^~\//, "$HOME/")}"`,
        `command -v minikube >/dev/null || { echo '${missing}' >&2; exit 1; }`,
        "profiles=$(minikube profile list --output=json --light)",
    ];
}

const ifThere = (name: string): string => `if printf %s "$profiles" | grep -qF '"Name":"${name}"'; then`;

const refuse = (reason: string): string => `echo '${reason}' >&2; exit 1`;

/** Add-ons are left as they are: only those that give volumes a storage class are on. */
function start(profile: MinikubeProfile): string {
    const { name, driver } = profile;
    return [
        "minikube start",
        `--profile=${name}`,
        `--kubernetes-version=v${profile.kubernetesVersion}`,
        ...(driver === undefined ? [] : [`--driver=${driver}`]),
        `--cni=${profile.network}`,
        `--container-runtime=${profile.containerRuntime}`,
        `--cpus=${profile.cpus}`,
        `--memory=${profile.memoryMib}m`,
        `--disk-size=${profile.diskGib}g`,
        `--nodes=${profile.nodes}`,
        "--embed-certs",
        "--keep-context",
        "--interactive=false",
        "--wait=all",
    ].join(" ");
}
